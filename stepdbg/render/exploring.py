"""The report of exploring.

Owns: the report as text, and as values for JSON.  Does not own: the verdict (model.exploring).
"""

from __future__ import annotations

from typing import Any

from stepdbg.model.exploring import (
    Explained,
    FoundFault,
    ShownStep,
    Verdict,
    VerdictKind,
)
from stepdbg.model.standard import shlex

from .columns import order_of_steps
from .spans import Line, text, wrap

_AGAIN = "to see it again:"

_FACTS = 8
"""How many differences from the default order the report shows."""

_LINES = 40
"""How many lines of a traceback or of output the report shows, the last ones."""


def report(verdict: Verdict, width: int, command: tuple[str, ...] = ()) -> list[Line]:
    """The report as lines.

    Args:
        verdict: what was found.
        width: in columns.
        command: the words of the program after the options, for the command that replays; without
            them, the report shows only the schedule.
    """
    kind = verdict.kind
    style = {VerdictKind.FAILED: "error", VerdictKind.NOT_EXPLORED: "warn"}.get(kind, "good")
    lines = wrap(text(str(verdict), style) + text(_besides(verdict)), width)
    for note in verdict.notes:
        for each in note.splitlines():
            lines += wrap(text(each), width, indent=2)
    for place, found in enumerate(verdict.faults, 1):
        lines += [(), *_fault(place, found, width, command)]
    return lines


def _besides(verdict: Verdict) -> str:
    if verdict.kind is VerdictKind.NOT_EXPLORED:
        return ""
    sentence = f", in {verdict.seconds:.1f} s"
    if verdict.cut:
        were = "schedule was" if verdict.cut == 1 else "schedules were"
        sentence += f"; {verdict.cut:,} {were} cut and show nothing"
    return sentence


def _fault(place: int, found: FoundFault, width: int, command: tuple[str, ...]) -> list[Line]:
    fault = found.fault
    lines = wrap(
        text(f"{place}. ", "number") + text(fault.title, "error"), width, indent=3, first=0
    )
    seen = "" if found.times == 1 else f", seen {found.times:,} times"
    lines.append(text(f"   schedule {found.number:,}, {found.steps:,} steps{seen}", "dim"))
    if found.late:
        lines.append(text(f"   needs a step {found.late:.3g} s late"))
    if found.explained is not None:
        lines += _explained(found.explained, width, late=bool(found.late))
    lines += _last_lines(fault.text)
    if found.output.strip():
        lines.append(text("   the program wrote:", "dim"))
        lines += _last_lines(found.output)
    stop = () if found.explained is None else found.explained.stop
    if command:
        lines.append(text(f"   {_what_it_shows(stop)}", "dim"))
        lines.append(text(f"   {replay_command(found, command)}", "key"))
        return lines
    lines.append(text("   its schedule, for --replay:", "dim"))
    lines.append(text(f"   {found.token}", "key"))
    if stop:
        lines.append(text("   to stop before the first of the two steps, with that:", "dim"))
        lines.append(text(f"   {shlex.join(_given(stop))}", "key"))
    return lines


def _what_it_shows(stop: tuple[str, ...]) -> str:
    return "to see it again, from before the first of the two steps on:" if stop else _AGAIN


def replay_command(found: FoundFault, command: tuple[str, ...]) -> str:
    """The shell command that shows a failure, from before the first step of its pair on.

    command: the words of the program after the options.
    """
    stop = () if found.explained is None else found.explained.stop
    return shlex.join(("python", "-m", "stepdbg", "--replay", found.token, *_given(stop), *command))


def _given(stop: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for each in stop for word in ("-c", each))


