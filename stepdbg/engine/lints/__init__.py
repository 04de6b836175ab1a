"""What looks wrong in a run: live run -> `model.lints`.

Owns: finding it.  Does not own: telling it (stopping, session), the words of commands.

    watch         which lints are on, what was found, what is told when
    looking       one look at the blocked tasks of a run
    stuck, reach  tasks that can never go on, because nobody else has what they wait for
    steps         the hook for what happens in steps
    statements    what the source says: loops that only poll, handlers that catch everything
    and one module for each lint, which knows its facts and its sentence
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(
        __name__,
        """
        endless_shields lost_events lost_generators lost_locks lost_senders never_awaited
        rare reach saying statements steps stuck
        """,
    )
