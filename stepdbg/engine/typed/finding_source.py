"""Finding the source of an object of the program.

Owns: `find_source`, and which object has the source of one that was made from it.
Does not own: texts of files (stacks.source_texts).
"""

from __future__ import annotations

from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any, Final

from stepdbg.engine.describing import plain, values
from stepdbg.engine.stacks import source_texts
from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import functools, inspect


def find_source(value: Any, source: str) -> tuple[str, int, tuple[str, ...]]:
    """File name, first line and lines of a function, class or module, or of what made an object.

    source: the expression that gave it, for errors.

    Raises:
        BadUsage: there is no Python source.
    """
    try:
        found = _with_source(value)
        filename = inspect.getsourcefile(found) or inspect.getfile(found)
        with source_texts.as_loaded(filename):
            lines, first = inspect.getsourcelines(found)
    except TypeError:
        kind = plain.type_name(type(value))
        raise BadUsage(
            f"there is no Python source for {source} ({kind}); name a function, class or module"
        ) from None
    except OSError:
        raise BadUsage(f"the source of {source} cannot be found") from None
    except Exception as error:  # `inspect` reads attributes of the object
        raise BadUsage(
            f"the source of {source} cannot be found: {values.describe_exception(error)}"
        ) from None
    return filename, max(1, first), tuple(line.rstrip("\r\n") for line in lines)


def _with_source(value: Any) -> Any:
    """The object that has source code: for an object made from a class or function, that one."""
    kind = type(value)
    if kind is functools.partial:
        return _with_source(value.func)
    if kind is property:
        return _with_source(value.fget)
    for made, attribute in _MADE_FROM.items():
        if kind is made:
            return getattr(value, attribute)
    return value


_MADE_FROM: Final = {
    CoroutineType: "cr_code",
    GeneratorType: "gi_code",
    AsyncGeneratorType: "ag_code",
}
