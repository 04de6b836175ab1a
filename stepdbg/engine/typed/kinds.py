"""What an object is, for `whatis`: its kind, its signature, the first line of its docstring.

Owns: `kind_of`.  Does not own: evaluating what was typed (evaluate), its value (describing).
"""

from __future__ import annotations

from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodType
from typing import Any, Final

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.engine.describing import plain
from stepdbg.engine.stacks import tracebacks
from stepdbg.model.standard import inspect

_BUILT_IN: Final = (BuiltinFunctionType, MethodDescriptorType)
_KNOWN: Final = (*_BUILT_IN, FunctionType, MethodType)
_LONGEST: Final = 400
"""Characters of a signature and of a line of a docstring."""


def kind_of(value: Any) -> str:
    """What an object is: ``Function f(x)``, ``Method m()``, ``Class module.C()``, or its type.

    A second line is the first line of its docstring, if it has one.  This calls the ``__repr__`` of
    defaults and annotations, which may be code of the program.
    """
    # By type identity: `isinstance` would read a `__class__` of the program.
    function = value.__func__ if type(value) is MethodType else value
    if type(function) is FunctionType:
        kind = "Function" if function is value else "Method"
        kind = f"{kind} {plain.one_line(function.__name__, 200)}"
    elif is_a(value, type):
        kind = f"Class {plain.type_name(value)}"
    elif type(value) in _BUILT_IN:
        kind = f"{plain.type_name(type(value))} {plain.one_line(value.__name__, 200)}"
    else:
        return plain.type_name(type(value))
    return "\n".join(filter(None, (kind + _signature_of(value), _first_line(value))))


def _signature_of(value: Any) -> str:
    """The signature of something; empty if it has none that can be read."""
    try:
        return plain.one_line(str(_as_written(inspect.signature(value))), _LONGEST)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever the program's own objects raise
        tracebacks.clean(error)
        return ""


class _Written(str):
    """An annotation that is kept as text; it is shown as it was written."""

    __slots__ = ()
    __repr__ = str.__str__


def _as_written(signature: inspect.Signature) -> inspect.Signature:
    """A signature that shows annotations kept as text without quotes."""

    def written(annotation: object) -> object:
        return _Written(annotation) if type(annotation) is str else annotation

    parameters = [
        each.replace(annotation=written(each.annotation)) for each in signature.parameters.values()
    ]
    returns = written(signature.return_annotation)
    return signature.replace(parameters=parameters, return_annotation=returns)


def _first_line(value: Any) -> str:
    """The first line of its docstring, read without running code of the program."""
    text = value.__doc__ if type(value) in _KNOWN else None
    if is_a(value, type):
        text = plain.namespace_of(value).get("__doc__")
    lines = text.strip().splitlines() if type(text) is str else []
    return plain.one_line(lines[0], _LONGEST) if lines else ""
