"""Carry out lines, one at a time: split each into commands and Python, and run them in order.

Owns: unfinished blocks and lists of lines, ``;;``, aliases, what an empty line repeats.
Does not own: what a text means (grammar), what a command does (the module that its row names),
the interface for front ends (interpreter).
"""

from __future__ import annotations

from collections.abc import Callable

from stepdbg.model import interrupts
from stepdbg.model.records import replace
from stepdbg.model.replies import Answer, Message, Reply

from . import expansion, faults, grammar, python_input
from .dispatch import answer_of, carry_out
from .request import Desk, Result
from .row import Repeat


class Lines:
    """Carries out lines at a `Desk`.

    abbreviations: accept unique prefixes beyond the listed ones.
    block: the lines of an unfinished block of Python.
    repeatable: what an empty line would repeat of the line last carried out; empty if it may
    not be repeated.
    """

    def __init__(self, desk: Desk, *, abbreviations: bool) -> None:
        self.desk = desk
        self.block: list[str] = []
        self.repeatable = ""
        self.abbreviations = abbreviations
        self._again: list[str] | None = None
        desk.run_line = lambda line: self._piece(line, frozenset(), alone=False)
        desk.run_text = self._written
        desk.give_up_text = self.block.clear

    def feed(self, line: str) -> Answer:
        """Carry out a line, which may hold a statement of several lines."""
        if self.desk.question is not None and not self.block:
            return self._answered(line, self.desk.question)
        answer = self._going_on(line)
        if answer is not None:
            return answer
        self._again = []
        answer = self._pieces(line, frozenset())
        self.repeatable = " ;; ".join(self._again or ())
        return answer

    def _written(self, line: str) -> Answer:
        """Carry out a line of a file: without questions, and only with the listed short names."""
        lasting = self.desk.lasting
        typed = self.abbreviations, lasting.asks
        self.abbreviations = lasting.asks = False
        try:
            return self._going_on(line) or self._pieces(line, frozenset())
        finally:
            self.abbreviations, lasting.asks = typed

    def _going_on(self, line: str) -> Answer | None:
        """Carry out a line that continues earlier lines; return None if it does not."""
        if self.block:
            return self._continue_block(line)
        if self.desk.interacting:
            return self._interact(line)
        if self.desk.collecting is not None and not line.strip():
            return _collected(self.desk, line)
        return None

    def _interact(self, line: str) -> Answer:
        """Run a line as Python, whatever it looks like."""
        if line.strip() in ("exit", "quit", "exit()", "quit()"):
            self.desk.interacting = False
            return Answer((Message("back at the debugger's prompt", "note"),))
        if not line.strip() or python_input.is_comment(line):
            return Answer()
        return self._python(grammar.PythonText(line, explicit=True), alone=True)

    def _answered(self, line: str, work: Callable[[], Result]) -> Answer:
        """Do what the last answer asked about if the line agrees; else carry out the line."""
        self.desk.question = None
        word = line.strip().lower()
        if word in ("y", "yes"):
            return answer_of(work())
        if word in ("", "n", "no"):
            return Answer((Message("nothing was done", "note"),))
        return self.feed(line)

    def meaning(self, text: str) -> grammar.Meaning:
        """Decide what a text without ``;;`` means here."""
        return grammar.meaning(
            text,
            abbreviations=self.abbreviations,
            is_name=lambda word: python_input.is_name(self.desk, word),
        )

    def is_incomplete(self, text: str) -> bool:
        """Whether a text is Python that needs more lines."""
        if not text.strip() or self.desk.collecting is not None or self.block:
            return False
        if self.desk.interacting:
            return python_input.is_unfinished(text)
        if expansion.find(self.desk.aliases, text) is not None:
            return False
        found = self.meaning(text)
        return isinstance(found, grammar.PythonText) and python_input.is_unfinished(found.source)

    def _pieces(self, text: str, busy: frozenset[str]) -> Answer:
        """Carry out the commands that a line joins; `busy`: the aliases that are being expanded."""
        replies: list[Reply] = []
        wants_more = False
        while text.strip():
            if ";;" in text or "\n" in text:
                piece, text = self._next_piece(text)
            else:
                piece, text = text, ""
            try:
                answer = self._piece(piece, busy, alone=not text.strip() and not busy)
            except BaseException as error:  # the next piece must still be carried out
                answer = faults.answer_to(error)
            if not text.strip() and not replies:
                return answer
            replies += answer.replies
            wants_more = answer.wants_more
            if faults.INTERRUPTED in answer.replies:
                break
            if text.strip() and interrupts.noticed():
                replies.append(faults.INTERRUPTED)
                break
            if answer.resume is not None:
                rest = " ;; ".join(part for part in (answer.rest, text) if part.strip())
                return Answer(tuple(replies), answer.resume, rest=rest)
        return Answer(tuple(replies), wants_more=wants_more)

    def _next_piece(self, text: str) -> tuple[str, str]:
        """The first command or statement of a text, and what follows it."""
        first, newline, rest = text.partition("\n")
        if newline:
            return (text, "") if self.is_incomplete(first) else (first, rest)
        found = self.meaning(text)
        if isinstance(found, grammar.CommandCall) and found.row.whole_line:
            return text, ""
        return grammar.split_joined(text)

    def _piece(self, piece: str, busy: frozenset[str], *, alone: bool) -> Answer:
        """Carry out one command or statement.

        alone: nothing follows it, so it may begin a block.
        """
        if self.desk.collecting is not None:
            return _collected(self.desk, piece)
        if not piece.strip() or ("#" in piece and python_input.is_comment(piece)):
            return Answer()
        aliases = self.desk.lasting.aliases
        called = expansion.find(aliases, piece) if aliases else None
        if called is not None and called not in busy:
            command = expansion.expand(aliases, piece)
            return self._pieces(command, busy | {called})
        found = self.meaning(piece)
        if isinstance(found, grammar.CommandCall):
            self._remember(found)
            answer = carry_out(self.desk, found)
            return self._naming_hidden(found, answer) if found.row.later else answer
        self._again = None
        if isinstance(found, grammar.Unclear):
            return Answer((python_input.unclear(found),))
        return self._python(found, alone=alone)

    def _naming_hidden(self, call: grammar.CommandCall, answer: Answer) -> Answer:
        """If the command hides a variable of the same name, add to the answer how to see that."""
        if call.rest or not python_input.is_name(self.desk, call.word):
            return answer
        note = Message(f"`!{call.word}` shows the variable of that name", "note")
        return replace(answer, replies=(*answer.replies, note))

    def _remember(self, call: grammar.CommandCall) -> None:
        """Note what an empty line would repeat: nothing if one command may not be repeated."""
        if self._again is None or call.row.repeat is Repeat.NOT:
            self._again = None
        elif call.row.repeat is Repeat.BARE:
            self._again.append(call.row.name)
        else:
            self._again.append(f"{call.row.names[0]} {call.rest}".rstrip())

    def _python(self, text: grammar.PythonText, *, alone: bool) -> Answer:
        if alone and not self.desk.running and python_input.is_unfinished(text.source):
            self.block = text.source.split("\n")
            return Answer(wants_more=True)
        return python_input.run(self.desk, text)

    def _continue_block(self, line: str) -> Answer:
        self.block.append(line)
        source = "\n".join(self.block)
        if line.strip() and python_input.is_unfinished(source):
            return Answer(wants_more=True)
        self.block = []
        return python_input.run(self.desk, grammar.PythonText(source, explicit=True))


def _collected(desk: Desk, line: str) -> Answer:
    # Imported here, because a program that only continues does not need the breakpoints.
    from .breaks import collect

    return collect(desk, line)
