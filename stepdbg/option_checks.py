"""Values of options that make no sense, refused in a sentence.

Owns: one check for each kind of value.  Does not own: which options there are (cli).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.standard import os, stat, sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .frontends.verbosity import Talk
    from .launcher.exploring.wish import ExploreWish
    from .launcher.recording import RecordWish
    from .launcher.stats_report import StatsWish
    from .launcher.taping.wish import TapeWish
    from .launcher.timeline_file import TimelineWish
    from .launcher.trace_file import TraceWish
    from .launcher.wiring import Prepares, Wiring
    from .model.schedules import Schedule

    FileWish = RecordWish | TimelineWish | TapeWish

_FOR_VIEWING = frozenset(
    "--open -c --command --commands --json --json-fd --json-socket --tty --output --rc".split()  # noqa: SIM905 - a list of strings reads worse
)


def first_target(words: list[str]) -> str:
    """Take the program from the words after the options.  Raises `BadUsage`: there is none."""
    if not words:
        raise BadUsage("no program given: name a script, or a module after -m (see --help)")
    if words[0] == "-":
        raise BadUsage("a program cannot be read from standard input: name a script")
    return words.pop(0)


def check_viewing(given: set[str], words: list[str]) -> None:
    """Refuse what makes no sense with ``--open``, which runs nothing.  Raises `BadUsage`."""
    for name in sorted(given - _FOR_VIEWING):
        raise BadUsage(f"{name} is for running a program, but --open runs none")
    if words:
        raise BadUsage(f"--open shows a dump and runs nothing: what is {words[0]!r} for?")


def check_readable(name: str, path: str) -> None:
    """Refuse a file that cannot be read.  Raises `BadUsage`."""
    # A fifo is not opened: that would wait for its writer, and closing it would break the pipe.
    if not os.path.exists(path):
        raise BadUsage(f"{name} {path}: no such file")
    if os.path.isdir(path):
        raise BadUsage(f"{name} {path}: a folder, not a file")
    if not os.access(path, os.R_OK):
        raise BadUsage(f"{name} {path}: not readable")
    if stat.S_ISFIFO(os.stat(path).st_mode):
        return
    try:  # `os.access` allows some devices and sockets that cannot be opened
        os.close(os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        raise BadUsage(f"{name} {path}: {error.strerror}") from None


def writable(name: str, path: str) -> str:
    """The absolute path of a file to write later.  Raises `BadUsage`: it cannot be written.

    The check comes early because a program may run for days before there is something to write.
    """
    if not os.path.isdir(os.path.dirname(os.path.abspath(path))):
        raise BadUsage(f"{name} {path}: its folder does not exist")
    if os.path.isdir(path):
        raise BadUsage(f"{name} {path}: a folder, not a file")
    return os.path.abspath(path)


def output(value: str) -> str:
    """Where stepdbg writes its text; a file by its absolute path.  Raises `BadUsage`."""
    if value.startswith("fd:"):
        if not value[3:].isdecimal():
            raise BadUsage(f"--output {value}: not the number of a file descriptor")
        return value
    return value if value in ("stdout", "stderr") else writable("--output", value)


def talk(option: str, before: Talk) -> Talk:
    """How much to say, by ``-v`` or ``-q``.  Raises `BadUsage`."""
    said: Talk = "all" if option == "-v" else "asked"
    if before not in ("usual", said):
        raise BadUsage("-v and -q exclude each other")
    return said


def check_terminal(path: str) -> None:
    """Refuse what is not a terminal.  Raises `BadUsage`."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadUsage(f"--tty {path}: {reason}") from None
    try:
        if not os.isatty(descriptor):
            raise BadUsage(f"--tty {path}: not a terminal")
    finally:
        os.close(descriptor)


def deadlock_policy(value: str) -> str:
    """What to do about a deadlock.  Raises `BadUsage`."""
    return _one_of("--on-deadlock", value, ("stop", "report", "quit"))


