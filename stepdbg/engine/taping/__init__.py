"""What a run gets from outside: recorded on a tape, or replayed from one.

Owns: Trio's sockets and threads: which results are kept, and when they come; what no tape holds.
Does not own: the tape itself (model.tape), what the standard library gives (launcher.taping), the
order of steps (scheduling).
May be imported by: `running`.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
