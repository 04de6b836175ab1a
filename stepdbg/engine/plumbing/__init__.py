"""Sockets, pipes and child processes: what is at their other ends.

Owns: descriptors in words, which objects are the other end of one, the state of a child process.
Does not own: which task waits for one, or has one (waiting).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
