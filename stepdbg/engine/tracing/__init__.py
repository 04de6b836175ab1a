"""What a run does, told as it happens.

Owns: the choice of what is told and where that goes, and the telling.
Does not own: the notes that it is made of (recording), the words (render), or which hooks a run
carries besides (noticing).
May be imported by: noticing, running.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
