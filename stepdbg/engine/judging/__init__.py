"""Prove whether blocked tasks can ever go on.

Owns: which tasks are stuck, which references count for that, which tasks could cancel them.
Does not own: what a task waits for (waiting), the words (render).
May be imported by: every folder above it.

    reach      which objects tasks lead to, and which of these can also be reached from elsewhere
    stuck      the largest set of tasks in which no task can go on
    stoppers   which other tasks could cancel some of them
    verdict    what is proven about tasks that wait for one another
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
