"""Stops: why a run is held.

Owns: the look of a stop, its reason first; the answer of `lints`.
Does not own: the source around a stop (source), the displays (values), what happens between stops
(events).
"""

from __future__ import annotations

from stepdbg.model.breakpoints import BreakpointHit
from stepdbg.model.facts import NotRecorded
from stepdbg.model.history import LookBack
from stepdbg.model.lints import MissedHandler
from stepdbg.model.replies import Company, LintList, StopShown
from stepdbg.model.stops import AFTER_END, Stop, StopKind
from stepdbg.model.task import Place, WakeKind

from . import events, exceptions, histories, history, knots, surroundings, values, waits, words
from .source import source_at
from .spans import CUT, EMPTY, Line, clip, flow, line_width, text, wrap

_NOW = 0.001
"""Within how many seconds two moments count as the same."""

_USUAL_WIDTH = 80
"""The width to which the number of lines of a stop refers."""

_LINE_STEPS = (StopKind.NEXT, StopKind.RETURN)
_OPENED = (
    StopKind.START,
    StopKind.HALT,
    StopKind.PAUSE,
    StopKind.RETURN,
    StopKind.EXIT,
    StopKind.FAILURE,
    StopKind.DEADLOCK,
)
"""Stops whose headline begins with their kind; for the others, the step says enough."""

_RAISED_LINES = 8
"""How many lines of a message and its notes a stop shows."""


def render_stop(shown: StopShown, width: int) -> list[Line]:
    """A stop at a glance: which step of which task, why now, the other tasks, and the source.

    An empty line separates it from the program's output.  It shows the other tasks and what ran
    meanwhile as far as the stop stays as short as the user wants.
    """
    stop = shown.stop
    lines = [EMPTY, *(part for hit in stop.hits for part in _hit(hit, width))]
    lines += flow(_headline(stop), width)
    lines += _outcome(stop, width)
    if stop.ways:
        lines += wrap(surroundings.left_by(stop.ways), width, indent=2, first=0)
    if stop.missed is not None:
        lines += wrap(_missed(stop.missed, stop.place), width, indent=2, first=0)
    if stop.kind in AFTER_END:
        after = stop.note or "nothing goes on from here"
        sentence = f"{after}; {_left(stop)}"
        lines += [line for part in _lately(shown.telling.lately, width) for line in part]
        lines += wrap(text(sentence, "dim"), width)
    # Within one step, none of this changes from line to line.
    elif stop.kind not in _LINE_STEPS or stop.passed is not None:
        lines += _circumstances(shown, width, _most_lines(shown, width) - len(lines) - 1)
    if stop.cancelled is not None:
        lines += wrap(waits.scope_cancelled(stop.cancelled), width, indent=2, first=0)
    if stop.unfinished:
        interrupted = text(f"{stop.unfinished} is unfinished; `resume` takes it up")
        lines += wrap(interrupted, width, indent=2, first=0)
    if stop.deadlock is not None:
        lines += knots.render_deadlock(stop.deadlock, width, headed=_is_headline(stop))
    for knot in stop.knots:
        lines += wrap(
            knots.new_knot(knot) + text("; `deadlock` says more"), width, indent=2, first=0
        )
    for each in stop.lints:
        lines += events.lint(each, width)
    if stop.kind is StopKind.HALT:  # the user wants to know what the run is doing
        lines += [line for part in _lately(shown.telling.lately, width) for line in part]
    if stop.note and stop.kind not in AFTER_END:
        lines += wrap(text(stop.note, "warn"), width)
    shows = stop.task is not None and stop.kind not in (StopKind.EXIT, StopKind.MOMENT)
    if stop.place is not None or shows:
        lines += source_at(stop.place, shown.listing, width)
    for display in shown.displays:
        lines += values.displayed(display, width)
    # It is long and seldom needed, so it comes last.
    return lines + events.token(stop)


def _left(stop: Stop) -> str:
    """Which commands show something after the end."""
    if not stop.raised:
        return "`log` shows what has happened, `restart` starts it again"
    others = "`log` what had happened" if stop.task is None else "`tasks` how all tasks stood then"
    return f"`exceptions` shows what was raised, {others}"


