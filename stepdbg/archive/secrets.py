"""Values that must not leave the machine.

Owns: which names look secret; masking what stands beside such names in a text, on a command line
or in source code; removing all values from a picture that has them.
Does not own: which fields of a picture hold what kind of text (masking), taking pictures without
values (stacks).

It masks too much rather than too little.  It cannot recognize a secret with a harmless name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from stepdbg.model.history import Log
from stepdbg.model.records import replace
from stepdbg.model.standard import re
from stepdbg.model.stops import Stop
from stepdbg.model.values import Value, Variable
from stepdbg.model.waits import Explanation

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
        "sig",
        "signature",
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


_KNOWN = re.compile(
    r"""(?<=://)[^\s/@'"]*:[^\s/'"]*(?=@)"""  # user:password@host in an address
    r"""|\b(?:Bearer|Basic)\s+[\w.~+/=-]{6,}"""
    r"""|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|(?:sk|rk)_live_|npm_|hf_|AKIA|ASIA)[\w-]{10,}"""
    r"""|\bAIza[\w-]{30,}"""
    r"""|\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*"""  # a JSON Web Token
    r"""|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END|$)""",
    re.DOTALL,
)
"""Texts that are secrets whatever name stands beside them."""

_MAYBE = re.compile(
    "auth|bear|cookie|cred|key|otp|pass|pin|pwd|secret|session|sid|sig|token", re.IGNORECASE
)
"""Every name that looks secret contains one of these, so most texts need no closer look."""

_EXCEPTIONS = ("Error", "Exception")
"""Endings of names that are not secret: ``KeyError: 'coffee'`` does not give a key away."""

_POINT = re.compile(
    r"""(?<![\w\\])[bBrRuUfF]{0,2}(?P<quote>['"])(?P<inside>(?:\\.|(?!(?P=quote)).)*)(?:(?P=quote)|$)"""
    r"""|(?<![\w-])-{1,2}(?P<option>[A-Za-z][\w-]*)[ \t]+(?=\S)"""
    r"""|(?P<name>[A-Za-z_][\w.-]{0,80})(?:\\*['"])?[)\]>]*(?P<sign>\s*[=:]\s*|[ ]+(?=['"]))""",
    re.DOTALL,
)
"""Where a name may stand: in quotes, as an option before a blank, or before a sign."""

_AFTER_QUOTES = re.compile(r"[)\]]*(?:\s*[=:]\s*|,\s*)")
_NAME = re.compile(r"-{0,2}[A-Za-z_][\w. -]{0,80}")
_WORD = re.compile(r"""(?P<quote>['"])(?:\\.|(?!(?P=quote)).)*(?P=quote)|\S+""", re.DOTALL)

_OPENS = re.compile(r"(?:^|\W|(?<=\W)[bBrRuUfF]{1,2}|^[bBrRuUfF]{1,2})$")
"""What stands before a quote that opens a string.  An apostrophe follows a letter instead."""

_OPENERS = {"(": ")", "[": "]", "{": "}"}
_CLOSERS = {closing: opening for opening, closing in _OPENERS.items()}


@lru_cache(maxsize=10_000)
def mask_text(text: str) -> str:
    """Mask, in a text, the values that stand beside secret names, and secrets of a known form.

    text: any text of the program's: a picture of a value, a message, a typed line, a name.
    Text in quotes is examined by itself, so a mask never reaches beyond the quotes.
    """
    return _KNOWN.sub(MASK, _without_named(text) if _MAYBE.search(text) else text)


def _without_named(text: str) -> str:
    parts: list[str] = []
    done = place = 0
    while point := _POINT.search(text, place):
        value, end = _value_of(text, point)
        if end > value:
            parts += [text[done:value], MASK]
            done = place = end
            continue
        place = max(point.end(), place + 1)
        inside = point["inside"]
        if inside and (masked := _without_named(inside)) != inside:
            parts += [text[done : point.start("inside")], masked]
            done = point.end("inside")
    parts.append(text[done:])
    return "".join(parts)


