"""What the process lends to a run: threads, signals, streams, clocks.

Owns: holding them still for a stop and giving them back as they were; reporting bugs of stepdbg.
Does not own: anything about tasks, breakpoints or front ends.
May be imported by: any folder of the engine; it imports none of them.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
