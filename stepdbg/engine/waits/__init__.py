"""What tasks wait for: live run -> `model.waits`.

Owns: finding it out.  Does not own: the words (render), the command (commands.why).

    recognisers   one small function for each thing that Trio can wait for
    libraries     the same for what libraries keep themselves
    objects       what recognisers are given, and what they find
    object_names  the variable of an own frame that holds an object
    references    which tasks have an object in their variables
    threads       worker threads and their stacks
    cancelling    who asked for a cancellation that has not ended a task yet
    chain         from a task to the tasks that could end its wait, and on
    deadlock      whether anything at all could let the run go on

A wait is read off the innermost library frames of a task: which function of Trio it is in,
and that function's ``self`` and locals.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(
        __name__,
        """
        cancelling chain deadlock files libraries object_names objects recognisers
        references threads
        """,
    )
