"""The settings: what the user can change with `set` while the program is debugged.

Owns: `Settings`: the name of each setting, its sentence, how its value is typed, its default, and
its present value.
Does not own: what follows from a change.  Code that depends on a setting reads `Choice.value`, or
asks to be called at each change (`Choice.tell`).  What is chosen once, at the start, is in
model.options.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from stepdbg.model.errors import BadUsage
from stepdbg.model.lints import LINTS, LintName
from stepdbg.model.standard import sys
from stepdbg.model.stops import STOP_LINES

if TYPE_CHECKING:
    from stepdbg.model.settings import Setting

T = TypeVar("T")

Switches = Mapping[LintName, bool]
"""Which lints the user has switched on or off; for the others their cost decides."""

TaskNames = Mapping[int, str]
"""The names that the user has chosen for tasks, by their numbers."""

_LEAST_KEPT, _MOST_KEPT = 10, 1_000_000
_FEWEST_LINES, _MOST_LINES = 3, 100
_LINT_NAMES: Final = {str(kind.name): kind.name for kind in LINTS}
_ALL_LINTS: Final = "all"
_NONE: Final = "none"
_LONGEST_NAME = 80
"""The most characters of a name for a task; a longer one would fill a terminal's line."""


class Choice(Generic[T]):
    """One setting of a session.

    Args:
        name: its name after `set`.
        summary: what it is about, as the list of settings says it.
        value: the default.
        read: makes a value from the typed text and the value before; raises `BadUsage`.
        show: a value as it would be typed.
        in_parts: whether each change is about a part of it, named by the first word.

    Attributes:
        value: what was chosen.
    """

    def __init__(
        self,
        name: str,
        summary: str,
        value: T,
        read: Callable[[str, T], T],
        show: Callable[[T], str],
        *,
        in_parts: bool = False,
    ) -> None:
        self._in_parts = in_parts
        self._typed: dict[str, str] = {}
        self._default = value
        self.name = name
        self.value = value
        self._summary = summary
        self._read, self._show = read, show
        self._call: Callable[[T], None] = _nobody
        self._in_force: Callable[[], T] = lambda: self.value

    def tell(self, call: Callable[[T], None], in_force: Callable[[], T] | None = None) -> None:
        """Call a function at each change from now on.

        Args:
            call: called with the value after a change.
            in_force: gives the value in force, for a setting whose value may leave that open.
        """
        self._call = call
        self._in_force = in_force or self._in_force

    def change(self, text: str) -> None:
        """Take what was typed.  Raises `BadUsage`."""
        self.value = self._read(text, self.value)
        part = text.split()[0] if self._in_parts else ""
        self._typed.pop(part, None)
        if self._in_parts or self.value != self._default:
            self._typed[part] = text
        self._call(self.value)

    def picture(self) -> Setting:
        """The setting as it is."""
        from stepdbg.model.settings import Setting

        typed = tuple(self._typed.values())
        return Setting(self.name, self._show(self._in_force()), self._summary, typed)


def _nobody(_: object) -> None:
    pass


class Settings:
    """The settings of a session.

    Args:
        record: whether runs are recorded: always, never, or (None) if the front end wants it and
            while the user steps.
    """

    def __init__(self, record: bool | None = None) -> None:
        self.own: Choice[tuple[str, ...]] = Choice(
            "own",
            "files and packages that count as your own code, besides those of your program",
            (),
            lambda text, _: () if text == "none" else tuple(text.split()),
            lambda patterns: " ".join(patterns) or "none",
        )
        self.ctrl_c = _worded(
            "ctrl-c",
            "what Ctrl-C does while the program runs at a terminal: stop, or program (as bare)",
            ("stop", "program"),
        )
        self.after_end = _worded(
            "after-end",
            "after the end: auto (a prompt if its status is not 0), prompt (always), leave",
            ("auto", "prompt", "leave"),
        )
        self.record: Choice[bool | None] = Choice(
            "record",
            "whether what tasks do is recorded, for `log` and `why`",
            record,
            _read_record,
            _on_or_off,
        )
        self.record_size: Choice[int] = Choice(
            "record-size",
            "how many of the last events of a run `log` can tell",
            5_000,  # some 200 bytes each
            _read_record_size,
            str,
        )
        self.history = _history()
        self.pager: Choice[bool] = _pager()
        self.status: Choice[bool] = _status()
        self.lint: Choice[Switches] = Choice(
            "lint", "lints that are off (`help lints`)", {}, _read_lint, _show_lint, in_parts=True
        )
        self.stop_lines = _stop_lines()
        self.task_name: Choice[TaskNames] = Choice(
            "task-name",
            "what you call tasks, by their numbers",
            {},
            _read_task_name,
            _show_task_name,
            in_parts=True,
        )

    def all(self) -> tuple[Choice[Any], ...]:
        """All settings, in the order of the list."""
        return (
            self.own,
            self.ctrl_c,
            self.after_end,
            self.record,
            self.record_size,
            self.history,
            self.pager,
            self.status,
            self.lint,
            self.task_name,
            self.stop_lines,
        )

    def get(self, name: str) -> Choice[Any]:
        """One setting.  Raises `BadUsage`."""
        known = {each.name: each for each in self.all()}
        if name not in known:
            raise BadUsage(f"there is no setting `{name}`; there is {', '.join(known)}")
        return known[name]


