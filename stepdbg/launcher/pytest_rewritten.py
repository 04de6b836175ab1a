"""Finds the code of test modules whose asserts pytest has rewritten, before it runs (Python 3.11).

Owns: `RewrittenCode`.  Does not own: breakpoints (engine.breaking).

On 3.11 stepdbg learns of new code from the loaders of the standard library.  pytest's own loader
compiles a module by itself and runs it with ``exec``, which it looks up among the names of its
module (``_pytest.assertion.rewrite``) before it comes to the builtin.  So one name there is enough.
From 3.12 on the interpreter itself tells of new code.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from _pytest.assertion import rewrite

from stepdbg.engine.process.guard import is_programs, report_bug
from stepdbg.model.standard import sys

_NAME = "exec"


class RewrittenCode:
    """Reports such code until `close`.

    Args:
        found: called with the code of a module that is about to run.
    """

    def __init__(self, found: Callable[[CodeType], None]) -> None:
        self._ours: object = None
        if sys.version_info >= (3, 12) or _NAME in vars(rewrite):
            return

        def execute(code: Any, *names: Any) -> None:
            try:
                if isinstance(code, CodeType):
                    found(code)
            except BaseException as error:
                if is_programs(error):
                    raise
                report_bug(error, "looking at a test module", "its breakpoints are missed")
            exec(code, *names)

        # pytest shows no frames of its own files, and by this name it takes the function for one.
        execute.__code__ = execute.__code__.replace(co_filename=rewrite.__file__)
        self._ours = execute
        setattr(rewrite, _NAME, execute)

    def close(self) -> None:
        """Leave pytest's module as it was."""
        if self._ours is not None and vars(rewrite).get(_NAME) is self._ours:
            delattr(rewrite, _NAME)
        self._ours = None
