"""What stepdbg notes about a run: labels, spawns, wakes, steps, owners of locks.

Owns: the recorder and reading its notes; the registry of task names.
Does not own: the hooks that call the recorder (noticing), drawing a log (render).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
