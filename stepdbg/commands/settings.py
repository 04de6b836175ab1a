"""`set`: show or change what the debugger goes by.

Owns: what this command asks for.  Does not own: the settings (engine).
"""

from __future__ import annotations

from stepdbg.model.replies import SettingList

from . import grammar
from .request import Request, Result


def set_(request: Request) -> Result:
    """`set [NAME [VALUE]]`."""
    controller = request.desk.controller
    if not request.rest:
        return SettingList(controller.settings())
    name, value = grammar.first_word(request.rest)
    if not value:
        return SettingList((controller.setting(name),))
    return SettingList((controller.change_setting(name, value),))
