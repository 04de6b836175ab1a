"""The lines of a trace.

Owns: their look, on a screen and in a file.
Does not own: the words for what a log tells as well (history).

A file may get half a million lines a second.  So what lines have in common is put into words only
once (`_Text`), and the rest is three numbers in between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from stepdbg.model.history import LogKind
from stepdbg.model.records import replace

from . import history, words
from .spans import EMPTY, Line, line_width, pad, plain_line, text, wrap

if TYPE_CHECKING:
    from stepdbg.model.facts import RunId
    from stepdbg.model.history import LogEntry
    from stepdbg.model.stops import Traced
    from stepdbg.model.trace import Told

_NAMES: Final = 20
"""Columns of the names of tasks; a longer one moves its own line only."""

_DEEPEST: Final = 16
"""How far in a task stands at most, however deep it lives."""

_NO_DEADLINE: Final = 86_400.0
"""Seconds that Trio waits for I/O where there is no deadline (`_MAX_TIMEOUT` in its source)."""

_COLOURS: Final = ("task", "state", "good", "key")
"""Styles of names by turns, so that tasks that come one after the other look different."""


class _Parts(NamedTuple):
    """A line without its numbers: the step's goes behind `before`, how long behind `between`."""

    before: Line
    between: Line = EMPTY
    after: Line = EMPTY
    step: bool = False
    took: bool = False


def render_traced(event: Traced, width: int) -> list[Line]:
    """A line of a trace on a screen; what does not fit goes on below its own column."""
    entry = event.entry
    start = text(f"{entry.time:11.6f}  ", "time") + _head(event.run, entry, event.depth)
    parts = _parts(entry)
    step = text(str(entry.step), "number") if parts.step else EMPTY
    took = text(history.took_time(entry.seconds or 0.0), "time") if parts.took else EMPTY
    told = parts.before + step + parts.between + took + parts.after
    return wrap(start + told, width, indent=min(line_width(start), width // 2), first=0)


def _head(run: RunId, entry: LogEntry, depth: int) -> Line:
    """Which run, from the second one on, and which task, as far in as it lives deep."""
    which = text(f"run {run}  ", "dim") if run > 1 else EMPTY
    name = text("  " * min(depth, _DEEPEST))
    if entry.task is not None:
        name += text(str(entry.task), _COLOURS[entry.task.number % len(_COLOURS)])
    return which + pad(name, _NAMES) + text("  ")


def _parts(entry: LogEntry) -> _Parts:
    return _SAYS.get(entry.kind, _as_in_log)(entry)


def _as_in_log(entry: LogEntry) -> _Parts:
    return _Parts(history.without_task(entry))


def _begins(_: LogEntry) -> _Parts:
    return _Parts(text("step "), text(" begins"), step=True)


def _step_ends(entry: LogEntry) -> _Parts:
    how = history.end_of_step(entry)
    return _Parts(text("step "), text(" ends after "), text(": ") + how, step=True, took=True)


def _woken(entry: LogEntry) -> _Parts:
    why = EMPTY if entry.wake is None else text(": ") + words.why(entry.wake)
    return _Parts(text("woken for step "), why, step=True)


def _waits(entry: LogEntry) -> _Parts:
    waits = text("waits for I/O", "dim")
    if (entry.seconds or 0.0) >= _NO_DEADLINE:
        return _Parts(waits + text(", without a deadline", "dim"))
    return _Parts(waits + text(" or the next deadline, in ", "dim"), took=True)


def _waited(_: LogEntry) -> _Parts:
    return _Parts(text("waited ", "dim"), took=True)


def _entered(entry: LogEntry) -> _Parts:
    what = history.without_task(replace(entry, seconds=None))
    if entry.seconds is None:
        return _Parts(what)
    return _Parts(what + text(", with a deadline in "), took=True)


def _hook(entry: LogEntry) -> _Parts:
    if entry.seconds is None:
        return _Parts(text(entry.detail))
    return _Parts(text(f"{entry.detail} {entry.seconds:g}"))


_SAYS: Final[dict[LogKind, Callable[[LogEntry], _Parts]]] = {
    LogKind.BEGAN: _begins,
    LogKind.STEPPED: _step_ends,
    LogKind.BLOCKED: _step_ends,
    LogKind.EXITED: _step_ends,
    LogKind.WOKEN: _woken,
    LogKind.IO_BEGAN: _waits,
    LogKind.IO_ENDED: _waited,
    LogKind.HOOK: _hook,
    LogKind.SCOPE_ENTERED: _entered,
    LogKind.NURSERY_OPENED: _entered,
}
"""Those that are told in words of their own; all others are told as in a log."""

_ALWAYS_ANEW: Final = frozenset((LogKind.IO_BEGAN, LogKind.HOOK))
"""What a line says depends on its seconds."""


_NO_NUMBER, _STEP, _TOOK, _BOTH = range(4)

_Words = tuple["LogEntry", int, str, str]
"""The words of all lines that have an entry in common: that entry, which stays alive, since its
identity is the key; which numbers stand between the words; a template of them for what took less
than a millisecond, as most does, and one for what took longer."""


class TraceText:
    """Makes the text of a trace for a file."""

    def __init__(self) -> None:
        self._known: dict[int, _Words] = {}

    def __call__(self, run: RunId, told: Sequence[Told]) -> str:
        """The lines, each with its end."""
        known = self._known
        lines: list[str] = []
        for like, time, step, seconds, depth in told:
            found = known.get(id(like)) or self._words(run, like, seconds, depth)
            _, numbers, short, long = found
            # By "%", since it takes two thirds of the time of an f-string.
            if numbers == _NO_NUMBER:
                lines.append(short % time)
            elif numbers == _STEP:
                lines.append(short % (time, step))
            else:
                took = seconds or 0.0
                is_short = took < _MILLISECOND
                length = int(took * 1e6 + 0.5) if is_short else history.took_time(took)
                values = (time, step, length) if numbers == _BOTH else (time, length)
                lines.append((short if is_short else long) % values)
        lines.append("")
        return "\n".join(lines)

    def _words(self, run: RunId, like: LogEntry, seconds: float | None, depth: int) -> _Words:
        anew = like.kind in _ALWAYS_ANEW
        parts = _parts(replace(like, seconds=seconds) if anew else like)
        words = _escaped(_head(run, like, depth) + parts.before), _escaped(parts.between)
        start = "%11.6f  " + ("%d" if parts.step else "").join(words)
        short, long = (
            start + (length if parts.took else "") + _escaped(parts.after)
            for length in ("%d µs", "%s")
        )
        numbers = (_STEP if parts.step else 0) | (_TOOK if parts.took else 0)
        made = like, numbers, short, long
        if not anew:
            if len(self._known) > _KEPT:
                self._known.clear()
            self._known[id(like)] = made
        return made


def _escaped(line: Line) -> str:
    return plain_line(line).replace("%", "%%")


_MILLISECOND: Final = 0.0009995
"""Seconds from which a length is no longer told in microseconds."""

_KEPT: Final = 10_000
"""How many different lines are kept in mind."""
