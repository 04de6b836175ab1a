"""What the pytest plugin reports of a test: its tasks as text, and a file name for its dump.

Owns: `tree_of`, `page_of`, `file_name`.  Does not own: pictures (archive), text (render), when it
is reported (pytest_session).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepdbg.model.standard import re, zlib

if TYPE_CHECKING:
    from stepdbg.model.protocols import Inspector
    from stepdbg.render.spans import Line

_WIDTH = 80

_LONGEST_NAME = 150
"""Characters of the test's name in the name of its dump; file systems allow 255."""


def file_name(test: str) -> str:
    """A file name for a test: short, only ASCII, and different from that of every other test.

    test: its id, such as ``tests/test_files.py::test_open[a/b]``.
    """
    function, *parameters = test.partition("[")
    plain = "".join([re.sub("/|::", "-", function), *parameters])
    name = re.sub(r"[^\w.\[\]-]+", "-", plain, flags=re.ASCII)[-_LONGEST_NAME:]
    # Two tests may share a name that was shortened or changed; their ids tell them apart.
    return name if name == plain else f"{name}-{zlib.crc32(test.encode()):08x}"


def tree_of(inspector: Inspector) -> str:
    """The tree of the tasks in a picture, as text."""
    from stepdbg.model.replies import Tree
    from stepdbg.render.text import render_reply

    return _plain(lambda: render_reply(Tree(inspector.run(), inspector.tree(), None), _WIDTH))


def page_of(inspector: Inspector) -> str:
    """The tree with what each task waits for, and the deadlocks, as text."""
    from stepdbg.launcher.overview import overview
    from stepdbg.render.text import render_overview

    return _plain(lambda: render_overview(overview(inspector), _WIDTH))


def _plain(shown: Callable[[], list[Line]]) -> str:
    from stepdbg.model.errors import StepdbgError
    from stepdbg.render.spans import plain

    try:
        return plain(shown())
    except StepdbgError as error:
        return str(error)
