"""Completion of the word at the cursor.

Owns: finding the word that the user is typing, and its completions.
Does not own: showing them (frontends), or which arguments a command takes (rows).

Completion never runs code of the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from stepdbg.model.errors import StepdbgError
from stepdbg.model.patterns import name_forms
from stepdbg.model.records import NamedTuple
from stepdbg.model.standard import os, re
from stepdbg.model.task import TaskSnapshot

from . import conditions, grammar, targets, topics
from .request import Desk
from .table import BY_WORD, ROWS

_DOTTED = re.compile(r"(?:[^\W\d]\w*\.)*(?:[^\W\d]\w*)?$")
_LAST_WORD = re.compile(r"""(?:"[^"]*|'[^']*|[^\s"'][^\s]*)?$""")
_OPEN_STRING = re.compile(r"""^(?:[^'"]|'[^']*'|"[^"]*")*(?:'[^']*|"[^"]*)$""")


class Completion(NamedTuple):
    """A text that can replace the word at the cursor.

    start: where the word begins, as an offset from the cursor; never positive.
    meta: what the text names, in a few words.
    """

    text: str
    start: int
    meta: str = ""


Found = Iterable[tuple[str, str]]
"""Texts, each with what it names."""


def complete(desk: Desk, text: str) -> tuple[Completion, ...]:
    """The completions for `text`, which is the line up to the cursor."""
    try:
        return tuple(_complete_line(desk, text))
    except StepdbgError:
        return ()


def _complete_line(desk: Desk, text: str) -> list[Completion]:
    line = _last_piece(text).lstrip()
    if line.startswith("!") or "\n" in line:
        return _python(desk, line)
    word, blank, rest = line.partition(" ")
    if not blank:
        # A command wins over a name of the same spelling, so do not offer that name.
        names = [found for found in _python(desk, line) if found.text not in BY_WORD]
        return [*_matching(_commands(desk), word), *names]
    called = word in desk.aliases
    row = BY_WORD.get(word)
    if row is None or called or grammar.begins_with_operator(rest.lstrip(), row):
        return _python(desk, line)
    return _arguments(desk, row.completes, row.options, rest)


def _last_piece(text: str) -> str:
    while True:
        first, rest = grammar.split_joined(text)
        if first == text:
            return text
        text = rest


def _arguments(
    desk: Desk, kinds: tuple[str, ...], options: tuple[str, ...], text: str
) -> list[Completion]:
    """Complete the last word of a command's argument, by the kind of argument at its position."""
    kinds = kinds or ("nothing",)
    if kinds[0] == "python":
        return _python(desk, text)
    if kinds[0] == "target":
        return _target(desk, text)
    typed = _typed(text)
    words = [word for word in grammar.words(text[: len(text) - len(typed)]) if word not in options]
    if typed.startswith("-") and options:
        return _matching(((option, "option") for option in options), typed)
    kind = kinds[min(len(words), len(kinds) - 1)]
    if "line" in kinds and len(words) >= kinds.index("line"):
        return _complete_line(desk, grammar.after_words(text, kinds.index("line")))
    if kind == "python":
        return _python(desk, text)
    return _matching(SOURCES[kind](desk, typed), typed)


def _typed(text: str) -> str:
    """The word that the user is typing, with its opening quote."""
    match = _LAST_WORD.search(text)
    return match.group() if match is not None else ""


def _target(desk: Desk, text: str) -> list[Completion]:
    _, condition = grammar.split_condition(text)
    if condition is not None:
        return [*_modifiers(condition), *_python(desk, text)]
    word, blank, rest = text.lstrip().partition(" ")
    if blank and word in targets.BY_WORD:
        return _arguments(desk, targets.BY_WORD[word].completes, (), rest)
    wordless = targets.BY_WORD.get("")
    places = _arguments(desk, wordless.completes, (), text) if wordless is not None else []
    if blank:
        return places
    events = ((kind.word, kind.usage) for kind in targets.KINDS if kind.word)
    return [*_matching(events, word), *places]


def _modifiers(text: str) -> list[Completion]:
    """The modifiers that may follow the last comma."""
    while "," in text:
        text = grammar.split_at_comma(text)[1]
    typed = text.lstrip()
    return [
        Completion(each.begins, -len(typed), each.usage)
        for each in conditions.MODIFIERS
        if each.begins.startswith(typed)
    ]


def _matching(found: Found, typed: str) -> list[Completion]:
    """The texts that begin with what was typed, without its opening quote."""
    bare = typed.lstrip("\"'")
    return [
        Completion(grammar.quoted(text), -len(typed), meta)
        for text, meta in found
        if text.startswith(bare)
    ]


