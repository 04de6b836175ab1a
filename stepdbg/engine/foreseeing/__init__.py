"""What suspended code can still do, from its instructions.

Owns: which variables of a suspended frame are dead, what its remaining code does with an object.
Does not own: the control flow (lines.flow), frames and their sources (stacks), which task waits for
what (waiting).
Nothing here runs code of the program, and nothing here knows Trio.
May be imported by: every folder above it.

    liveness    which of its variables it may still read
    naming      whether it still names what would end a wait
    uses        what code does with values, by symbols; machine, effects: its parts
    symbols     values, described without looking at any object
    spaces      which objects symbols stand for now
    plain       single attributes of objects, read without running code
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
