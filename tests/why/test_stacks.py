"""The stack of a task at a stop is the traceback of what ends the task there."""

from __future__ import annotations

from stepdbg.engine.seeing.inspector import LiveInspector
from stepdbg.model.facts import TaskNumber
from stepdbg.model.task import FrameRef
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/why/stacks"

Frames = list[tuple[str, int | None, str]]


def stack(dbg: Debugging, task: TaskNumber) -> Frames:
    """A task's frames from the one that the program records on, outermost first."""
    inspector = dbg.inspector
    found = [
        (each.place.filename, each.place.line, each.place.function)
        for each in reversed(dbg.call(lambda: inspector.frames(task)))
    ]
    names = [function for _, _, function in found]
    return found[names.index("recorded") :] if "recorded" in names else []


def tracebacks(dbg: Debugging) -> dict[str, Frames]:
    """What the program has recorded."""
    inspector = dbg.inspector
    assert isinstance(inspector, LiveInspector)
    main = dbg.stop.task
    assert main is not None
    found = dbg.call(lambda: inspector.live_frame(FrameRef(main.number, 0)).f_globals["tracebacks"])
    assert isinstance(found, dict)
    return found


def is_trios_way_to_suspend(frame: tuple[str, int | None, str]) -> bool:
    """The generator by which Trio suspends a task; it has returned before anything is raised."""
    return frame[2] in ("_async_yield", "_real_async_yield") and "/trio/" in frame[0]


def test_every_suspended_stack_is_the_traceback_of_the_cancellation() -> None:
    with debugging(PROGRAM) as dbg:
        dbg.do("break :look")
        dbg.do("break :done")
        dbg.go("continue", kind="breakpoint")
        shown = {
            stacked[1][2]: stacked
            for each in dbg.call(dbg.inspector.tasks)
            if (stacked := stack(dbg, each.label.number))
        }
        dbg.go("continue", kind="breakpoint")
        dbg.go("continue", kind="breakpoint")
        recorded = tracebacks(dbg)
    assert len(shown) == 14
    for name, frames in shown.items():
        if is_trios_way_to_suspend(frames[-1]):
            frames.pop()
        # What follows in the traceback is how Trio raises.
        assert recorded[name][: len(frames)] == frames
        rest = recorded[name][len(frames) :]
        assert all("/trio/" in file or "/outcome/" in file for file, _, _ in rest), rest


def test_a_stack_inside_a_step_is_the_traceback_of_what_is_raised_there() -> None:
    with debugging(PROGRAM) as dbg:
        dbg.do("break :look")
        dbg.do("break :done")
        dbg.go("continue", kind="breakpoint")
        dbg.go("continue", kind="breakpoint", line_mark="look")
        main = dbg.stop.task
        assert main is not None
        shown = stack(dbg, main.number)
        dbg.do('throw main KeyError("here")')
        dbg.go("continue", kind="breakpoint")
        recorded = tracebacks(dbg)["look"]
    assert [function for _, _, function in shown] == [
        "recorded",
        "looks",
        "looks.<locals>.<lambda>",
        "look",
    ]
    assert recorded == shown