# ---- Python ------------------------------------------------------------


def _python(desk: Desk, text: str) -> list[Completion]:
    """Complete a name, or an attribute of a dotted path, in the frame in view."""
    match = _DOTTED.search(text)
    if match is None or desk.view.task is None or _OPEN_STRING.match(text):
        return []
    before = text[: match.start()][-1:]
    path, _, typed = match.group().rpartition(".")
    if before == "." or (not path and match.group().startswith(".")):
        return []
    if not path and not typed:
        return []
    frame = desk.view.ref()
    names = desk.inspector.attributes(frame, path) if path else desk.inspector.names(frame)
    shown = (name for name in names if typed.startswith("_") or not name.startswith("_"))
    return [Completion(name, -len(typed)) for name in shown if name.startswith(typed)]


# ---- the kinds of arguments --------------------------------------------


def _commands(desk: Desk) -> Found:
    yield from desk.aliases.items()
    yield from ((row.name, row.summary) for row in ROWS)


def _tasks(desk: Desk, _typed: str) -> Found:
    """Every form of the name of each living task; for Trio's own tasks, only the whole name."""
    living = desk.inspector.tasks()
    yield from ((task.label.short, _about(task)) for task in living)
    yield from ((str(task.label.number), task.label.short) for task in living)


def _patterns(desk: Desk, _typed: str) -> Found:
    """Patterns that match tasks: their names, including names that several tasks share."""
    seen: set[str] = set()
    for task in desk.inspector.tasks():
        name = name_forms(task.label.called or task.label.name)[1]
        for text in dict.fromkeys((name, task.label.short)):
            if text not in seen:
                seen.add(text)
                yield text, _about(task) if text == task.label.short else "all of this name"


def _about(task: TaskSnapshot) -> str:
    return f"task {task.label.number}, {task.state}"


def _breakpoints(desk: Desk, _typed: str) -> Found:
    return ((str(each.number), str(each.spec.target)) for each in desk.home.breakpoints())


def _runs(desk: Desk, _typed: str) -> Found:
    return ((str(run.run), run.state) for run in desk.home.runs() if run.state != "ended")


def _pictures(_desk: Desk, _text: str) -> Found:
    from stepdbg.drawing.pictures import PICTURES

    return [*PICTURES.items()]


def _switches(_desk: Desk, _typed: str) -> Found:
    return (("on", "from now on"), ("off", "no longer"))


def _frames(desk: Desk, _typed: str) -> Found:
    return ((str(frame.index), frame.place.function) for frame in desk.view.frames())


def _displays(desk: Desk, _typed: str) -> Found:
    return ((str(number), expression) for number, expression in desk.displays.named())


def _aliases(desk: Desk, _typed: str) -> Found:
    return desk.aliases.items()


def _topics(desk: Desk, _typed: str) -> Found:
    yield "all", "all commands and topics"
    yield from ((row.name, row.summary) for row in ROWS)
    yield from ((name, topic.summary) for name, topic in topics.BY_WORD.items())
    yield from desk.aliases.items()


def _files(_desk: Desk, typed: str) -> Found:
    """Python files and folders whose paths begin with what was typed."""
    return _paths_below(typed, ".py")


def _paths(_desk: Desk, typed: str) -> Found:
    """Files and folders whose paths begin with what was typed."""
    return _paths_below(typed, "")


def _paths_below(typed: str, ending: str) -> Found:
    folder, slash, _ = typed.lstrip("\"'").rpartition(os.sep)
    try:
        with os.scandir(folder + slash or os.curdir) as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError:
        return
    for name, is_folder in found:
        if is_folder and not name.startswith((".", "__")):
            yield folder + slash + name + os.sep, "folder"
        elif not is_folder and name.endswith(ending) and not name.startswith("."):
            yield folder + slash + name, "file"


def _nothing(_desk: Desk, _typed: str) -> Found:
    return ()


SOURCES: dict[str, Callable[[Desk, str], Found]] = {
    "task": _tasks,
    "pattern": _patterns,
    "breakpoint": _breakpoints,
    "run": _runs,
    "switch": _switches,
    "frame": _frames,
    "picture": _pictures,
    "display": _displays,
    "alias": _aliases,
    "topic": _topics,
    "file": _files,
    "path": _paths,
    "nothing": _nothing,
}
"""The functions that find the texts for each kind of argument, given what was typed of it.

A row may also name ``python``, ``target`` (of a breakpoint) and ``line`` (another command
begins here).
"""
