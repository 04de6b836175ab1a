"""The sessions that the documentation shows: finding them, replaying them, renewing them.

``python -m tests.examples.shown`` rewrites them after the debugger has learned to say
something differently; read the difference before you commit it.

A page marks a block with ``<!-- session -->``, and the blocks that continue it with
``<!-- session goes on -->``.  Owns: those blocks.  Does not own: the prose around them.
"""

from __future__ import annotations

import re
from pathlib import Path

from .running import ROOT, python

PAGES = (ROOT / "README.md", ROOT / "docs" / "getting-started.md")
PROMPT = "(stepdbg) "

_BLOCK = re.compile(r"(<!-- session(?: goes on)? -->\n```text\n)(.*?)(```)", re.DOTALL)


def shown_session(page: str) -> str:
    """All blocks of a page in order."""
    return "".join(found[2] for found in _BLOCK.finditer(page))


def commands_of(session: str) -> list[str]:
    """What is typed in a session."""
    lines = session.splitlines()
    return [line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT)]


def replay(session: str) -> str:
    """Type the same commands again, under the seeded schedule."""
    typed = "".join(f"{command}\n" for command in commands_of(session))
    return python("-m", "stepdbg", "examples/tasks.py", stdin=typed, merged=True).stdout


def without_times(text: str) -> str:
    """A session without what the clock decides.

    Two sleeps that begin within microseconds may end in one pass or in two, and then nothing runs
    between the end of one and the end of the other.
    """
    text = re.sub(r"(now waits|then waited) in sleep", "waits in sleep", text)
    text = re.sub(r"\b\d+(\.\d+)?( to \d+(\.\d+)?)? (s|ms|µs)\b", "… s", text)
    return text.replace(": returned; nothing ran from … s", ": returned")


def renewed(page: str) -> str:
    """A page with its session replayed: each block gets the answers to its own commands."""
    first_stop, *answers = re.split(rf"(?m)^(?={re.escape(PROMPT)})", replay(shown_session(page)))
    left = iter(answers)

    def renew(found: re.Match[str]) -> str:
        begins = found[2].startswith(PROMPT)
        texts = [next(left) for _ in commands_of(found[2])]
        return "".join([found[1], *([] if begins else [first_stop]), *texts, found[3]])

    return _BLOCK.sub(renew, page)


def renew_page(path: Path) -> None:
    """Rewrite a page in place."""
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    for each in PAGES:
        renew_page(each)
