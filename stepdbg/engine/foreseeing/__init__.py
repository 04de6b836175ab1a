"""What suspended code can still do, from its instructions.

Owns: the control flow of a code object, which variables of a suspended frame are dead.
Does not own: frames and their sources (stacks), who waits for what (waiting).
Nothing here runs code of the program, and nothing here knows Trio.
May be imported by: every folder above it.

    flow        which instructions a frame can still come to
    liveness    which of its variables it may still read
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
