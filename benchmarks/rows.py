"""Which workload is measured under which setting.

Owns: the choice of rows.  Does not own: workloads, settings, measuring.
"""

from __future__ import annotations

from .settings import CONTROL

NOTHING = "stepdbg, nothing set"
NEVER = "stepdbg, 10 task breakpoints that never match"
WATCHED = "stepdbg, a breakpoint at each step of one task, `if False`"
EVERY = "stepdbg, `step` of a task that has no step"
HOLD = "stepdbg, one task is held"
ALONE = "stepdbg, `step -o` of that one"
RECORDER = "stepdbg, recorder on"
HISTORY = "stepdbg, recorder on, `set history all on`"
TAPE = "stepdbg, recorder on, a tape"
TRACE = "stepdbg, a trace to a file"
EMPTY = "an empty `before_task_step`"
DIARY = "a tracer with all nine hooks"
CALLS = "`sys.settrace`, calls alone"
LINES = "`sys.settrace`, lines"

ROWS: dict[str, tuple[str, ...]] = {
    "checkpoints, 1 x 200,000": (CONTROL, NOTHING, NEVER, RECORDER, TRACE, EMPTY, DIARY, CALLS),
    "checkpoints, 100 x 2,000": (CONTROL, NOTHING, NEVER, RECORDER, EMPTY, DIARY),
    "checkpoints, 1,001 x 150": (CONTROL, WATCHED, EVERY, HOLD, EMPTY),
    "checkpoints, 50,000 beside 100 tasks": (CONTROL, NOTHING, ALONE, EMPTY),
    "idle passes, 20,000 under autojump": (CONTROL, NOTHING, RECORDER),
    "channels, 10 pairs": (CONTROL, NOTHING, RECORDER, HISTORY, TRACE, DIARY),
    "events, 20,000 that are set": (CONTROL, NOTHING, RECORDER),
    "spawns, 100 x 1,000": (CONTROL, NOTHING, NEVER, RECORDER, TRACE, DIARY),
    "timers, 10,000": (CONTROL, NOTHING, RECORDER, TRACE, DIARY),
    "TCP echo, 10 clients": (CONTROL, NOTHING, RECORDER, TAPE, DIARY),
    "lines": (CONTROL, NOTHING, LINES),
    "calls": (CONTROL, NOTHING, CALLS),
}
"""Settings by workload; the control of a workload comes first."""