def _value_of(text: str, point: re.Match[str]) -> tuple[int, int]:
    """Where the value of a secret name begins and ends; (0, 0) if the name is not secret."""
    if point["quote"] is not None:
        after = _AFTER_QUOTES.match(text, point.end())
        inside = point["inside"]
        if after is None or not _NAME.fullmatch(inside) or not looks_secret(inside):
            return 0, 0
        if inside.startswith("-") and after.group().startswith(","):
            return after.end(), _end_of_words(text, after.end())
        return after.end(), _end_of_value(text, after.end(), "")
    if point["option"] is not None:
        if not looks_secret(point["option"]):
            return 0, 0
        return point.end(), _end_of_option(text, point.end())
    if point["name"].endswith(_EXCEPTIONS) or not looks_secret(point["name"]):
        return 0, 0
    if not point["sign"].strip():  # ``password 'hunter2' is wrong``
        return point.end(), _end_of_string(text, point.end())
    return point.end(), _end_of_value(text, point.end(), "&;" if "=" in point["sign"] else "")


def _end_of_words(text: str, start: int) -> int:
    """Where the value of an option ends in a list of words; the value may look like an option."""
    while True:
        end = _end_of_value(text, start, "")
        word = text[start:end].strip("'\"")
        after = _AFTER_QUOTES.match(text, end)
        if not _is_secret_option(word) or after is None or not after.group().startswith(","):
            return end
        start = after.end()


def _end_of_option(text: str, start: int) -> int:
    """Where the value of an option ends if a blank separates the two."""
    while word := _WORD.match(text, start):
        after = word.end() + len(text[word.end() :]) - len(text[word.end() :].lstrip(" \t"))
        if not _is_secret_option(word.group()) or after == len(text):
            return word.end()
        start = after
    return start


def _is_secret_option(word: str) -> bool:
    return word.startswith("-") and "=" not in word and looks_secret(word)


def _end_of_value(text: str, start: int, ends: str) -> int:
    """Where the value that begins at `start` ends; the end of the text if it was cut off.

    ends: characters that end it, besides a comma, a newline and the closing bracket around it.
    """
    closing = {c for c, o in _CLOSERS.items() if text.count(o, 0, start) > text.count(c, 0, start)}
    depth: list[str] = []
    place = start
    whole = False  # something in quotes or brackets has just ended
    while place < len(text):
        char = text[place]
        if char in "'\"" and _OPENS.search(text, max(0, place - 3), place):
            place, whole = _end_of_string(text, place), True
            continue
        if char == "\\":
            if not depth and text[place + 1 : place + 2] in ("n", "r"):
                return place
            place = _end_of_escaped(text, place)
            whole = True
            continue
        if char in _OPENERS:
            depth.append(_OPENERS[char])
        elif depth and char == depth[-1]:
            depth.pop()
        elif (not depth and (char in closing or char == "\n" or char in ends)) or (
            not depth and char == "," and (whole or text[place + 1 : place + 2] in ("", " ", "\n"))
        ):
            return place
        whole = char in _CLOSERS or char == "*"
        place += 1
    return len(text)


def _end_of_string(text: str, start: int) -> int:
    quote = text[start]
    place = start + 1
    while place < len(text) and text[place] != quote:
        place += 2 if text[place] == "\\" else 1
    return min(place + 1, len(text))


def _end_of_escaped(text: str, start: int) -> int:
    """The end of what begins with backslashes: a string in a string, or one character."""
    place = start
    while place < len(text) and text[place] == "\\":
        place += 1
    mark = text[start : place + 1]
    if mark[-1:] not in ("'", '"'):
        return min(place + 1, len(text))
    found = text.find(mark, place + 1)
    return len(text) if found < 0 else found + len(mark)


