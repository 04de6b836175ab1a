"""What Trio reports about a run (hooks, patches, signals), and what follows from it.

Owns: which hooks a run carries and what each event leads to.
Does not own: the stop itself (stopping), the state of a run (running).
May be imported by: only running.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
