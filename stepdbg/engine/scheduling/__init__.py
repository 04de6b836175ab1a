"""Which task steps next.

Owns: the run queue that replaces Trio's, and the user's orders for it.
Does not own: when a run stops (stopping, noticing), the words of commands.
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
