"""Values that must not leave the machine.

Owns: which names look like secrets, and masking what belongs to them: variables, and what
stands beside such names inside the pictures of values and on the command line.
Owns, too: leaving out all values of a picture that was taken with them.
Does not own: taking pictures without values (stacks).

It errs on the side of masking.  What it cannot know is a secret under a plain name, or one that
is written in the source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from stepdbg.model.history import Log
from stepdbg.model.records import replace
from stepdbg.model.stops import Stop
from stepdbg.model.values import Value, Variable

from .shapes import LEFT_OUT, ExceptionPicture, FramePicture, Picture, RunPicture, TaskPicture

MASK = "***"

_WORDS = frozenset(
    {
        "auth",
        "authorization",
        "bearer",
        "cookie",
        "cookies",
        "credential",
        "credentials",
        "key",
        "keys",
        "otp",
        "pass",
        "passphrase",
        "passwd",
        "password",
        "passwords",
        "pin",
        "pwd",
        "secret",
        "secrets",
        "sid",
        "token",
        "tokens",
    }
)
_WITHIN = (
    "passw",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "credential",
    "privatekey",
    "sessionid",
)
_HUMP = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@lru_cache(maxsize=10_000)
def looks_secret(name: str) -> bool:
    """Whether a name says that its value is a secret: ``api_key``, ``dbPassword``, ``TOKEN``."""
    bare = re.sub(r"[\W_]", "", name).lower()
    if any(word in bare for word in _WITHIN):
        return True
    return any(word.lower() in _WORDS for word in _HUMP.findall(name))


_PAIR = re.compile(
    r"""(?P<quote>['"]?)(?P<name>[A-Za-z_][\w.-]{0,80})(?P=quote)(?P<sign>\s*[=:]\s*|(?<=['"]),\s+)"""
)
"""A name and what parts it from its value: ``name=``, ``'name': ``, ``('name', ``."""

_KNOWN = re.compile(
    r"""(?<=://)[^\s/@'"]*:[^\s/@'"]*(?=@)"""  # user:password@host in an address
    r"""|\b(?:Bearer|Basic)\s+[\w.~+/=-]{6,}"""
    r"""|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|AKIA)[\w-]{10,}"""
    r"""|\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*"""  # a JSON Web Token
    r"""|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END|$)""",
    re.DOTALL,
)
"""Texts that are secrets whatever they are called."""

_MAYBE = re.compile(
    "auth|bear|cookie|cred|key|otp|pass|pin|pwd|secret|session|sid|token", re.IGNORECASE
)
"""In every name that looks secret: most texts need no closer look."""

_EXCEPTIONS = ("Error", "Exception")
"""``KeyError: 'coffee'`` tells of no secret key."""

_OPENERS = {"(": ")", "[": "]", "{": "}"}


def mask_text(text: str) -> str:
    """The picture of a value without what belongs to secret names inside it."""
    if not _MAYBE.search(text):
        return _KNOWN.sub(MASK, text)
    parts: list[str] = []
    done = 0
    for pair in _PAIR.finditer(text):
        name = pair["name"]
        if pair.start() < done or name.endswith(_EXCEPTIONS) or not looks_secret(name):
            continue
        end = _end_of_value(text, pair.end())
        parts += [text[done : pair.end()], MASK if end > pair.end() else ""]
        done = end
    parts.append(text[done:])
    return _KNOWN.sub(MASK, "".join(parts))


def _end_of_value(text: str, start: int) -> int:
    """Where the value ends that begins somewhere in a text; its end when it was cut off."""
    depth: list[str] = []
    place = start
    while place < len(text):
        char = text[place]
        if char in "'\"":
            place = _end_of_string(text, place)
            continue
        if char in _OPENERS:
            depth.append(_OPENERS[char])
        elif depth and char == depth[-1]:
            depth.pop()
        elif not depth and char in ",)]}\n":
            return place
        place += 1
    return len(text)


def _end_of_string(text: str, start: int) -> int:
    quote = text[start]
    place = start + 1
    while place < len(text) and text[place] != quote:
        place += 2 if text[place] == "\\" else 1
    return min(place + 1, len(text))


def mask_words(words: Iterable[str]) -> tuple[str, ...]:
    """A command line without the values of options such as ``--token``."""
    masked: list[str] = []
    hide_next = False
    for word in words:
        option, sign, _ = word.partition("=")
        if hide_next and not word.startswith("-"):
            masked.append(MASK)
            hide_next = False
            continue
        secret = looks_secret(option) and (word.startswith("-") or bool(sign))
        masked.append(f"{option}={MASK}" if secret and sign else _KNOWN.sub(MASK, word))
        hide_next = secret and not sign
    return tuple(masked)


def mask_picture(picture: Picture) -> Picture:
    """A picture without what looks like secrets."""
    stop = picture.stop
    if stop is not None:
        value = None if stop.value is None else _masked(stop.value)
        stop = replace(stop, value=value, raised=mask_text(stop.raised))
    about = replace(picture.about, command_line=mask_words(picture.about.command_line))
    changed = _changed(picture, _mask_variable, mask_text)
    return replace(changed, about=about, stop=stop)


def without_values(picture: Picture) -> Picture:
    """A picture without what variables hold, and without the words of exceptions."""
    stop = None if picture.stop is None else stop_without_values(picture.stop)
    changed = _changed(picture, leave_out, kind_alone)
    return replace(changed, stop=stop, values=False)


def stop_without_values(stop: Stop) -> Stop:
    """A stop without what the program's objects look like; types of exceptions remain."""
    return replace(stop, value=None, raised=kind_alone(stop.raised))


def leave_out(variable: Variable) -> Variable:
    """A variable without its value."""
    return replace(variable, value=Value(LEFT_OUT, variable.value.type))


def kind_alone(summary: str) -> str:
    """The type of an exception without its message, in which values may be."""
    return summary.partition(":")[0]


def _changed(
    picture: Picture, variable: Callable[[Variable], Variable], text: Callable[[str], str]
) -> Picture:
    """A picture with its variables and the messages of exceptions changed."""

    def frames(stack: tuple[FramePicture, ...]) -> tuple[FramePicture, ...]:
        if not any(frame.variables for frame in stack):
            return stack
        return tuple(
            replace(frame, variables=tuple(map(variable, frame.variables)))
            if frame.variables
            else frame
            for frame in stack
        )

    def task(found: TaskPicture) -> TaskPicture:
        kept = frames(found.frames)
        return found if kept is found.frames else replace(found, frames=kept)

    def run(found: RunPicture) -> RunPicture:
        outside = None if found.outside is None else task(found.outside)
        return replace(
            found,
            tasks=tuple(map(task, found.tasks)),
            outside=outside,
            log=None if found.log is None else _changed_log(found.log, text),
            ended=tuple(replace(each, detail=text(each.detail)) for each in found.ended),
        )

    def raised(found: ExceptionPicture) -> ExceptionPicture:
        node = replace(found.node, summary=text(found.node.summary))
        return ExceptionPicture(node, frames(found.frames))

    return replace(
        picture,
        pictures=tuple(map(run, picture.pictures)),
        exceptions=tuple(map(raised, picture.exceptions)),
    )


def _changed_log(log: Log, text: Callable[[str], str]) -> Log:
    """A log with the details changed, which tell of exceptions and of what was typed."""
    entries = (
        replace(each, detail=text(each.detail), steered=text(each.steered))
        if each.detail or each.steered
        else each
        for each in log.entries
    )
    return replace(log, entries=tuple(entries))


def _mask_variable(variable: Variable) -> Variable:
    if looks_secret(variable.name):
        return Variable(variable.name, Value(MASK, variable.value.type))
    value = _masked(variable.value)
    return variable if value is variable.value else Variable(variable.name, value)


def _masked(value: Value) -> Value:
    text = mask_text(value.text)
    return value if text == value.text else replace(value, text=text)
