"""Changing what a held run does next.

Owns: what the user can do to a run besides letting it go on.
Does not own: plans and resumes (stopping), or evaluating plain Python (typed).
May be imported by: noticing, running.

    pump        Trio's loop, turned by hand for one expression
    awaiting    `await`: an expression inside the stopped task
    throwing    exceptions
    cancelling  tasks, scopes, deadlines
    timing      the program's clock
    later       work that waits for a task's next step
    steer       all of it on behalf of front ends
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