def _one_of(name: str, value: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise BadUsage(f"{name} {value}: say {', '.join(words[:-1])} or {words[-1]}")
    return value


def descriptor(value: str) -> int:
    """The number of a file descriptor.  Raises `BadUsage`."""
    if not value.isdecimal():
        raise BadUsage(f"--json-fd {value}: not the number of a file descriptor")
    return int(value)


def seconds(name: str, value: str) -> float:
    """A length of time in seconds.  Raises `BadUsage`: the value is not one."""
    try:
        found = float(value)
    except ValueError:
        found = 0.0
    if not 0 < found < 1e9:
        raise BadUsage(f"{name} {value}: not a number of seconds")
    return found


def seed(value: str) -> int:
    """A seed for the order in which Trio lets tasks step; ``auto`` chooses one.

    Raises `BadUsage`: the value is neither a number nor ``auto``.
    """
    if value == "auto":
        return int.from_bytes(os.urandom(4), "big")
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        raise BadUsage(f"--seed {value}: neither a number nor auto")
    return int(value)


def schedule(value: str) -> Schedule:
    """The schedule to replay, from its text or from a file with it.  Raises `BadUsage`."""
    from .model.schedule_text import PREFIX, from_file, schedule_of

    if value.startswith(PREFIX):
        return schedule_of(value)
    check_readable("--replay", value)
    try:
        with open(value, encoding="utf-8") as file:
            return from_file(file.read())
    except (OSError, UnicodeDecodeError):
        raise BadUsage(f"--replay {value}: this file holds no schedule") from None
    except BadUsage as error:
        raise BadUsage(f"--replay {value}: {error}") from None


def is_virtual(replayed: Schedule | None) -> bool:
    """Whether a schedule comes from a run with `--virtual-time`."""
    return replayed is not None and replayed.header.clock == "virtual"


def use_hash_seed(replayed: Schedule) -> None:
    """Start this process again with the PYTHONHASHSEED of a schedule, if it has another one.

    That is needed because Python reads the variable at its start.  Raises `BadUsage`: the process
    cannot be started again.
    """
    wanted = replayed.header.hash_seed
    if not (wanted.isascii() and wanted.isdecimal()) or os.environ.get(_HASH_SEED) == wanted:
        return
    try:
        words = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, words, {**os.environ, _HASH_SEED: wanted})
    except (OSError, ValueError) as error:
        raise BadUsage(
            f"--replay: this Python cannot be started with {_HASH_SEED}={wanted} ({error}); "
            "set that variable yourself"
        ) from None


_HASH_SEED = "PYTHONHASHSEED"


def trace(before: TraceWish | None, name: str, value: str) -> TraceWish:
    """What to trace, after one more option about it.  Raises `BadUsage`."""
    from .launcher.trace_file import FORMATS, TraceWish

    wish = before or TraceWish()
    if name == "--trace-format":
        wish.format = _one_of(name, value, FORMATS)
    elif name == "--trace-to":
        wish.path = writable("--trace", value)
    wish.raw |= name == "--raw-events"
    wish.on |= name != "--trace-format"
    return wish


def add_file(files: dict[str, FileWish], name: str, path: str) -> None:
    """Add a recording, a timeline or a tape with this path.  Raises `BadUsage`."""
    if not path and name != "--tape":
        raise BadUsage(f"{name} needs a value: {name} FILE")
    if name == "--timeline":
        from .launcher.timeline_file import TimelineWish

        files[name] = TimelineWish(writable(name, path))
    elif name == "--record-to":
        from .launcher.recording import RecordWish

        files[name] = RecordWish(writable(name, path))
    else:
        from .launcher.taping.wish import TapeWish

        files["--tape"] = TapeWish(writable("--tape", path) if path else "")


def check_recorded(files: Mapping[str, FileWish], record: bool | None) -> None:
    """Refuse files that need a record, with ``--no-record``.  Raises `BadUsage`."""
    if "--timeline" in files and record is False:
        raise BadUsage("--timeline draws what is recorded: leave out --no-record")
    if "--tape" in files and record is False:
        raise BadUsage("--tape needs the order of steps, which is recorded: leave out --no-record")


def has_tape(files: dict[str, FileWish], replayed: Schedule | None) -> bool:
    """Whether there is a tape; a schedule may bring its own.  Raises `BadUsage`."""
    exclude("--tape", "--tape" in files, "--replay", replayed)
    if replayed is not None and replayed.tape is not None:
        from .launcher.taping.wish import TapeWish

        files["--tape"] = TapeWish("", replayed.tape)
    return "--tape" in files


def check_files(program: str, trace: TraceWish | None, *files: FileWish) -> None:
    """Check the files that are wanted.  Raises `StepdbgError`: one cannot be made."""
    if trace is not None and _is_same_file(trace.path, program):
        raise BadUsage(f"--trace {trace.path}: this is the program; name another file")
    for each in (trace, *files):
        if each is not None:
            each.check()


