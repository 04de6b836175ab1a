"""What is stepdbg's own: its version, its files, its variable in the environment.

Owns: `VERSION`, which is written only here (pyproject.toml reads it); telling stepdbg's code from
all other code; `OurReference`; `SETUP_VARIABLE`.
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
"""The environment variable that names a file with the user's breakpoints, displays and aliases,
for a program that is started again.  The new process removes both when it has read them."""


class OurReference(ref[T]):
    """A weak reference of stepdbg's; its class tells it from the program's references."""

    __slots__ = ()


def is_ours(filename: str) -> bool:
    """Whether a file, as code names it, belongs to stepdbg itself.

    The names of modules would not be reliable: ``python -m stepdbg`` is ``__main__``, and a program
    may give its own modules any name.
    """
    return filename.startswith(FOLDER)


FOLDER = os.path.dirname(os.path.dirname(is_ours.__code__.co_filename)) + os.sep
"""The folder of stepdbg's files, as its code objects name it: links are not resolved."""
