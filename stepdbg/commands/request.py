"""What a command's code is given, and what it gives.

Owns: `Lasting`, `Desk` (where commands work) and `Request` (one command).
Does not own: reading lines (lines) or finding the command (dispatch).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from stepdbg.model.errors import BadUsage, NotNow
from stepdbg.model.facts import NO_TASK
from stepdbg.model.records import dataclass, field
from stepdbg.model.replies import Answer, Message, Reply

from . import grammar
from .displays import Displays
from .row import CommandRow
from .viewpoint import Viewpoint

SURE = "-y"
"""The option of a command that asks: do it without asking."""

if TYPE_CHECKING:
    from stepdbg.model.facts import BreakpointNumber, RunId, TaskNumber
    from stepdbg.model.protocols import Controller, Inspector
    from stepdbg.model.stops import Stop


@dataclass(slots=True)
class Lasting:
    """What lasts from stop to stop.

    quitting: `quit` has been given before.
    told_of_into: it was said that pdb's `s` is `i`.
    asks: whether the line comes from a user who can answer a question.
    """

    aliases: dict[str, str] = field(default_factory=dict)
    displays: Displays = field(default_factory=Displays)
    quitting: bool = False
    asks: bool = False
    told_of_into: bool = False


@dataclass(slots=True)
class Desk:
    """Where commands work.

    home: the run that is held, or while none is, the one that was asked about.
    view: what is looked at; may be another run.
    lasting: shared by all desks of an interpreter.
    running: no run is held for this desk.
    collecting: the breakpoint that `commands` takes lines for.
    collected: the lines so far.
    question: what is done if the next line agrees.
    interacting: all lines are Python until `interact` ends.
    run_line: carries out one more command at this desk.
    run_text: carries out one more line, of a file.
    give_up_text: drops what such lines have begun.
    reading: the files whose lines are being carried out, innermost last.
    """

    controller: Controller
    home: Inspector
    view: Viewpoint
    lasting: Lasting
    stop: Stop | None = None
    running: bool = False
    collecting: BreakpointNumber | None = None
    collected: list[str] = field(default_factory=list)
    question: Callable[[], Result] | None = None
    interacting: bool = False
    reading: list[str] = field(default_factory=list)
    run_line: Callable[[str], Answer] = field(init=False)
    run_text: Callable[[str], Answer] = field(init=False)
    give_up_text: Callable[[], None] = field(init=False)

    @property
    def aliases(self) -> dict[str, str]:
        """The user's aliases: name and command."""
        return self.lasting.aliases

    @property
    def displays(self) -> Displays:
        """The expressions shown at every stop."""
        return self.lasting.displays

    @property
    def inspector(self) -> Inspector:
        """The reader of the run in view."""
        return self.view.inspector

    def run_id(self) -> RunId:
        """The run that is meant: at a stop in a thread, the one that is under way.

        Raises `NotNow` if there is none.
        """
        number = self.inspector.run_id or self.inspector.run().run
        if not number:
            raise NotNow("this stop is outside of any run")
        return number

    def task_number(self) -> TaskNumber:
        """The task in view, or the one for which the thread in view works.

        Raises `NotNow` if there is none.
        """
        number = self.view.task_number()
        if number != NO_TASK:
            return number
        if self.stop is None or self.stop.works_for is None:
            raise NotNow("no task is in view; name one, as `tasks` lists them")
        return self.stop.works_for.number

    def read_values(self) -> None:
        """Make sure that values can be shown: of a held run, or those that a dump has kept."""
        if self.home.live:
            self.run_live()

    def run_live(self) -> None:
        """Make sure that code can run in the run in view.  Raises `NotNow`."""
        if not self.inspector.live:
            number = self.inspector.run_id
            raise NotNow(f"run {number} is not held, so no code can run in its frames")


@dataclass(slots=True)
class Request:
    """One command to carry out.

    rest: the argument as typed, without the blanks around it.
    word: the name that was typed for the command.
    """

    desk: Desk
    row: CommandRow
    rest: str
    word: str = ""
    _words: tuple[list[str], set[str]] | None = field(default=None, init=False)

    @property
    def options(self) -> set[str]:
        """The options given.  Raises `BadUsage` for unknown ones."""
        return self._split()[1]

    def words(self, most: int | None = None) -> list[str]:
        """The words of the argument without options.

        Raises:
            BadUsage: there are more than `most`, or an option is unknown.
        """
        found = self._split()[0]
        if most is not None and len(found) > most:
            extra = grammar.quoted(found[most])
            raise BadUsage(f"`{self.row.name}` does not know what to do with {extra}")
        return found

    def _split(self) -> tuple[list[str], set[str]]:
        if not self.rest:
            return [], set()
        if self._words is None:
            options, found = grammar.take_options(grammar.words(self.rest), self.row.options)
            for word in found:
                if word[0:1] == "-" and word[1:].isalpha():
                    raise BadUsage(f"`{self.row.name}` has no option {word}")
            self._words = found, options
        return self._words

    def ask(self, question: str, work: Callable[[], Result]) -> Result:
        """Do something after the user has agreed, where there is a way to ask.

        Elsewhere, and with ``-y``, it is done at once.
        """
        if SURE in self.options or not self.desk.lasting.asks:
            return work()
        self.desk.question = work
        return Message(f"{question}; `y` does it", "note")

    def need_rest(self, what: str) -> str:
        """The whole argument.  Raises `BadUsage` naming `what` when there is none."""
        if not self.rest:
            raise BadUsage(f"`{self.row.name}` needs {what}")
        return self.rest


def number_in(word: str, what: str) -> int:
    """A count or a number that was typed; `what` names it.  Raises `BadUsage`."""
    if not (word.isascii() and word.isdecimal()):
        raise BadUsage(f"{grammar.quoted(word)} is not a {what}")
    if len(word) > 18:
        raise BadUsage(f"{word[:18]}… is too big a number")
    return int(word)


Result = Reply | Answer | list[Reply]
"""What a handler may give: one reply, several, or an answer that also resumes."""

Handler = Callable[[Request], Result]
