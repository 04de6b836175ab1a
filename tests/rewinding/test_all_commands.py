"""Every command in the past: it shows something, or is refused in one sentence, or moves."""

from __future__ import annotations

import re
from pathlib import Path

from stepdbg.commands.table import BY_WORD
from tests.debuggee import Program

from .recorded import told

PROGRAM = Program.load("back").path

SHOWS = {
    "retval": "retval",
    "break": "break 10",
    "tbreak": "tbreak 12",
    "watch": "watch balance",
    "disable": "disable 2",
    "enable": "enable 2",
    "ignore": "ignore 2 3",
    "condition": "condition 2 True",
    "commands": "commands 2",
    "end": "end",
    "clear": "clear -y 3",
    "task": "task pay#3",
    "run": "run 1",
    "history": "history balance",
    "source": "source trio.sleep",
    "p": "p balance",
    "pp": "pp balance",
    "whatis": "whatis balance",
    "display": "display balance",
    "undisplay": "undisplay 1",
    "alias": "alias zz tasks",
    "unalias": "unalias zz",
    "set": "set speed 2",
    "dump": "dump {folder}/made.dump",
    "export": "export timeline {folder}/made.html",
    "save": "save {folder}/made.lines",
    "read": "read {folder}/given.lines",
    "trace": "trace off",
    "list": "list 1",
    "up": "up",
}
"""What to type for a command that needs words; the others are typed bare."""

REFUSED = {
    "await": "await trio.sleep(0)",
    "hold": "hold pay#3",
    "release": "release",
    "only": "only pay#3",
    "pick": "pick pay#3",
    "order": "order pay#3 pay#2",
    "time": "time +1s",
    "speed": "speed 2",
    "throw": "throw pay#3 ValueError()",
    "cancel": "cancel -y pay#3",
    "deadline": "deadline -y scope 1 +1s",
    "interrupt": "interrupt",
    "jump": "jump 12",
}
"""Those that change what happens."""

NOT_HERE = ("detach", "restart")
"""Those that are for the run itself."""

MOVES = {"goto": "goto 3", "rwatch": "rwatch balance"}
"""What to type for a command after which another moment is shown; the others are typed bare."""

ENDS = ("continue", "quit", "quit!")
"""Those after which the present moment is shown, here."""

CHANGES = (
    *("amount = 4", "del amount", "import os", "for each in (): pass", "1; amount = 4"),
    *("p (amount := 4)", "pp (amount := 4)", "whatis (amount := 4)", "p await trio.sleep(0)"),
    *("break 10, (amount := 4)", "break :pay, if $_task and (amount := 4)"),
    *('break 10, log "{(amount := 4)}"', "tbreak 12, (amount := 4)", "condition 1 (amount := 4)"),
)
"""Python code that would change the past."""

CANNOT = "error: the past cannot be changed; `goto now` comes back to the present, where that works"


def answers(lines: list[str]) -> list[tuple[str, str, str]]:
    """The prompt, the line and its answer in one line, for each line."""
    said = told(PROGRAM, lines)
    parts = re.split(r"^\((stepdbg(?:: past)?)\) (.*)\n", said, flags=re.MULTILINE)[1:]
    answers = [" ".join(each.split()) for each in parts[2::3]]
    return list(zip(parts[::3], parts[1::3], answers, strict=True))


def test_each_command_answers_and_loses_neither_the_past_nor_the_run(tmp_path: Path) -> None:
    (tmp_path / "given.lines").write_text("p 1 + 1\n", "utf-8")
    rows = dict.fromkeys(row for row in BY_WORD.values())
    typed = {
        row.name: {**SHOWS, **REFUSED, **MOVES}.get(row.name, row.name).format(folder=tmp_path)
        for row in rows
    }
    shows = [name for name in typed if name not in REFUSED and not BY_WORD[name].resumes]
    moves = [name for name in typed if BY_WORD[name].resumes and name not in REFUSED]
    lines = ["break 12, disabled", "step 6", "goto 4", *(typed[name] for name in shows)]
    lines.insert(lines.index("interact") + 1, "exit()")
    lines += [*CHANGES, *(typed[name] for name in REFUSED), "p amount, balance"]
    for name in moves:
        lines += ["goto 4", typed[name], f"p 'after {name}'"]
    said = answers([*lines, "goto now", "p seen, amount", "quit!"])

    # `commands` takes the lines behind it, until `end`.
    told_of = {line: (prompt, answer) for prompt, line, answer in said}
    for name in shows:
        if name != "end":
            prompt, answer = told_of[typed[name]]
            assert prompt == "stepdbg: past", name
            assert answer, name
            assert "cannot be changed" not in answer, name
    for line in (*CHANGES, *(typed[name] for name in REFUSED)):
        assert told_of[line] == ("stepdbg: past", CANNOT), line
    assert told_of["p amount, balance"] == ("stepdbg: past", "(3, 0)")
    for name in moves:
        after = "stepdbg" if name in ENDS else "stepdbg: past"
        assert told_of[f"p 'after {name}'"][0] == after, name
    for name in NOT_HERE:
        assert "warning: that works at the present moment: `goto now`" in told_of[name][1]
    assert said[-2] == ("stepdbg", "p seen, amount", "(0, 3)")


def test_no_task_runs_alone_in_the_past() -> None:
    said = answers(["step 6", "goto 2", "step -o", "next -o", "into -o", "goto now", "quit!"])
    answered = [answer for _, _, answer in said[2:5]]
    refused = ["so no task can run alone" in answer for answer in answered]
    stays = ["before step 2 of 6" in answer for answer in answered]
    assert (refused, stays) == ([True] * 3, [True] * 3)
