"""Any reply, event or status as lines of spans.

Owns: which function draws what, and the guarantee that no line is wider than the terminal and no
control character gets through.  A schedule is one line of any width, so that users can copy it.
Does not own: the drawing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from stepdbg.model import replies as r
from stepdbg.model.history import EndedTasks, LogShown, ObjectHistory, StatsShown, TimelineShown
from stepdbg.model.stops import Event
from stepdbg.model.task import FrameSnapshot, RunSnapshot, RunState, TaskLabel
from stepdbg.model.waits import RunWaits

from . import (
    breaks,
    events,
    exceptions,
    explanations,
    histories,
    history,
    knots,
    overview,
    run_waits,
    schedule,
    scopes,
    source,
    stacks,
    stats,
    stops,
    tasks,
    timeline,
    tree,
    values,
    words,
)
from . import help as help_screens
from .spans import (
    COPIED,
    Line,
    Span,
    clean,
    clean_lines,
    clip,
    join,
    line_width,
    text,
    trimmed,
    wrap,
)

if TYPE_CHECKING:
    from stepdbg.model.overview import Overview

NARROWEST = 20
"""The smallest width for drawing; a terminal that is narrower wraps the lines itself."""


def render_reply(reply: r.Reply, width: int) -> list[Line]:
    """A reply as lines of at most `width` columns (`NARROWEST` at least)."""
    width = max(width, NARROWEST)
    return _finished(_draw(reply, width), width)


def render_event(event: Event, width: int) -> list[Line]:
    """An event as lines of at most `width` columns (`NARROWEST` at least)."""
    width = max(width, NARROWEST)
    return _finished(events.render_event(event, width), width)


def render_overview(page: Overview, width: int) -> list[Line]:
    """A run on one page, as lines of at most `width` columns (`NARROWEST` at least)."""
    width = max(width, NARROWEST)
    return _finished(overview.render_overview(page, width), width)


def render_toolbar(
    run: RunSnapshot,
    task: TaskLabel | None,
    width: int,
    *,
    frame: FrameSnapshot | None = None,
    over: bool = False,
) -> Line:
    """The bottom line: the task and frame in view, then the run; it drops what does not fit.

    It names the run from the second one on.  over: the program has ended, and the run is its last
    picture.
    """
    width = max(width, NARROWEST)
    who = words.task(task) if task else text("no task in view", "dim")
    where = words.place(frame.place) if frame else ()
    more, tasks_, deadline = words.around(run.queue_length, run.task_count, run.next_deadline)
    if over or run.state is RunState.ENDED:  # the tasks in the queue will not run any more
        more, tasks_, deadline = text("the run is over", "dim"), (), ()
    when = words.into_run(run.time, run.run if run.run > 1 else None)
    everybody = join((more, tasks_, deadline))
    for parts in (  # from the longest to the shortest
        (who, where, everybody, when),
        (who, where, everybody),
        (who, everybody),
        (who, join((more, tasks_))),
        (who, more),
    ):
        line = text(" ") + join(parts, "   ")
        if line_width(line) <= width:
            return _finished([line], width)[0]
    return _finished([text(" ") + who], width)[0]


def _finished(lines: list[Line], width: int) -> list[Line]:
    """Enforce both guarantees on lines, and strip the blanks at their ends."""
    return [_finished_line(line, width) for line in lines]


@lru_cache(maxsize=256)  # successive stops share most of their lines
def _finished_line(line: Line, width: int) -> Line:
    # The terminal wraps a long line without a newline, so that users can copy it whole.
    copied = any(style == COPIED for style, _ in line)
    return trimmed(_cleaned(line) if copied else clip(_cleaned(line), width))


def _cleaned(line: Line) -> Line:
    for _, string in line:
        if not string.isprintable():
            return tuple(Span(style, clean(each)) for style, each in line)
    return line


def _draw(reply: r.Reply, width: int) -> list[Line]:
    # A match and not a table, so that mypy proves that no reply is missing.
    match reply:
        case r.StopShown():
            return stops.render_stop(reply, width)
        case r.Message():
            return events.note(reply.text, reply.level, width)
        case r.ScheduleShown():
            return [text(reply.text, COPIED), *schedule.render_touches(reply.touched, width)]
        case r.Failure():
            return _failure(reply, width)
        case r.Listing():
            return source.render_listing(reply, width)
        case r.FrameShown():
            return source.render_frame(reply, width)
        case r.TaskList():
            return tasks.render_tasks(reply, width)
        case r.TaskShown():
            return tasks.render_task(reply, width)
        case r.RunList():
            return tasks.render_runs(reply, width)
        case r.Tree():
            return tree.render_tree(reply, width)
        case r.Queue():
            return schedule.render_queue(reply, width)
        case r.Timers():
            return schedule.render_timers(reply, width)
        case r.Why() | r.Deadlocks() | RunWaits():
            return _draw_waits(reply, width)
        case r.Exceptions():
            return exceptions.render_exceptions(reply, width)
        case r.Threads():
            return scopes.render_threads(reply, width)
        case r.Scopes():
            return scopes.render_scopes(reply, width)
        case r.Stack():
            return stacks.render_stack(reply, width)
        case r.Variables():
            return values.render_variables(reply, width)
        case r.Returned():
            return values.render_returned(reply, width)
        case r.Evaluated():
            return values.render_evaluated(reply, width)
        case r.DisplayList():
            return values.render_displays(reply, width)
        case r.BreakpointSet():
            return breaks.render_breakpoint_set(reply, width)
        case r.BreakpointList():
            return breaks.render_breakpoint_list(reply, width)
        case _:
            return _draw_words(reply, width)


def _draw_waits(reply: r.Why | r.Deadlocks | RunWaits, width: int) -> list[Line]:
    """Draw replies about what tasks and the run wait for."""
    match reply:
        case r.Why():
            return explanations.render_why(reply, width)
        case r.Deadlocks():
            return knots.render_deadlocks(reply, width)
        case RunWaits():
            return run_waits.render_run_waits(reply, width)


def _draw_words(
    reply: r.CommandHelp
    | r.HelpList
    | r.SettingList
    | r.AliasList
    | r.LintList
    | EndedTasks
    | LogShown
    | ObjectHistory
    | TimelineShown
    | StatsShown,
    width: int,
) -> list[Line]:
    """Draw replies about the debugger itself and about what it has noticed."""
    match reply:
        case EndedTasks():
            return history.render_ended(reply, width)
        case LogShown():
            return history.render_log(reply, width)
        case StatsShown():
            return stats.render_stats(reply, width)
        case ObjectHistory():
            return histories.render_history(reply, width)
        case TimelineShown():
            return timeline.render_timeline(reply, width)
        case r.LintList():
            return stops.render_lints(reply, width)
        case r.CommandHelp():
            return help_screens.render_help(reply, width)
        case r.HelpList():
            return help_screens.render_help_list(reply, width)
        case r.SettingList():
            return help_screens.render_settings(reply, width)
        case r.AliasList():
            return help_screens.render_aliases(reply, width)
        case _:
            assert_never(reply)


def _failure(failure: r.Failure, width: int) -> list[Line]:
    """Why a command could not be carried out, and what to do instead."""
    frames = [text(part, "dim") for frame in failure.traceback for part in clean_lines(frame)]
    lines = [part for frame in frames for part in wrap(frame, width, indent=4, first=0)]
    lines += wrap(text("error: ", "error") + text(failure.text), width, indent=2, first=0)
    if failure.way_out:
        lines += wrap(text(failure.way_out), width, indent=2)
    return lines
