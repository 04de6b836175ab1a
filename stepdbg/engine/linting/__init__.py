"""What looks wrong in a run: live run -> `model.lints`.

Owns: finding it.  Does not own: reporting it (stopping, running), the words of commands.
May be imported by: every folder above it.

    watch         which lints are on, what was found, when to report it
    looking       one look at the blocked tasks of a run
    rare          what is noticed when it happens
    steps         the hook for what happens in steps
    statements    what the source says: loops that only poll, clean-up
    saying        how all sentences name a place
    views         what lints read of runs
    and modules of lints, which know their facts and their sentences
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
