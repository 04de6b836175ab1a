"""Rows: changing what happens next.  Their code is in `commands.steering`."""

from __future__ import annotations

from stepdbg.commands.row import CommandRow, Needs

GROUP = "steering"

ROWS: tuple[CommandRow, ...] = (
    CommandRow(
        names=("await",),
        usage="await [--free | --when-runnable] EXPRESSION",
        group=GROUP,
        summary="run an awaitable inside the task in view",
        handler="steering:await_",
        text="""
The expression runs as if it stood in the frame in view: in the task's cancel scopes, with its
context variables and its locals. Any statement may await: `x = await receive()`,
`async with lock: print(rows)`. The value is kept in `_`.

The program's time goes on until it is done. Every other task waits meanwhile, but Trio's own
and those that the expression spawns. What cannot finish without the others is given up, and
the answer says what it waits for; `await --free` lets all tasks run until it is done, with
breakpoints off.

A task that is blocked cannot await anything else; `await --when-runnable` does it before its
next step. Ctrl-C cancels the expression alone.
""",
        examples=(
            "await trio.sleep(0.1)",
            "await --free results.send(3)",
        ),
        completes=("python",),
        options=("--free", "--when-runnable"),
        needs=Needs.STOP,
        python=True,
        statement=True,
    ),
)
