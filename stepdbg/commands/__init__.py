"""What a user can ask, for every front end alike.

Owns: the command table, the grammar of a line, the task and frame in view.
Does not own: drawing replies (render), asking for lines (frontends), or any live object:
everything is read and changed through the protocols of `model`.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
