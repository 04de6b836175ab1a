"""`set`: show or change what the debugger goes by.

Owns: what this command asks for.  Does not own: the settings (engine).
"""

from __future__ import annotations

from stepdbg.model.replies import SettingList

from . import grammar, task_names
from .request import Request, Result

_TASK_NAME = "task-name"


def set_(request: Request) -> Result:
    """`set [NAME [VALUE]]`."""
    controller = request.desk.controller
    if not request.rest:
        return SettingList(controller.settings())
    name, value = grammar.first_word(request.rest)
    if name == _TASK_NAME:
        value = _for_task(request, value)
    if not value:
        return SettingList((controller.setting(name),))
    return SettingList((controller.change_setting(name, value),))


def _for_task(request: Request, value: str) -> str:
    """`NUMBER NAME` of `task-name`, where the task may be named in any way.

    Raises `NoSuchTask`.
    """
    task, name = grammar.first_word(value)
    if not name:  # nothing, or `none`
        return value
    return f"{task_names.find_one(request.desk.home, task).label.number} {name}"
