"""The command line: turns its words into options, and options into a front end and a target.

Owns: the options, their help text, which front end serves them, and usage errors.
Does not own: running the program (launcher) or talking to its user (frontends).

`getopt` reads the options, as it does for pdb.  It stops at the target, and everything after that
belongs to the program, including ``--``, which argparse would drop.  argparse also takes twice as
long to import.  So ``-m`` is a switch, which says that the target is a module.
"""

from __future__ import annotations

from functools import partial

from stepdbg.model.standard import os, sys

from . import option_checks
from .launcher import places
from .launcher.failing import OnFailure
from .launcher.launch import hand_over_sigint, launch
from .launcher.like_python.target import TargetNotFound, find_target
from .launcher.restarted import split_breakpoints, take_setup
from .launcher.unattended import Unattended
from .launcher.wiring import Wiring
from .model.errors import BadUsage, StepdbgError
from .model.program_streams import tell
from .usage import apart, complaint, grammar, help_text, not_empty, version_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from .frontends.verbosity import Talk
    from .launcher.exploring.wish import ExploreWish
    from .launcher.stats_report import StatsWish
    from .launcher.trace_file import TraceWish
    from .model.options import SessionOptions
    from .model.protocols import FrontEnd
    from .model.schedules import Schedule
    from .option_checks import FileWish

__all__ = ["EXIT_BAD_USAGE", "help_text", "main", "parse_options"]

EXIT_BAD_USAGE = 2


