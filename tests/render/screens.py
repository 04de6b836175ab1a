"""The screens of all pictures, kept in ``screens-*.txt`` to be read and compared.

``python -m tests.render.screens`` writes them anew after a change that is meant; read the
difference before it is committed.
"""

from __future__ import annotations

from pathlib import Path

from stepdbg.render.spans import plain
from stepdbg.render.text import render_event, render_reply, render_toolbar

from .pictures import CHILD_2, EVENTS, FRAMES, REPLIES, RUN_PICTURE

WIDTHS = (40, 80, 200)
FOLDER = Path(__file__).parent


def file(width: int) -> Path:
    """The file of the screens at a width."""
    return FOLDER / f"screens-{width}.txt"


def draw(width: int) -> str:
    """Every picture under its name, then every event, then the toolbar."""
    blocks = {name: plain(render_reply(reply, width)) for name, reply in REPLIES.items()}
    blocks |= {name: plain(render_event(event, width)) for name, event in EVENTS.items()}
    blocks["toolbar"] = plain([render_toolbar(RUN_PICTURE, CHILD_2, width, frame=FRAMES[2])])
    return "\n".join(f"{f' {name} ':=^{width}}\n{block}\n" for name, block in blocks.items())


if __name__ == "__main__":
    for width in WIDTHS:
        file(width).write_text(draw(width), encoding="utf-8")
