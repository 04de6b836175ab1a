"""The stops of a recorded run, with the stacks and values that were kept of them.

Owns: `Stops`: in which step each stop was, and putting what was kept into the picture of a moment.
Does not own: what is kept of a stop (stop_pictures), moments without one (showing).

The moment of a step is its beginning.  A stop at a line is inside the step, so its stacks and
values are those of a later time than the rest of the picture.  A sentence says so.
"""

from __future__ import annotations

from bisect import bisect_left

from stepdbg.archive.codec import Damaged
from stepdbg.archive.shapes import Picture
from stepdbg.model.facts import RunId
from stepdbg.model.recording import NOBODY, ShapeKind
from stepdbg.model.records import replace
from stepdbg.model.standard import os

from .moments import Moments
from .reading import Recording

_LISTED = 5
"""How many stops are listed, at most."""

_NONE = "a recording has stacks and values only of stops, and this run was never stopped"


class Stops:
    """The stops of all runs of a recording.

    Args:
        recording: the file.
        moments: its steps.
    """

    def __init__(self, recording: Recording, moments: Moments) -> None:
        self._recording, self._moments = recording, moments
        self._found: dict[RunId, dict[int, list[int]]] = {}
        shapes, runs = recording.events.shapes, recording.runs
        wanted = {i for i, kind in enumerate(recording.kinds) if kind is ShapeKind.STOPPED}
        for place in [i for i, shape in enumerate(shapes) if shape in wanted] if wanted else ():
            run = runs[shapes[place]]
            steps = self._found.setdefault(run, {})
            steps.setdefault(self._step_of(run, place), []).append(place)

    def _step_of(self, run: RunId, place: int) -> int:
        """The step, of all steps of a run, in which a stop was.  place: of its event."""
        events, ends = self._recording.events, self._moments.ends[run]
        index = bisect_left(ends, place)
        # A task that has failed may stop when the end of its last step was noted already.
        if index and events.tasks[place] != NOBODY:
            last = ends[index - 1]
            task, number = events.tasks[last], events.numbers[last]
            if (task, number) == (events.tasks[place], events.numbers[place]):
                return index
        return index + 1

    def task_at(self, run: RunId, step: int) -> int | None:
        """The task that the last stop in a step was about; None without one."""
        places = self._found.get(run, {}).get(step)
        task = self._recording.events.tasks[places[-1]] if places else NOBODY
        return None if task == NOBODY else task

    def added(self, picture: Picture, run: RunId, step: int) -> tuple[Picture, str]:
        """Add what was kept of the last stop in a step to the picture of its moment.

        Returns:
            The picture, and why it has no stacks and values; empty if it has some.
        """
        places = self._found.get(run, {}).get(step)
        if not places:
            return picture, self._why_not(run, step)
        data = self._recording.events.pictures.get(places[-1])
        if data is None:
            return picture, (
                "the stacks and values of this stop were not kept: there were too many of them, "
                "or stepdbg could not read them"
            )
        from .stop_pictures import unpack  # late: few recordings have stops

        try:
            kept = unpack(data)
        except Damaged as error:
            return picture, f"what was kept of this stop is damaged: {error}"
        if kept.in_view != run:
            return picture, "what was kept of this stop is damaged: it is about another run"
        return _with_stacks(picture, kept, self._told(places)), ""

    def _told(self, places: list[int]) -> str:
        """What the stacks and values of a moment are about, in a sentence."""
        events = self._recording.events
        shape = events.known[events.shapes[places[-1]]]
        at = ""
        if shape.place is not None:
            at = f" at {os.path.basename(shape.place.filename)}:{shape.place.line}"
        which = "the run stopped in this step"
        if len(places) > 1:
            which = f"this is the last of {len(places)} stops in this step"
        return f"{which} ({shape.detail}{at}): `where` and `locals` are about that moment"

    def _why_not(self, run: RunId, step: int) -> str:
        steps = self._found.get(run)
        if not steps:
            return _NONE
        nearest = min(steps, key=lambda each: abs(each - step))
        return (
            "a recording has stacks and values only of stops, and there was none in this step; "
            f"`at {nearest}` is the nearest stop"
        )

    def listed(self, run: RunId) -> str:
        """The last stops of a run, as moments to go to; empty if it has none."""
        steps = sorted(self._found.get(run, ()))
        shown = ", ".join(f"`at {each}`" for each in steps[-_LISTED:])
        more = len(steps) - _LISTED
        return f"{shown} and {more} earlier stops" if more > 0 else shown


def _with_stacks(picture: Picture, kept: Picture, told: str) -> Picture:
    """The picture of a moment with the stacks that were kept of a stop.  told: says so."""
    stacks = {
        task.task.label.number: task.frames
        for run in kept.pictures
        if run.run.run == picture.in_view
        for task in run.tasks
    }
    runs = tuple(
        replace(
            run,
            tasks=tuple(
                replace(task, frames=stacks.get(task.task.label.number, ())) for task in run.tasks
            ),
        )
        if run.run.run == picture.in_view
        else run
        for run in picture.pictures
    )
    stop = None if picture.stop is None else replace(picture.stop, note=told)
    return replace(
        picture, pictures=runs, stop=stop, sources=kept.sources, exceptions=kept.exceptions
    )
