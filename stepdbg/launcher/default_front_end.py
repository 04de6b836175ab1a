"""Which front end talks to the user when neither an option nor the program has chosen one.

Owns: this choice, also among tests.
Does not own: finding out where the user types (places), the options (cli).
"""

from __future__ import annotations

import builtins
from types import BuiltinFunctionType

from stepdbg.model.standard import sys

from . import places

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

    from stepdbg.frontends.input_lines import Lines
    from stepdbg.model.protocols import FrontEnd


def _asks_elsewhere() -> bool:
    """Whether `input()` asks somewhere else than at the terminal, as in a notebook."""
    asks: object = builtins.input
    # From 3.13 on, Python's own prompt replaces `input` by one that asks at its own terminal.
    own_prompt = getattr(asks, "__module__", None) == "_pyrepl.readline"
    return not isinstance(asks, BuiltinFunctionType) and not own_prompt


def default_front_end(commands: Sequence[str] = ()) -> FrontEnd:
    """A prompt at the terminal, else commands from standard input, or a notebook's user.

    Args:
        commands: lines to carry out first; with them the user's start file is left out.
    """
    if _asks_elsewhere():
        from stepdbg.frontends.input_lines import AskedLines

        # Where something else asks the user, such as a notebook, the replies are shown there.
        return _script(commands, sys.stdout, AskedLines())
    place = places.typing_place()
    if place is None:
        return _script(commands, places.beside_program())
    from stepdbg.frontends.repl.front_end import TerminalFrontEnd

    return TerminalFrontEnd(place, commands=commands, own_start_file=not commands)


def front_end_of_tests() -> FrontEnd:
    """The same among tests; without a terminal it writes to standard output, as test runners do."""
    if places.is_at_terminal() or _asks_elsewhere():
        return default_front_end()
    own = sys.__stdout__
    return _script((), sys.stdout if own is None or own.closed else own)


def _script(commands: Sequence[str], out: TextIO | None, lines: Lines | None = None) -> FrontEnd:
    from stepdbg.frontends.script import ScriptFrontEnd

    return ScriptFrontEnd(
        commands=commands, commands_file=None, read_stdin=True, out=out, lines=lines
    )