def _explained(explained: Explained, width: int, *, late: bool) -> list[Line]:
    count, lines = len(explained.facts), []
    fails = "it then fails" if late else "it fails"
    usual = "the default order"
    if explained.stays:
        usual = "the order in which each task goes on for as long as it can"
    replays = f"{explained.again} of {explained.replays} replays failed"
    sentence = f"{fails} in {usual}; {replays}"
    if count:
        are = "is 1 difference" if count == 1 else f"are {count} differences"
        sentence = f"there {are} from {usual} (of {explained.of}); {replays}"
    lines += wrap(text(sentence), width, indent=3)
    for fact in explained.facts[:_FACTS]:
        lines += wrap(text(fact), width, indent=7, first=5)
    if count > _FACTS:
        lines.append(text(f"     and {count - _FACTS} more", "dim"))
    lines += wrap(text(in_mode(explained)), width, indent=3)
    if explained.words:
        lines += wrap(text(explained.words, "title"), width, indent=5, first=3)
    if explained.pair is None:
        sentence = "no two steps were found whose order matters by itself"
        return [*lines, *wrap(text(sentence), width, indent=3), *order_of_steps(explained, width)]
    lines += wrap(text("the order of two steps matters:", "title"), width, indent=3)
    for word, each in zip(("first", "then"), explained.pair, strict=True):
        lines += wrap(text(f"{word} {each.step}", "task"), width, indent=7, first=5)
        lines += wrap(text(f"from {each.begins}", "place"), width, indent=11, first=7)
        if each.ends:
            lines += wrap(text(f"up to {each.ends}", "place"), width, indent=11, first=7)
    for name in explained.shared:
        other = f" (`{name.other}` in the second step)" if name.other else ""
        both = f"both touch `{name.name}`{other}"
        sentence = f"{both}: the first {name.first}, the second {name.then}"
        lines += wrap(text(sentence), width, indent=7, first=5)
    sentence = "the other way round they do not lead to this failure"
    return [*lines, *wrap(text(sentence), width, indent=3), *order_of_steps(explained, width)]


def in_mode(explained: Explained) -> str:
    """The freedom in which such an order happens, see `Explained.mode`."""
    if explained.mode == "stock":
        return "stock: Trio itself can make such an order"
    stock = f"in {explained.tried[0]} tries of orders that Trio itself can make"
    if explained.mode == "batch":
        return f"batch: not found {stock}, but with the tasks of each pass in any order"
    batch = f"in {explained.tried[1]} with the tasks of each pass in any order"
    return f"free: found neither {stock} nor {batch}"


def _last_lines(given: str) -> list[Line]:
    return [text(f"   {line}") for line in given.rstrip().splitlines()[-_LINES:]]


def as_values(verdict: Verdict) -> dict[str, Any]:
    """The same report as values for JSON."""
    return {
        "event": "explored",
        "verdict": verdict.kind.value,
        "sentence": str(verdict),
        "schedules": verdict.schedules,
        "distinct": verdict.distinct,
        "cut": verdict.cut,
        "all": verdict.every,
        "seconds": round(verdict.seconds, 3),
        "notes": list(verdict.notes),
        "failures": [
            {
                "title": each.fault.title,
                "text": each.fault.text,
                "schedule": each.number,
                "steps": each.steps,
                "times": each.times,
                "late": round(each.late, 6),
                "token": each.token,
                "output": each.output,
                "explained": None if each.explained is None else _explained_values(each.explained),
            }
            for each in verdict.faults
        ],
    }


def _explained_values(explained: Explained) -> dict[str, Any]:
    pair = explained.pair
    return {
        "facts": list(explained.facts),
        "of": explained.of,
        "base": "stay" if explained.stays else "fifo",
        "again": explained.again,
        "replays": explained.replays,
        "mode": explained.mode,
        "words": explained.words,
        "pair": None if pair is None else [_step_values(each) for each in pair],
        "shared": [
            {"name": each.name, "first": each.first, "then": each.then, "other": each.other}
            for each in explained.shared
        ],
        "tasks": [{"task": task, "name": name} for task, name in explained.columns],
        "rows": [
            {
                "step": each.step,
                "count": each.count,
                "task": each.column,
                "line": each.line,
                "why": each.why,
                "delayed": list(each.delayed),
                "mark": each.mark,
            }
            for each in explained.rows
        ],
        "stop": list(explained.stop),
    }


def _step_values(shown: ShownStep) -> dict[str, str]:
    return {"step": shown.step, "begins": shown.begins, "ends": shown.ends}
