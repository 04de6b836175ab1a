"""Which rule for secrets each field of a picture is under.

Owns: the one place that every text of a dump comes through; what is left of the reasons of
cancellations in a picture without values.
Does not own: the rules (secrets), going through a picture (codec).

A text is masked unless it is listed here what else it is, so that a new field cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from stepdbg.model.hints import Hint, Items, fields_of
from stepdbg.model.records import replace
from stepdbg.model.standard import re
from stepdbg.model.task import Wake, WakeKind
from stepdbg.model.values import Value, Variable

from .secrets import MASK, looks_secret, mask_source, mask_text, mask_words
from .shapes import LEFT_OUT

Change = Callable[[Any], Any]

_NAMES: Final = frozenset({"arguments", "filename", "folder", "function", "kind", "number", "type"})
"""Fields of any record that say what something is called, where it lies, and what it is."""

_OTHERWISE: Final[dict[tuple[str, str], Change]] = {
    ("About", "command_line"): mask_words,
    ("BreakpointSpec", "condition"): mask_source,
    ("BreakpointSpec", "log"): mask_source,
    ("Place", "text"): mask_source,
    ("SourcePiece", "text"): mask_source,
}


@cache
def change_of(record: type) -> Change | None:
    """How records of a type are changed before they go into a file; None where they are not."""
    if record is Variable:
        return _variable
    rules = {
        field.name: _OTHERWISE.get((record.__name__, field.name), _rule(hint))
        for field, hint in fields_of(record)
        if field.name not in _NAMES
    }
    wanted = [(name, rule) for name, rule in rules.items() if rule is not None]
    if not wanted:
        return None

    def changed(found: Any) -> Any:
        fresh = {}
        for name, rule in wanted:
            here = getattr(found, name)
            if here and (masked := rule(here)) != here:
                fresh[name] = masked
        return replace(found, **fresh) if fresh else found

    return changed


def _rule(hint: Hint) -> Change | None:
    if str in hint:
        return _if_text
    if any(isinstance(part, Items) and any(str in each for each in part.hints) for part in hint):
        return _each_text
    return None


def _if_text(value: object) -> object:
    return mask_text(str.__str__(value)) if isinstance(value, str) else value


def _each_text(values: Any) -> Any:
    return tuple(_if_text(each) for each in values) if isinstance(values, tuple) else values


_REASONS: Final = frozenset(
    {("Cancelling", "reason"), ("ScopeSnapshot", "reason"), ("Wake", "detail")}
)
"""Fields with Trio's words for a cancellation, or the program's."""

_RAISED = re.compile(
    r"(?P<kept>(?:\w+(?:: |, ))?"
    r"(?:child task|Code block inside nursery contextmanager) raised exception [\w.]+).*",
    re.DOTALL,
)
_SOURCE = re.compile(
    r"(?P<source>deadline|nursery|explicit|shutdown|KeyboardInterrupt|unknown)(?P<rest>: |, )?"
)
_PLAIN = re.compile(
    r"misnesting|main task done, shutting down [\w ]+|Parent Task exited prematurely.*"
)


def without_reasons(change: Change | None, record: type) -> Change | None:
    """How records of a type are changed in a picture without values.

    A reason keeps the type of the exception that it speaks of, and loses its message; a reason of
    the program's own is left out.

    change: what is done to them besides.
    """
    names = [name for of, name in _REASONS if of == record.__name__]
    if not names:
        return change

    def changed(found: Any) -> Any:
        told = found if change is None else change(found)
        if isinstance(told, Wake) and told.kind is not WakeKind.CANCELLED:
            return told
        return replace(told, **{name: reason_alone(getattr(told, name)) for name in names})

    return changed


def reason_alone(reason: str) -> str:
    """The reason of a cancellation without anything that a value may be in."""
    if raised := _RAISED.fullmatch(reason):
        return raised["kept"]
    source = _SOURCE.match(reason)
    head, rest = (source[0], reason[source.end() :]) if source else ("", reason)
    return head + rest if not rest or _PLAIN.fullmatch(rest) else head + LEFT_OUT


def _variable(found: Variable) -> Variable:
    # Only by its own name: what its value holds is masked in the value.
    if not looks_secret(found.name) or found.value.text == MASK:
        return found
    return Variable(found.name, Value(MASK, found.value.type))
