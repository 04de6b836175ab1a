"""The options of the command line, and what ``--help`` and ``--version`` show.

Owns: the table of options, these texts, the error for an option that is not in it, and turning
words into those that `getopt` can read.
Does not own: what an option does (cli).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Option words, the name of their value (empty: a switch), and what help says of them.
OPTIONS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("-m",), "MODULE", "run a module or package, as python -m does"),
    (("-c", "--command"), "COMMAND", "run a command at the first stop (repeatable)"),
    (("--commands",), "FILE", "then take commands from a file (-: standard input)"),
    (("--json",), "", "speak JSON lines on standard input and output"),
    (("--json-fd",), "N", "speak JSON lines on an open file descriptor"),
    (("--json-socket",), "PATH", "speak JSON lines on a Unix socket made at PATH"),
    (("--tty",), "PATH", "prompt on another terminal, such as /dev/tty"),
    (("--output",), "WHERE", "stepdbg's text goes to FILE, fd:N, stdout, stderr"),
    (("-v",), "", "show everything, even if commands only continue"),
    (("-q",), "", "show only what was asked for"),
    (("--rc",), "FILE", "run the commands in this file first"),
    (("--record",), "", "record what wakes tasks from the start"),
    (("--no-record",), "", "do not record it, even at a terminal"),
    (("--record-to",), "FILE", "keep all that happens in FILE, for --open"),
    (("--stop-at-entry",), "", "stop before the program's first line"),
    (("--stop-on-failure",), "", "stop where the first task fails (a terminal does)"),
    (("--no-stop-on-failure",), "", "do not, even at a terminal"),
    (("--pm",), "", "run straight to an exception that ends the program"),
    (("--on-deadlock",), "WHAT", "stop (if anybody can be asked), report or quit"),
    (("--dump",), "FILE", "write a dump of a crash to a file"),
    (("--timeout",), "SECONDS", "after that, write the dump and quit (needs --dump)"),
    (("--no-values",), "", "leave all values out of the dump"),
    (("--lint-report",), "FILE", "write what looks wrong to a file, without stopping"),
    (("--trace",), "[=FILE]", "tell what happens as it happens, here or in FILE"),
    (("--trace-format",), "FORMAT", "text or jsonl, for the trace file"),
    (("--raw-events",), "", "trace the nine hooks of Trio's instruments instead"),
    (("--timeline",), "FILE", "draw what each task did (.html or .svg)"),
    (("--stats",), "", "count steps, times and passes; print them at the end"),
    (("--open",), "FILE", "look at a dump or recording"),
    (("--virtual-time",), "", "sleeps take no real time: the clock jumps"),
    (("--seed",), "N", "fix the order that Trio tosses for (auto: choose)"),
    (("--replay",), "SCHEDULE", "let tasks step in the order of a `token` or its FILE"),
    (("--tape",), "[=FILE]", "keep the input of a program, for --replay and `back`"),
    (("--explore",), "", "try orders in which tasks can step, until one fails"),
    (("--budget",), "N|TIME", "explore N schedules, or for a TIME (30s, 5m)"),
    (("--jobs",), "N", "explore in N processes"),
    (("--strategy",), "NAME", "choose orders by one strategy (urw, exhaustive, …)"),
    (("--late",), "SECONDS", "explore with steps up to so late (0.5)"),
    (("--run",), "N", "explore the Nth run of the program"),
    (("--all-failures",), "", "go on after the first failure"),
    (("--same-result",), "", "explore until an order has another result"),
    (("--lints",), "", "explore, and count what looks wrong as a failure"),
    (("--report",), "FILE", "write what exploring finds as a page (.html)"),
    (("--version",), "", "show the version and exit"),
    (("-h", "--help"), "", "show this help and exit"),
)
VALUE_NAMES = {word: value for words, value, _ in OPTIONS for word in words}

TRACE_TO = "--trace-to"
"""The name that `getopt` has for ``--trace`` with a file; ``--help`` does not show it."""

TAPE_TO = "--tape-to"
"""The same for ``--tape``."""

_WITH_FILE = {"--trace": TRACE_TO, "--tape": TAPE_TO}

_USAGE = """\
usage: stepdbg [options] SCRIPT [ARGUMENT...]
       stepdbg [options] -m MODULE [ARGUMENT...]
       stepdbg [options] --open FILE

A step-by-step debugger for programs that run under Trio.  SCRIPT is a file, or
a folder or zip file with __main__.py.  What follows SCRIPT or MODULE belongs to
the program.

options:
"""

_EXAMPLES = """\

examples:
  stepdbg program.py                     stop before the first step and prompt
  stepdbg -c 'break task worker' -c continue program.py
  stepdbg --commands session.txt -m package.module --verbose
  producer | stepdbg --tty /dev/tty consumer.py

exit codes:
  the program's own if it ended by itself
  2    bad usage: no such file or module, unknown option
  0, 1, 2  with --explore: no failure, a failure, could not explore
  125  the program was quit before its end
"""


def grammar() -> tuple[str, list[str]]:
    """The options in the form that `getopt` takes: the short letters, and the long words."""
    letters, long = "m", [f"{each[2:]}=" for each in _WITH_FILE.values()]
    for word, value in VALUE_NAMES.items():
        if word.startswith("--"):
            long.append(word[2:] + ("=" if value and not value.startswith("[") else ""))
        elif word != "-m":
            letters += word[1:] + (":" if value else "")
    return letters, long


def help_text() -> str:
    """The text of ``--help``."""
    lines = [
        f"  {', '.join(words) + (' ' + value if value else ''):<25} {text}\n"
        for words, value, text in OPTIONS
    ]
    return _USAGE + "".join(lines) + _EXAMPLES


def version_text() -> str:
    """The text of ``--version``."""
    from stepdbg.model.ours import VERSION

    return f"stepdbg {VERSION} (Python {sys.version.split()[0]})\n"


def complaint(option: str) -> str:
    """The error for an option that `getopt` refuses."""
    word = f"--{option}" if len(option) > 1 else f"-{option}"
    if word not in VALUE_NAMES:
        return f"unknown option {word} (see --help)"
    value = VALUE_NAMES[word]
    return f"{word} needs a value: {word} {value}" if value else f"{word} takes no value"


def not_empty(name: str, value: str) -> str:
    """The value.  Raises `BadUsage` if it is empty."""
    if not value:
        raise BadUsage(f"{name} needs a value: {name} {VALUE_NAMES[name]}")
    return value


def apart(argv: Sequence[str], letters: str, long: list[str]) -> list[str]:
    """The words of a command line, changed so that `getopt` can read them.

    ``-mNAME`` becomes two words.  ``--trace=FILE`` and ``--tape=FILE`` get other names, since an
    option of `getopt` either always has a value or never.  Words that are not options stay.

    letters, long: as `grammar` returns them.
    """
    words = list(argv)
    for index, word in enumerate(words):
        option, _, value = word.partition("=")
        if value and option in _WITH_FILE and _is_option(words[:index], option, letters, long):
            words[index] = f"{_WITH_FILE[option]}={value}"
        elif (
            word.startswith("-m")
            and word != "-m"
            and _is_option(words[:index], "-m", letters, long)
        ):
            return [*words[:index], "-m", word[2:], *words[index + 1 :]]
    return words


def _is_option(before: list[str], option: str, letters: str, long: list[str]) -> bool:
    """Whether the word after `before` is an option, not a value or an argument of the program."""
    from getopt import GetoptError, getopt

    try:
        found, rest = getopt([*before, option], letters, long)
    except GetoptError:
        return False  # `parse_options` will report the error
    return not rest and bool(found) and found[-1] == (option, "")
