"""Which front end talks to the user when nothing was said about it.

Owns: telling whether there is a terminal.  Does not own: the options (cli).
"""

from __future__ import annotations

import builtins
from types import BuiltinFunctionType

from stepdbg.model.standard import os, sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from stepdbg.model.protocols import FrontEnd


def is_at_terminal() -> bool:
    """Whether standard input and output are both a terminal."""
    return _is_terminal(0) and _is_terminal(1)


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _asks_elsewhere() -> bool:
    """Whether `input()` asks somewhere else than at the terminal, as in a notebook."""
    asks: object = builtins.input
    # From 3.13 on Python's own prompt brings its own, for the terminal that it runs in.
    own_prompt = getattr(asks, "__module__", None) == "_pyrepl.readline"
    return not isinstance(asks, BuiltinFunctionType) and not own_prompt


def default_front_end(commands: Sequence[str] = ()) -> FrontEnd:
    """A prompt at the terminal, else commands from standard input, or a notebook's user.

    Args:
        commands: lines to carry out first; with them the user's start file is left out.
    """
    asked_elsewhere = _asks_elsewhere()
    if is_at_terminal() and not asked_elsewhere:
        from stepdbg.frontends.repl.front_end import TerminalFrontEnd

        return TerminalFrontEnd(commands=commands, own_start_file=not commands)
    from stepdbg.frontends.input_lines import AskedLines
    from stepdbg.frontends.script import ScriptFrontEnd

    lines = AskedLines() if asked_elsewhere else None
    # Where somebody else asks, as a notebook does, the answers belong there, too.
    out = sys.stdout if asked_elsewhere else _standard_output()
    return ScriptFrontEnd(
        commands=commands, commands_file=None, read_stdin=True, out=out, lines=lines
    )


def _standard_output() -> TextIO | None:
    """The process's own, also where the program has put a stream of its own in its place."""
    own = sys.__stdout__
    return sys.stdout if own is None or own.closed else own