def _circumstances(shown: StopShown, width: int, room: int) -> list[Line]:
    """Why the task runs now, what ran meanwhile, and the other tasks, in `room` lines.

    The most important facts come first, and what does not fit is left out.
    """
    stop = shown.stop
    lines = _cut_after(_reason(stop, width), room, width)
    blocks: list[list[Line]] = []
    if stop.kind is not StopKind.HALT:
        blocks += _lately(shown.telling.lately, width)
    if not blocks:  # else the blocks say all of it
        blocks += [wrap(line, width, indent=2, first=0) for line in _meanwhile(shown, width)]
    if stop.run is not None:
        company = [part for part in _company(stop, shown.telling.company) if part]
        blocks.append(flow(company, width) if company else [])
    for block in blocks:
        if len(lines) + len(block) <= room:
            lines += block
    return lines


def _most_lines(shown: StopShown, width: int) -> int:
    """How many lines a stop may take: a narrow screen needs more lines for the same text."""
    return shown.telling.lines * max(width, _USUAL_WIDTH) // width


def _cut_after(lines: list[Line], room: int, width: int) -> list[Line]:
    """Cut to at most `room` lines, with a mark if more would follow."""
    if len(lines) <= room:
        return lines
    kept = lines[: max(room, 0)]
    return [*kept[:-1], clip(kept[-1], width - 2) + text(f" {CUT}")] if kept else []


def _outcome(stop: Stop, width: int) -> list[Line]:
    """The value that was returned, or the exception that is being raised."""
    if stop.raised:
        head = text("outcome: " if stop.kind is StopKind.POST_MORTEM else "raises ")
        block = exceptions.summary(stop.raised, width, head=head, most=_RAISED_LINES)
        return block + ([] if stop.party is None else wrap(histories.party(stop.party), width))
    if stop.value is not None:
        return values.named(text("returns"), stop.value, width, values.VARIABLE_LINES, sign=" ")
    return []


def _missed(missed: MissedHandler, shown: Place | None) -> Line:
    r"""``\`except PageError\` at :35 does not catch the group; \`except* PageError\` would``."""
    same = shown is not None and shown.filename == missed.place.filename
    line = text(f":{missed.place.line}", "place") if same else words.place(missed.place)
    verb = "is not going to catch" if missed.ahead else "does not catch"
    written = text("`except ") + text(missed.kinds, "source") + text("` at ") + line
    told_so = written + text(f" {verb} the group", "warn") + text("; `except* ")
    return told_so + text(missed.kinds, "source") + text("` would")


def _hit(hit: BreakpointHit, width: int) -> list[Line]:
    title = text(f"breakpoint {hit.number}", "title")
    if hit.spec.temporary:
        title += text(" (temporary, now cleared)")
    lines = wrap(title + text(": ") + words.wish(hit.spec), width, indent=2, first=0)
    if hit.change:
        lines += wrap(text(hit.change, "marked"), width, indent=2)
    if hit.problem:
        problem = text("its condition failed, so the run stops here: ", "warn")
        lines += wrap(problem + text(hit.problem, "error"), width, indent=2)
    return lines


def _headline(stop: Stop) -> list[Line]:
    """The parts of the first line: reason, step and task, thread, time."""
    head = text(f"{stop.kind}: " if stop.kind in _OPENED else "", "title")
    thread = text(f"in thread {stop.thread}") if stop.thread else EMPTY
    if stop.kind in AFTER_END:
        return _ended(stop)
    if stop.works_for is not None:
        return [head + thread, text("which works for ") + words.task(stop.works_for)]
    if stop.run is None:
        return [head + text("outside of any run"), thread]
    when = words.into_run(stop.time, stop.run if stop.shown_run else None)
    if stop.task is None and stop.kind is StopKind.MOMENT:
        return [text("the recording ends here", "title"), when]
    if _is_headline(stop):
        return [text("deadlock: ", "error") + text(knots.STUCK), thread, when]
    if stop.task is None:
        idle = "no task is current" if stop.place or stop.thread else "nothing is runnable"
        return [head + text(idle), thread, when]
    ended = stop.kind is StopKind.EXIT or (stop.kind is StopKind.FAILURE and not stop.in_step)
    when_in_step = "after " if ended else "inside " if stop.in_step else ""
    step = text(f"{when_in_step}step {stop.step}", "title")
    return [head + step + text(" of ") + words.task(stop.task), thread, when]