def _worded(name: str, summary: str, words: tuple[str, ...]) -> Choice[str]:
    """A setting whose value is one of some words; the first word is the default."""

    def read(text: str, _: str) -> str:
        if text not in words:
            *others, last = [f"`{word}`" for word in words]
            raise BadUsage(f"{name} is {', '.join(others)} or {last}, not {text}")
        return text

    return Choice(name, summary, words[0], read, str)


def _read_record(text: str, _: bool | None) -> bool:
    return _is_on("record", text)


def _history() -> Choice[bool]:
    about = "whether `history` also lists each send, receive, acquire and release"
    return Choice("history", about, False, _read_history, lambda every: f"all {_on_or_off(every)}")


def _read_history(text: str, _: bool) -> bool:
    words = text.split()
    if words not in (["all", "on"], ["all", "off"]):
        raise BadUsage(f"`set history` takes `all on` or `all off`, not {text}")
    return words[1] == "on"


def _pager() -> Choice[bool]:
    about = "whether answers that are longer than the terminal wait after each screenful"
    return Choice("pager", about, True, _read_pager, _on_or_off)


def _read_pager(text: str, _: bool) -> bool:
    return _is_on("pager", text)


def _status() -> Choice[bool]:
    about = "whether a line shows how the run goes on, at a terminal to which it writes no output"
    return Choice("status", about, True, lambda text, _: _is_on("status", text), _on_or_off)


def _is_on(name: str, text: str) -> bool:
    if text not in ("on", "off"):
        raise BadUsage(f"`set {name}` takes on or off, not {text}")
    return text == "on"


def _on_or_off(wanted: bool | None) -> str:
    return "on" if wanted else "off"


def _read_record_size(text: str, _: int) -> int:
    return _read_number("record-size", text, _LEAST_KEPT, _MOST_KEPT)


def _stop_lines() -> Choice[int]:
    about = "how many lines a stop takes at most, its source not counted"
    return Choice("stop-lines", about, STOP_LINES, _read_stop_lines, str)


def _read_stop_lines(text: str, _: int) -> int:
    return _read_number("stop-lines", text, _FEWEST_LINES, _MOST_LINES)


def _read_number(name: str, text: str, least: int, most: int) -> int:
    digits = text.lstrip("0")
    # Check the length first: int() refuses thousands of digits with its own error.
    if digits.isascii() and digits.isdigit() and len(digits) <= len(str(most)):
        number = int(digits)
        if least <= number <= most:
            return number
    raise BadUsage(f"`set {name}` takes a number from {least} to {most}, not {text}")


def _read_lint(text: str, switched: Switches) -> Switches:
    """Pairs of a name (or `all`) and `on` or `off`."""
    words = text.split()
    if len(words) % 2:
        raise BadUsage(f"say what to do with it: `set lint {words[-1]} on` or `off`")
    changed = dict(switched)
    for name, state in zip(words[::2], words[1::2], strict=True):
        if name not in _LINT_NAMES and name != _ALL_LINTS:
            raise BadUsage(f"there is no lint `{name}`; there is {', '.join(_LINT_NAMES)}")
        if state not in ("on", "off"):
            raise BadUsage(f"a lint is on or off, not `{state}`")
        for each in _LINT_NAMES.values() if name == _ALL_LINTS else (_LINT_NAMES[name],):
            changed[each] = state == "on"
    return changed


def _show_lint(switched: Switches) -> str:
    """The lints that are off, as the user could type them."""
    off = [f"{kind.name} off" for kind in LINTS if not switched.get(kind.name)]
    return " ".join(off) or f"{_ALL_LINTS} on"


def _read_task_name(text: str, chosen: TaskNames) -> TaskNames:
    """Pairs of a task's number and its name.

    `none` removes a name; without a number, it removes all names.
    """
    words = text.split()
    if words == [_NONE]:
        return {}
    if len(words) % 2:
        raise BadUsage("a name for a task is one word: `set task-name NUMBER NAME`")
    changed = dict(chosen)
    for number, name in zip(words[::2], words[1::2], strict=True):
        if not (number.isascii() and number.isdigit() and len(number) < len(str(sys.maxsize))):
            raise BadUsage(f"{number} is not the number of a task; `tasks` lists them")
        if name == _NONE:
            changed.pop(int(number), None)
            continue
        if len(name) > _LONGEST_NAME or name.isdecimal() or not name.isprintable():
            raise BadUsage(
                f"a name for a task is not a number and has at most {_LONGEST_NAME} characters"
            )
        changed[int(number)] = name
    return changed


def _show_task_name(chosen: TaskNames) -> str:
    return " ".join(f"{number} {name}" for number, name in chosen.items()) or _NONE
