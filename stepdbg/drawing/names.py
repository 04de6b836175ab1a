"""How pictures name lines of the program.

Owns: these names, and the escapes of XML.  Does not own: pictures.
"""

from __future__ import annotations

from stepdbg.model.task import Place
from stepdbg.model.values import harmless

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def line_of(place: Place | None) -> str:
    """``app.py:12 in fetch``; empty for none."""
    if place is None:
        return ""
    file = place.filename.replace("\\", "/").rpartition("/")[2]
    line = f":{place.line}" if place.line is not None else ""
    return harmless(f"{file}{line} in {place.function}")


def in_xml(text: str) -> str:
    """A text as XML holds it, in an element or an attribute."""
    return harmless(text).translate(_ESCAPES)