def _is_headline(stop: Stop) -> bool:
    """Whether a deadlock of the whole run is what a stop is about."""
    found = stop.deadlock
    return stop.kind is StopKind.DEADLOCK and found is not None and found.whole


def _ended(stop: Stop) -> list[Line]:
    """The program has ended: whose exception ended it, and what the picture shows."""
    head, failed = text(f"{stop.kind}: ", "title"), stop.kind is StopKind.POST_MORTEM
    when = words.into_run(stop.time, stop.run if stop.shown_run else None)
    if stop.failed is not None:
        did = " failed" if failed else " has ended the program"
        return [head + words.task(stop.failed) + text(did), when]
    if stop.task is None:
        outside = "the program, outside of any task" if stop.raised else "the program, by itself"
        return [head + text("an exception" if failed else outside)]
    did = " was the first to fail" if failed else " has ended the program"
    return [head + words.task(stop.task) + text(did), when]


def _reason(stop: Stop, width: int) -> list[Line]:
    """Why the task runs now, with the line that woke it if there is room."""
    if stop.wake is None:
        return []
    if isinstance(stop.wake, NotRecorded):
        return wrap(words.why(stop.wake), width)
    begun = stop.kind is StopKind.START and stop.wake.by is None
    cause = text("trio.run has just started it") if begun else words.why(stop.wake)
    reason = text("runs because ") + cause
    # For a sleep, the line is the one at which the task goes on anyway.
    where = None if stop.wake.kind is WakeKind.SLEEP else stop.wake.place
    line = reason + text(": ") + words.code(where)
    fits = where is not None and where.text and line_width(line) <= width
    return [line] if fits else wrap(reason, width, indent=2, first=0)


def _meanwhile(shown: StopShown, width: int) -> list[Line]:
    """What has happened since the previous stop: from the recorder, or else by counting."""
    if shown.telling.meanwhile is not None:
        return history.render_meanwhile(shown.telling.meanwhile, shown.stop, width)
    return [] if shown.stop.passed is None else [words.passed(shown.stop.passed)]


def _lately(back: LookBack | None, width: int) -> tuple[list[Line], ...]:
    """What has kept the run busy, if that matters; the most important lines first."""
    return () if back is None or not back.tells else history.render_look_back(back, width)


def _company(stop: Stop, known: Company | None) -> list[Line]:
    """The other tasks, as far as they matter and have changed since the previous stop."""
    parts: list[Line] = []
    if stop.deadlock is not None:  # the deadlock names all of them
        return parts
    if stop.queue_length and (known is None or known.queue_length != stop.queue_length):
        parts.append(text(f"{stop.queue_length} more runnable"))
    alone = stop.task is not None and stop.task_count == 1
    if known.task_count != stop.task_count if known is not None else not alone:
        parts.append(text(words.count(stop.task_count, "task")))
    left = stop.next_deadline
    if left is not None and not -_NOW < left < _NOW and not _is_known(stop.time + left, known):
        parts.append(words.next_timer(left))
    return parts


def _is_known(deadline: float, known: Company | None) -> bool:
    """Whether this deadline was already the next one at the previous stop."""
    return (
        known is not None and known.deadline is not None and (abs(known.deadline - deadline) < _NOW)
    )


def render_lints(reply: LintList, width: int) -> list[Line]:
    """What looks wrong so far, what has kept the run busy, and which lints are off."""
    lines = [line for each in reply.lints for line in events.lint(each, width)]
    busy = [line for part in _lately(reply.lately, width) for line in part]
    if not lines:
        whole = not (reply.off or reply.unseen or busy)
        lines = wrap(text("nothing looks wrong so far" if whole else "nothing found so far"), width)
    lines += busy
    if reply.unseen:
        unseen = f"not looked at, because time ran out: {words.count(reply.unseen, 'task')}"
        lines += wrap(text(unseen, "dim"), width)
    if reply.off:
        off = f"not looked for: {', '.join(reply.off)}; `set lint NAME on` looks for one"
        lines += wrap(text(off, "dim"), width, indent=2, first=0)
    return lines
