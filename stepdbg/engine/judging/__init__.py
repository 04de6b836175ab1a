"""Whether blocked tasks can ever go on, for certain.

Owns: which tasks are stuck, which references count for that, who could still cancel them.
Does not own: what a task waits for (waiting), the words (render).
May be imported by: every folder above it.

    reach      what tasks lead to, and what of it something else leads to as well
    stuck      the largest set of tasks of which none can go on
    stoppers   which other tasks could cancel some of them
    verdict    what may be claimed of tasks that wait for one another
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
