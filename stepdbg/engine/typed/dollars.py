"""Names with a dollar in typed code: ``$_exception``, ``$_retval``, ``$_task``, and the user's own.

Owns: `Dollars`, the values of such names; writing them as names of Python and back.
Does not own: the values that a stop gives (stopping.held), or running typed code (evaluate).

Python has no such names, so they hide no name of the program, and they are in no frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CodeType
from typing import Final

from stepdbg.model.errors import NotNow
from stepdbg.model.standard import re

PREFIX: Final = "_stepdbg_dollar_"
"""Replaces the dollar in the names that Python sees."""

# Strings and comments are skipped as a whole.
_STRING: Final = r"""('''|\"\"\").*?\1|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\#[^\n]*"""
_NAME: Final = r"\$(?P<name>[A-Za-z_]\w*)"


def as_python(source: str) -> str:
    """The source with its dollar names written as names of Python."""
    if "$" not in source:
        return source

    def python_name(found: re.Match[str]) -> str:
        return PREFIX + found["name"] if found["name"] else found[0]

    return re.sub(f"{_STRING}|{_NAME}", python_name, source, flags=re.DOTALL)


def as_typed(text: str) -> str:
    """A text about such source, with the dollar names as the user typed them."""
    return text.replace(PREFIX, "$")


def dollars_in(code: CodeType) -> frozenset[str]:
    """The dollar names that code mentions, as Python sees them."""
    nested = [dollars_in(each) for each in code.co_consts if isinstance(each, CodeType)]
    return frozenset(each for each in code.co_names if each.startswith(PREFIX)).union(*nested)


class Dollars:
    """The values of these names; one object for a session.

    Args:
        at_stop: gives the value that the stop has for a name (``_retval``).  Raises `NotNow`.

    Attributes:
        own: the values to which the user has given names, by the names that Python sees.
    """

    def __init__(self, at_stop: Callable[[str], object] | None = None) -> None:
        self._at_stop = at_stop
        self.own: dict[str, object] = {}

    def values(self, names: Iterable[str], error: BaseException | None = None) -> dict[str, object]:
        """The values of several names; as `value`."""
        return {name: self.value(name, error) for name in names}

    def value(self, name: str, error: BaseException | None = None) -> object:
        """The value of a name, which is given as Python sees it.

        Args:
            error: the exception being raised, for the condition of a breakpoint on exceptions.

        Raises:
            NotNow: nothing has that name.
        """
        if name in self.own:
            return self.own[name]
        short = name.removeprefix(PREFIX)
        if error is not None and short == "_exception":
            return error
        if self._at_stop is None or short not in ("_exception", "_retval", "_task"):
            raise NotNow(f"there is no ${short}; `${short} = VALUE` makes it")
        return self._at_stop(short)