class Options:
    """What the command line asks for.

    Attributes:
        target: the script's path; empty if `module` is given.
        arguments: the program's own.
        record, stop_on_failure: None if no option says.
    """

    def __init__(self) -> None:
        self.target = ""
        self.module = ""
        self.arguments: list[str] = []
        self.commands: list[str] = []
        self.breakpoints: list[str] = []  # commands that set them before the program's first line
        self.commands_file: str | None = None
        self.json = False
        self.json_fd: int | None = None
        self.json_socket: str | None = None
        self.tty: str | None = None
        self.output = ""
        self.talk: Talk = "usual"
        self.rc: str | None = None
        self.record: bool | None = None
        self.stop_at_entry = False
        self.stop_on_failure: bool | None = None
        self.post_mortem = False
        self.restarted = False
        self.on_deadlock: str | None = None
        self.opened: str | None = None
        self.unattended = Unattended()
        self.lint_report = ""
        self.trace: TraceWish | None = None
        self.files: dict[str, FileWish] = {}  # files that the program fills, by option
        self.stats: StatsWish | None = None
        self.virtual_time = False
        self.seed: int | None = None
        self.replay: Schedule | None = None
        self.explore: ExploreWish | None = None
        self.at_terminal: bool | None = None  # as it was before the program's first line
        self.shown = ""  # "help" or "version": show that and exit

    def take_over(self, setup: Sequence[str] | None) -> None:
        """After a `restart`, replace the options that set something up by what was set up then."""
        if setup is not None:
            self.breakpoints, self.commands = split_breakpoints(setup)
            self.rc, self.restarted = None, True
            # The user has seen stops.  The lines that are left may only let the program run on,
            # and as the first ones of a session they would hide all that follows.
            self.talk = "all" if self.talk == "usual" else self.talk
            if self.commands_file is not None and os.path.isfile(self.commands_file):
                self.commands_file = os.devnull  # `setup` has the rest of it

    @property
    def is_quiet(self) -> bool:
        """Whether only lints are collected, and there is no talk with a user."""
        talks = self.commands or self.commands_file is not None or self.rc or self.tty or self.trace
        return bool(self.lint_report) and not (talks or self.output or self.speaks_json)

    @property
    def speaks_json(self) -> bool:
        """Whether any of the JSON options was given."""
        return self.json or self.json_fd is not None or self.json_socket is not None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; also the console script.

    Args:
        argv: the words after the program's name; None for those of this process.

    Returns:
        0, or 2 for bad usage.

    Raises:
        BaseException: an exception that leaves the program, for the interpreter to show.
    """
    try:
        options = parse_options(sys.argv[1:] if argv is None else argv)
        if options.shown:
            sys.stdout.write(help_text() if options.shown == "help" else version_text())
            return 0
        if options.opened is not None:
            from .launcher.opening import view_file

            viewer = choose_front_end(options)
            hand_over_sigint()
            view_file(options.opened, viewer, tells_end=options.speaks_json)
            return 0
        target = find_target(options.module, options.target)
        if options.replay is not None and argv is None:
            option_checks.use_hash_seed(options.replay)
        options.take_over(take_setup())
        options.at_terminal = prompts_at_terminal(options)
        wiring = option_checks.exploring(options.explore, vars(options)) or Wiring(
            choose_front_end(options),
            lambda: session_options(options),
            on_failure=OnFailure(asks=options.post_mortem, typed=prompts_at_terminal(options)),
            unattended=options.unattended,
            prepared=option_checks.prepared(
                options.lint_report, options.trace, options.stats, *options.files.values()
            ),
        )
        # JSON captures all that the program writes; do not report that there was no run.
        if (options.speaks_json or options.is_quiet) and not options.explore:
            wiring.open_front_end()
        for each in options.files.values():
            each.begin()
    except StepdbgError as error:
        tell(str(error))
        return EXIT_BAD_USAGE
    try:
        launch(
            target,
            options.arguments,
            wiring,
            begin_with=options.breakpoints,
            stops=options.stop_at_entry,
        )
    except TargetNotFound as error:
        wiring.abandon(EXIT_BAD_USAGE, str(error))
        tell(str(error))
        return EXIT_BAD_USAGE
    return 0


def parse_options(argv: Sequence[str]) -> Options:
    """Read the words of a command line up to the target.

    Raises `BadUsage`: an option is unknown, or its value makes no sense.
    """
    from getopt import GetoptError, getopt

    options = Options()
    try:
        found, words = getopt(apart(argv, *grammar()), *grammar())
    except GetoptError as error:
        raise BadUsage(complaint(error.opt)) from None
    as_module = False
    for name, value in found:
        as_module = as_module or name == "-m"
        _apply(options, name, value)
        if options.shown:
            return options
    if options.opened is not None:
        option_checks.check_viewing({name for name, _ in found}, words)
    elif as_module:
        options.module = not_empty("-m", words.pop(0) if words else "")
    else:
        options.target = option_checks.first_target(words)
    options.arguments = words
    _check(options)
    return options


def _apply(options: Options, name: str, value: str) -> None:
    match name:
        case "-c" | "--command":
            options.commands.append(value)
        case "--commands":
            options.commands_file = not_empty(name, value)
        case "--json" | "--stop-at-entry" | "--virtual-time":
            setattr(options, name.removeprefix("--").replace("-", "_"), True)
        case "--json-fd":
            options.json_fd = option_checks.descriptor(value)
        case "--json-socket" | "--tty" | "--rc":
            setattr(options, name[2:].replace("-", "_"), not_empty(name, value))
        case "--output":
            options.output = option_checks.output(not_empty(name, value))
        case "-v" | "-q":
            options.talk = option_checks.talk(name, options.talk)
        case "--record" | "--no-record":
            options.record = name == "--record"
        case "--stop-on-failure" | "--no-stop-on-failure":
            options.stop_on_failure = name == "--stop-on-failure"
        case "--pm":
            options.post_mortem = True
        case "--seed":
            options.seed = option_checks.seed(value)
        case "--replay":
            options.replay = option_checks.schedule(not_empty(name, value))
        case _ if name in option_checks.EXPLORING:
            options.explore = option_checks.explore(options.explore, name, value)
        case "--on-deadlock":
            options.on_deadlock = option_checks.deadlock_policy(value)
        case "--dump":
            options.unattended.path = option_checks.writable(name, not_empty(name, value))
        case "--timeout":
            options.unattended.seconds = option_checks.seconds(name, value)
        case "--no-values":
            options.unattended.values = False
        case "--lint-report":
            options.lint_report = os.path.abspath(not_empty(name, value))
        case "--trace" | "--trace-to" | "--trace-format" | "--raw-events":
            options.trace = option_checks.trace(options.trace, name, value)
        case "--record-to" | "--timeline" | "--tape" | "--tape-to":
            option_checks.add_file(options.files, name, value)
        case "--stats":
            options.stats = option_checks.stats()
        case "--open":
            options.opened = not_empty(name, value)
        case "--version" | "--help" | "-h":
            options.shown = "version" if name == "--version" else "help"


def _check(options: Options) -> None:
    """Refuse options that exclude each other, and files that cannot be read."""
    options.unattended.check()
    if options.replay is not None and options.virtual_time:
        raise BadUsage("--replay and --virtual-time exclude each other: a schedule has a clock")
    option_checks.check_recorded(options.files, options.record)
    options.record = option_checks.has_tape(options.files, options.replay) or options.record
    if options.explore is not None:
        option_checks.check_explore(options.explore, vars(options), vars(Options()))
    exclude, json = option_checks.exclude, options.speaks_json
    exclude("--json-fd", options.json_fd is not None, "--json-socket", options.json_socket)
    exclude("--tty", options.tty, "JSON", json)
    exclude("--commands", options.commands_file, "JSON", json)
    exclude("--output", options.output, "--tty", options.tty)
    exclude("--output", options.output, "JSON", json)
    exclude("--tty", options.tty, "--commands", options.commands_file)
    if options.talk != "usual" and options.speaks_json:
        raise BadUsage("-v and -q choose how much text there is, but --json sends everything")
    if options.commands_file is not None and options.commands_file != "-":
        option_checks.check_readable("--commands", options.commands_file)
    if options.rc is not None:
        option_checks.check_readable("--rc", options.rc)
    if options.tty is not None:
        option_checks.check_terminal(options.tty)
    # The files are read when Trio is imported, and the program may have changed its folder by then.
    if options.commands_file not in (None, "-"):
        options.commands_file = os.path.abspath(options.commands_file or "")
    options.rc = options.rc and os.path.abspath(options.rc)
    option_checks.check_files(options.target, options.trace, *options.files.values())


def choose_front_end(options: Options) -> Callable[[], FrontEnd]:
    """A function that makes the front end for the options; nothing is imported yet."""
    if options.is_quiet:
        from .model.silent_front_end import SilentFrontEnd

        return SilentFrontEnd
    # The front end is made when Trio is imported; the program may replace the streams before that.
    given, standard = sys.stdin, sys.stdout
    if options.speaks_json:
        return lambda: _json_front_end(options, given, standard)
    out = places.named(options.output, anew=not options.restarted) if options.output else None
    if prompts_at_terminal(options):
        return partial(_terminal_front_end, options, out, places.device())
    if not options.output:
        out = places.beside_program() if options.opened is None else standard
    return lambda: _script_front_end(options, out)


def session_options(options: Options) -> SessionOptions:
    """How the session must behave; at a terminal it stops at the first failure by default."""
    from .model.options import SessionOptions

    straight, stops = options.post_mortem, options.stop_on_failure
    return SessionOptions(
        record=True if "--timeline" in options.files else options.record,
        stops_on_failure=prompts_at_terminal(options) and not straight if stops is None else stops,
        stops_at_start=not straight and not runs_at_once(options),
        virtual_time=options.virtual_time or option_checks.is_virtual(options.replay),
        seed=options.seed,
        replay=options.replay,
        goes_back=goes_back(options),
        tape=getattr(options.files.get("--tape"), "tape", None),
        on_deadlock=options.on_deadlock,
    )


def runs_at_once(options: Options) -> bool:
    """Whether the first command lets the program run before anything is shown or asked.

    Then the run does not stop at its start, which would import everything that a stop needs.
    """
    if options.talk != "usual" or options.rc is not None or options.commands_file is not None:
        return False
    if options.is_quiet or options.speaks_json or prompts_at_terminal(options):
        return False
    from .model.options import CONTINUE_NAMES, only_go_on

    return only_go_on(options.commands) and options.commands[0].strip() in CONTINUE_NAMES


def goes_back(options: Options) -> bool:
    """Whether the user may want to go back to an earlier moment of a run."""
    asks = bool(options.record) and not (options.is_quiet or runs_at_once(options))
    return asks or prompts_at_terminal(options)


def prompts_at_terminal(options: Options) -> bool:
    """Whether there is a prompt for a user at a terminal."""
    if options.at_terminal is not None:
        return options.at_terminal
    if options.speaks_json or options.is_quiet or options.commands_file is not None:
        return False
    if options.opened is not None and options.tty is None:
        return places.is_at_terminal()
    return options.tty is not None or places.typing_place() is not None


def _terminal_front_end(options: Options, out: TextIO | None, device: str | None) -> FrontEnd:
    from .frontends.repl.front_end import TerminalFrontEnd

    typing, aside = places.typing_place(device), None
    place = options.tty or (1 if typing is None else typing)
    if out is not None and places.leads_there(out.fileno()):
        place = out.fileno()
    elif out is not None:
        from .frontends.plain_output import PlainOutput

        aside = PlainOutput(out)
    return TerminalFrontEnd(
        place,
        aside=aside,
        talk=options.talk,
        commands=options.commands,
        start_file=options.rc,
        own_start_file=not options.restarted,
    )


def _script_front_end(options: Options, out: TextIO | None) -> FrontEnd:
    from .frontends.script import ScriptFrontEnd

    return ScriptFrontEnd(
        commands=_with_start_file(options),
        commands_file=options.commands_file,
        read_stdin=options.commands_file is None,
        out=out,
        talk=options.talk,
        runs_at_once=runs_at_once(options),
    )


def _json_front_end(options: Options, given: TextIO, out: TextIO) -> FrontEnd:
    from .frontends.jsonlines import JsonFrontEnd, open_channel

    channel = options.json_socket if options.json_fd is None else options.json_fd
    reader, writer = (given, out) if channel is None else open_channel(channel)
    return JsonFrontEnd(reader=reader, writer=writer, commands=_with_start_file(options))


def _with_start_file(options: Options) -> list[str]:
    """The commands to begin with, those of ``--rc`` first."""
    if options.rc is None:
        return options.commands
    from .frontends.start_file import read_named_start_file

    return [*map(str, read_named_start_file(options.rc).lines), *options.commands]
