"""The lines of a trace.

Owns: their look, on a screen and in a file.
Does not own: the words for entries that a log has as well (history).

A file may get half a million lines a second.  So the words that lines have in common are made only
once (`_Text`), and only three numbers are put between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from stepdbg.model.history import LogKind
from stepdbg.model.records import NamedTuple, replace

from . import history, words
from .spans import EMPTY, Line, line_width, pad, plain_line, text, wrap

if TYPE_CHECKING:
    from stepdbg.model.facts import RunId
    from stepdbg.model.history import LogEntry
    from stepdbg.model.stops import Traced
    from stepdbg.model.trace import TraceEntry

_NAMES: Final = 20
"""The width of the names of tasks; a longer name shifts only its own line."""

_DEEPEST: Final = 16
"""By how many levels a task is indented at most."""

_NO_DEADLINE: Final = 86_400.0
"""How long Trio waits for I/O without a deadline, in seconds (`_MAX_TIMEOUT` in its source)."""

_COLOURS: Final = ("task", "state", "good", "key")
"""Styles of names, used in turn, so that successive tasks look different."""


class _Parts(NamedTuple):
    """A line without its numbers: the step's follows `before`, the duration follows `between`."""

    before: Line
    between: Line = EMPTY
    after: Line = EMPTY
    step: bool = False
    took: bool = False


def render_traced(event: Traced, width: int) -> list[Line]:
    """A line of a trace on a screen; text that does not fit continues below its own column."""
    entry = event.entry
    start = text(f"{entry.time:11.6f}  ", "time") + _head(event.run, entry, event.depth)
    parts = _parts(entry)
    step = text(str(entry.step), "number") if parts.step else EMPTY
    took = text(history.took_time(entry.seconds or 0.0), "time") if parts.took else EMPTY
    rest = parts.before + step + parts.between + took + parts.after
    return wrap(start + rest, width, indent=min(line_width(start), width // 2), first=0)


def _head(run: RunId, entry: LogEntry, depth: int) -> Line:
    """The run, from the second one on, and the task, indented by its depth."""
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
"""The kinds that a trace words differently; it words all others as a log does."""

_ALWAYS_ANEW: Final = frozenset((LogKind.IO_BEGAN, LogKind.HOOK))
"""The kinds whose words depend on their seconds."""

_BY_DETAIL: Final = frozenset((LogKind.BEGAN, LogKind.STEPPED, LogKind.EXITED))
"""The kinds whose words depend on nothing of an entry except its `detail`."""


_NO_NUMBER, _STEP, _TOOK, _BOTH = range(4)

_Words = tuple["LogEntry", int, str, str]
"""The words of all lines that share an entry.  It holds the entry, which must stay alive because
its identity is the key; which numbers are between the words; a template for what took less than a
millisecond, as most things do; and one for what took longer."""


_Template = tuple[int, str, str]
"""The words after the name of the task, as in `_Words`."""


class TraceText:
    """Makes the text of a trace for a file."""

    def __init__(self) -> None:
        self._known: dict[int, _Words] = {}
        self._templates: dict[tuple[int, object], _Template] = {}

    def __call__(self, run: RunId, entries: Sequence[TraceEntry]) -> str:
        """Return the lines, each with its line end."""
        known = self._known
        lines: list[str] = []
        for like, time, step, seconds, depth in entries:
            found = known.get(id(like)) or self._words(run, like, seconds, depth)
            _, numbers, short, long = found
            # By "%", because that takes two thirds of the time of an f-string.
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
        if anew:
            numbers, short, long = _template(replace(like, seconds=seconds))
        else:
            numbers, short, long = self._template(like)
        start = "%11.6f  " + _escaped(_head(run, like, depth))
        made = like, numbers, start + short, start + long
        if not anew:
            if len(self._known) > _KEPT:
                self._known.clear()
            self._known[id(like)] = made
        return made

    def _template(self, like: LogEntry) -> _Template:
        """The words about a task, which are often the same for many tasks."""
        if like.kind in _BY_DETAIL:
            key: tuple[int, object] = id(like.kind), like.detail
        elif like.kind is LogKind.SPAWNED:
            key = id(like.kind), like.spawn
        else:
            return _template(like)
        found = self._templates.get(key)
        if found is None:
            if len(self._templates) > _KEPT:
                self._templates.clear()
            found = self._templates[key] = _template(like)
        return found


def _template(entry: LogEntry) -> _Template:
    parts = _parts(entry)
    start = ("%d" if parts.step else "").join((_escaped(parts.before), _escaped(parts.between)))
    after = _escaped(parts.after)
    numbers = (_STEP if parts.step else 0) | (_TOOK if parts.took else 0)
    short, long = ("%d µs", "%s") if parts.took else ("", "")
    return numbers, start + short + after, start + long + after


def _escaped(line: Line) -> str:
    return plain_line(line).replace("%", "%%")


_MILLISECOND: Final = 0.0009995
"""From how many seconds on a duration is not in microseconds."""

_KEPT: Final = 10_000
"""How many different lines to remember."""
