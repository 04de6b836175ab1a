"""Code that the user types, and the names that it sees.

Owns: compiling and evaluating it in a frame; conditions and log texts; variables of a frame.
Does not own: finding the frame and the task (steering), deciding what is a hit (breaking).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
