"""Changing what a held run does next.

Owns: what the user does to a run besides letting it go on.
Does not own: plans and resumes (stepping, resuming), or evaluating plain Python (evaluate).

    pump        Trio's loop, turned by hand for one expression
    awaiting    `await`: an expression inside the stopped task
    throwing    exceptions; cancelling: tasks, scopes, deadlines
    later       what waits for a task's next step; state: what is laid down for one run
    steer       all of it on behalf of front ends
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(
        __name__,
        """
        awaiting cancelling detaching holding ordering outlook queue throwing timing
        """,
    )
