"""What is stepdbg's own: its version, its files, its variable in the environment.

Owns: `VERSION`, the one place where it is written (pyproject.toml reads it from here); telling
code of ours from all other; `OurReference`; `SETUP_VARIABLE`.
Does not own: versions of formats (render.jsonlines and others have their own), telling the user's
code from that of libraries (engine.stacks.frames).

Light on purpose: the command line imports it for every program.
"""

from __future__ import annotations

from _weakref import ref

from stepdbg.model.standard import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")
else:
    T = object  # `typing` takes a twentieth of the whole start

VERSION = "0.1.0"

SETUP_VARIABLE = "STEPDBG_SETUP"
"""The environment variable that names the file by which a program that is started again gets what
its user had set up; the new process removes both on reading."""


class OurReference(ref[T]):
    """A weak reference of ours, so that it is told from those of the program."""

    __slots__ = ()


def is_ours(filename: str) -> bool:
    """Whether a file, as code names it, belongs to stepdbg itself.

    The names of modules would not do: ``python -m stepdbg`` is ``__main__``, and a program may
    give its own any name.
    """
    return filename.startswith(FOLDER)


FOLDER = os.path.dirname(os.path.dirname(is_ours.__code__.co_filename)) + os.sep
"""Where our files are, as our code names them: through links, if it was found through one."""