def mask_words(words: Iterable[str]) -> tuple[str, ...]:
    """A command line without the values of options such as ``--token``."""
    masked: list[str] = []
    hide_next = False
    for word in words:
        option, sign, _ = word.partition("=")
        secret = looks_secret(option) and (word.startswith("-") or bool(sign))
        if hide_next:
            masked.append(MASK)
        else:
            masked.append(f"{option}={MASK}" if secret and sign else mask_text(word))
        hide_next = secret and not sign
    return tuple(masked)


_QUOTED = r"""[bBrRuUfF]{0,2}(?:'{3}.*?'{3}|"{3}.*?"{3}|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*")"""
_LITERAL = re.compile(
    r"""(?P<name>[A-Za-z_][\w.-]{0,80})['"]?[)\]]*[ \t]*"""
    r"""(?::[^=\n'"#(),]{0,80}(?==))?(?:[=!]=|[:+]?=|:)[ \t]*(?:\(\s*)?"""
    rf"""(?P<value>{_QUOTED}(?:\s*{_QUOTED})*|\d[\d_]{{3,}}\b)""",
    re.DOTALL,
)
"""A name in a source, what may stand between it and its value, and a value that is written out."""


def mask_source(text: str) -> str:
    """Mask the literals that source code gives to secret names.

    ``password = "hunter2"`` is masked, ``password = ask()`` is not.  No line is lost.
    """
    if _MAYBE.search(text):
        text = _LITERAL.sub(_without_literal, text)
    return _KNOWN.sub(lambda known: MASK + "\n" * known.group().count("\n"), text)


def _without_literal(found: re.Match[str]) -> str:
    if not looks_secret(found["name"]):
        return found.group()
    before = found.group()[: found.start("value") - found.start()]
    return before + MASK + "\n" * found["value"].count("\n")


def without_values(picture: Picture) -> Picture:
    """A picture without the values of variables and without the messages of exceptions."""
    stop = None if picture.stop is None else stop_without_values(picture.stop)
    changed = _changed(picture, leave_out, type_in)
    return replace(changed, stop=stop, values=False)


def stop_without_values(stop: Stop) -> Stop:
    """A stop without values of the program's; the types of exceptions stay."""
    return replace(stop, value=None, raised=type_in(stop.raised))


def leave_out(variable: Variable) -> Variable:
    """A variable without its value."""
    return replace(variable, value=Value(LEFT_OUT, variable.value.type))


def type_in(summary: str) -> str:
    """The type of an exception from its summary, without the message, which may quote values."""
    return summary.split("\n", 1)[0].partition(":")[0]


def without_messages(why: Explanation) -> Explanation:
    """An explanation without the messages of pending exceptions."""
    return _changed_why(why, type_in)


def _changed_why(why: Explanation, text: Callable[[str], str]) -> Explanation:
    if not any(link.pending for link in why.links):
        return why
    links = tuple(
        replace(
            link,
            pending=tuple(replace(each, summary=text(each.summary)) for each in link.pending),
        )
        for link in why.links
    )
    return replace(why, links=links)


def _changed(
    picture: Picture, variable: Callable[[Variable], Variable], text: Callable[[str], str]
) -> Picture:
    """A picture with its variables and the messages of exceptions changed."""

    def frames(stack: tuple[FramePicture, ...]) -> tuple[FramePicture, ...]:
        if not any(frame.variables for frame in stack):
            return stack
        return tuple(
            replace(frame, variables=tuple(map(variable, frame.variables)), members=())
            if frame.variables
            else frame
            for frame in stack
        )

    def task(found: TaskPicture) -> TaskPicture:
        kept = frames(found.frames)
        why = None if found.why is None else _changed_why(found.why, text)
        same = kept is found.frames and why is found.why
        return found if same else replace(found, frames=kept, why=why)

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
    """A log with its details changed, because they quote exceptions and what the user typed."""
    entries = (
        replace(each, detail=text(each.detail), steered=text(each.steered))
        if each.detail or each.steered
        else each
        for each in log.entries
    )
    return replace(log, entries=tuple(entries))
