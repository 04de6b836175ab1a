"""`lints`: what looks wrong so far.

Owns: what the command answers.  Does not own: finding it (engine.lints).
"""

from __future__ import annotations

from stepdbg.model.lints import LINTS, LintName
from stepdbg.model.replies import LintList

from .request import Request, Result

_SETTING = "lint"


def lints(request: Request) -> Result:
    """`lints`."""
    request.words(most=0)
    controller = request.desk.controller
    return LintList(controller.lints(), _off(controller.setting(_SETTING).value))


def _off(setting: str) -> tuple[LintName, ...]:
    """The lints that are off, by what the setting says."""
    words = setting.split()
    states = dict(zip(words[::2], words[1::2], strict=False))
    return tuple(kind.name for kind in LINTS if states.get(kind.name) == "off")
