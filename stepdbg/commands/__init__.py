"""The commands, which are the same in every front end.

Owns: the command table, the grammar of a line, the task and frame in view.
Does not own: drawing replies (render), reading lines (frontends), or any live object:
commands read and change everything through the protocols of `model`.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