def _is_same_file(first: str, second: str) -> bool:
    try:
        return os.path.samefile(first, second)
    except (OSError, ValueError):  # one of them is not there
        return False


def prepared(lint_report: str, *wishes: Prepares | None) -> list[Prepares]:
    """The wishes to prepare with a session, with a lint report at this path (empty for none)."""
    found = [each for each in wishes if each is not None]
    if lint_report:
        from .launcher.lint_report import LintReport

        found.insert(0, LintReport(lint_report))
    return found


EXPLORING = (
    *("--explore", "--budget", "--jobs", "--strategy", "--late", "--run", "--all-failures"),
    *("--same-result", "--lints", "--report"),
)  # fmt: skip
"""The options that say how to explore."""


def explore(before: ExploreWish | None, name: str, value: str) -> ExploreWish:
    """What to explore, after one more option about it.  Raises `BadUsage`."""
    from .launcher.exploring import wish
    from .model.records import replace

    found = before or wish.ExploreWish(asked=False)
    match name:
        case "--explore":
            return replace(found, asked=True)
        case "--budget":
            schedules, time = wish.budget(name, value)
            return replace(found, schedules=schedules, seconds=time)
        case "--jobs":
            return replace(found, jobs=wish.count(name, value))
        case "--late":
            return replace(found, late=wish.lateness(name, value))
        case "--strategy":
            return replace(found, strategy=wish.strategy(name, value))
        case "--same-result":
            return replace(found, same_result=True, same_output=True)
        case "--lints":
            return replace(found, lints=True)
        case "--report":
            return replace(found, report=wish.report(name, value))
        case "--run":
            return replace(found, run=wish.count(name, value))
        case _:
            return replace(found, all_failures=True)


_ABOUT_DEBUGGING = {
    "commands": "-c",
    "commands_file": "--commands",
    "json_fd": "--json-fd",
    "json_socket": "--json-socket",
    "tty": "--tty",
    "rc": "--rc",
    "replay": "--replay",
    "virtual_time": "--virtual-time",
    "record": "--record",
    "stop_at_entry": "--stop-at-entry",
    "stop_on_failure": "--stop-on-failure",
    "post_mortem": "--pm",
    "on_deadlock": "--on-deadlock",
    "lint_report": "--lint-report",
    "trace": "--trace",
    "files": "--record-to, --timeline or --tape",
    "stats": "--stats",
}
"""Options that make no sense with exploring, by the attribute of `Options` that holds them."""


def check_explore(
    wish: ExploreWish, given: Mapping[str, object], default: Mapping[str, object]
) -> None:
    """Refuse options that make no sense together with exploring.

    Args:
        wish: what to explore, and for how long.
        given: the attributes of `Options` for this command line.
        default: the same for a command line without options.

    Raises:
        BadUsage: there is such an option.
    """
    if not wish.asked:
        raise BadUsage(
            "--budget, --jobs, --strategy, --late, --run, --all-failures, --same-result, --lints "
            "and --report need --explore"
        )
    for name, option in _ABOUT_DEBUGGING.items():
        if given[name] != default[name]:
            raise BadUsage(f"--explore and {option} exclude each other: nothing is debugged")
    if wish.one_process() and wish.jobs > 1:
        raise BadUsage(f"--strategy {wish.strategy} takes one process: leave out --jobs")


def exploring(wish: ExploreWish | None, given: Mapping[str, Any]) -> Wiring | None:
    """The wiring that explores the program; None if stepdbg debugs it instead.

    given: the attributes of `Options` for this command line.
    """
    if wish is None:
        return None
    from .launcher import places
    from .launcher.exploring.script import ExploringWiring
    from .model.records import replace

    place, as_json = given["output"], given["json"]
    out = places.named(place, anew=True) if place else places.beside_program()
    named = ("-m", given["module"]) if given["module"] else (given["target"],)
    return ExploringWiring(
        replace(wish, seed=given["seed"] or 0),
        sys.stdout if as_json else out,
        (*named, *given["arguments"]),
        as_json=as_json,
    )


def exclude(name: str, given: object, other: str, other_given: object) -> None:
    """Raise `BadUsage` if both of two options were given."""
    if given and other_given:
        raise BadUsage(f"{name} and {other} exclude each other")


def stats() -> StatsWish:
    """The wish of ``--stats``; imported only if that is given."""
    from .launcher.stats_report import StatsWish

    return StatsWish()
