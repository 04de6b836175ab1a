"""Live run -> frozen pictures: what is shown at a stop.

Owns: snapshots of tasks, queue, timers, tree and run; the inspectors over them.
Does not own: waits (waiting), values (describing), changing anything (steering).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
