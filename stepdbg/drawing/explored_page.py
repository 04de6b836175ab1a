"""What exploring has found, as a page for a browser.

Owns: `explored_page`.
Does not own: how it looks (the files in ``page_source``), the same as text (render.exploring).

The page is one file that loads nothing else, and there are no scripts in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stepdbg.model.exploring import Explained, FoundFault, Row, Verdict
from stepdbg.model.standard import re

from .names import in_xml
from .page import source_of

FIRST_LINE = "<!DOCTYPE html><!-- what exploring found, written by stepdbg -->"
"""The first line of the page: stepdbg overwrites a file only if it begins with it."""


def explored_page(verdict: Verdict, notes: Sequence[tuple[str, str]]) -> str:
    """The text of a file.

    Args:
        verdict: what was found.
        notes: for each failure, a sentence on what its mode means, and the command that replays it.

    Raises:
        StepdbgError: the page's own files cannot be read.
    """
    failures = [
        part
        for number, (found, (mode, command)) in enumerate(
            zip(verdict.faults, notes, strict=True), 1
        )
        for part in _failure(number, found, mode, command)
    ]
    parts = {
        "title": in_xml(str(verdict)),
        "css": source_of("explored.css"),
        "notes": "\n".join(f'<p class="faint">{in_xml(each)}</p>' for each in verdict.notes),
        "failures": "\n".join(failures),
    }
    return re.sub("@@([a-z]+)@@", lambda mark: parts[mark[1]], source_of("explored.html"))


def _failure(number: int, found: FoundFault, mode: str, command: str) -> Iterator[str]:
    yield f"<section><h2>{number}. {in_xml(found.fault.title)}</h2>"
    seen = "" if found.times == 1 else f", seen {found.times:,} times"
    late = f"; needs a step {found.late:.3g} s late" if found.late else ""
    heading = f"schedule {found.number:,}, {found.steps:,} steps{seen}{late}"
    yield f'<p class="faint">{heading}</p>'
    if found.explained is not None:
        yield from _explained(found.explained, mode)
    yield f"<h3>The failure</h3><pre>{in_xml(found.fault.text.rstrip())}</pre>"
    if found.output.strip():
        yield f"<h3>The program wrote</h3><pre>{in_xml(found.output.rstrip())}</pre>"
    yield f'<h3>To see it again</h3><pre class="command">{in_xml(command)}</pre></section>'


def _explained(explained: Explained, mode: str) -> Iterator[str]:
    if explained.words:
        yield f'<p class="words">{in_xml(explained.words)}</p>'
    base = "each task goes on for as long as it can" if explained.stays else "first in, first out"
    count = f"{len(explained.facts)} of {explained.of}"
    yield f"<p>{count} differences from the default order ({base}) are left;"
    yield f"{explained.again} of {explained.replays} replays failed; {in_xml(mode)}:</p>"
    yield f"<ul>{''.join(f'<li>{in_xml(fact)}</li>' for fact in explained.facts)}</ul>"
    if explained.pair is not None:
        yield "<h3>The order of two steps matters</h3><ul>"
        for word, step in zip(("first", "then"), explained.pair, strict=True):
            upto = f", up to <code>{in_xml(step.ends)}</code>" if step.ends else ""
            begins = f"from <code>{in_xml(step.begins)}</code>"
            yield f"<li>{word} {in_xml(step.step)}, {begins}{upto}</li>"
        yield "</ul><p>The other way round they do not lead to this failure.</p><ul>"
        for name in explained.shared:
            other = f" (<code>{in_xml(name.other)}</code> in the second step)" if name.other else ""
            does = f"the first {in_xml(name.first)}, the second {in_xml(name.then)}"
            yield f"<li>both touch <code>{in_xml(name.name)}</code>{other}: {does}</li>"
        yield "</ul>"
    yield from _steps(explained)


def _steps(explained: Explained) -> Iterator[str]:
    """The rows, with a column for each task."""
    if not explained.rows:
        return
    yield '<h3>Which task steps, with a column for each</h3><div class="steps"><table><tr><th></th>'
    for task, name in explained.columns:
        yield f"<th>{in_xml(task)}<br>{in_xml(name)}</th>"
    yield "</tr>"
    for row in explained.rows:
        kind = f' class="{row.mark}"' if row.mark else ""
        cells = (_cell(row, column) for column in range(len(explained.columns)))
        step = f"{row.mark} {row.step}".strip()
        yield f"<tr{kind}><td>{step}</td>{''.join(f'<td>{each}</td>' for each in cells)}</tr>"
    yield "</table></div>"


def _cell(row: Row, column: int) -> str:
    if column in row.delayed:
        return '<span class="delayed">delayed here</span>'
    if column != row.column:
        return ""
    why = f'<span class="why">{row.why}</span><br>' if row.why else ""
    count = f"<br>{row.count} steps" if row.count > 1 else ""
    return f"{why}{in_xml(row.line)}{count}"
