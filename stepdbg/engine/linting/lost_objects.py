"""`lost-event` and `lost-sender`: a task waits for something that no other task can do any more.

Owns: their facts and sentences.  Does not own: finding tasks that are stuck (waiting.graph).

`lost-event`: no other task can set the Event.  `lost-sender`: a channel has a send end that no task
will close.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeGuard

import trio
from trio.lowlevel import Task

from stepdbg._trio_internals import losses, tasks, waits
from stepdbg._trio_internals.frame_values import is_a
from stepdbg._trio_internals.scopes import nurseries_above
from stepdbg.engine.judging import reach
from stepdbg.engine.typed.locals import frame_locals
from stepdbg.engine.waiting.object_names import name_of, walk
from stepdbg.engine.waiting.recognisers import find_wait
from stepdbg.model.lints import Lint, LintName
from stepdbg.model.standard import gc, itertools, sys
from stepdbg.model.task import Place, WaitKind

from .saying import at

if TYPE_CHECKING:
    from stepdbg.engine.judging.stuck import Blocked
    from stepdbg.engine.waiting.views import BlockedRun


class LostObjects:
    """One look at tasks that wait.

    Args:
        run: their run.
        stuck: the tasks that can never go on by themselves.
        objects: how many objects are followed to find out which task has one.
    """

    def __init__(self, run: BlockedRun, stuck: dict[Task, Blocked], objects: int) -> None:
        self._run, self._stuck, self._objects = run, stuck, objects
        self._led_to: dict[Task, frozenset[int]] = {}

    def events(self) -> Iterator[Lint]:
        """The lints about tasks that wait for an Event, one for each line."""
        reported: set[Place | None] = set()
        for each in self._stuck.values():
            if each.kind is not WaitKind.EVENT or each.place in reported:
                continue
            who = self._others_who_have(each, "it")
            if who is not None:
                reported.add(each.place)
                yield self._lint(
                    LintName.LOST_EVENT,
                    each,
                    f"for {self._object(each)}, which nobody can set any more: {who}; keep it "
                    "where it will be set, or call trio.sleep_forever() if that is what is meant",
                )

    def senders(self, seen: Iterable[Blocked]) -> Iterator[Lint]:
        """The lints about tasks that receive from a channel, stuck or not, one for each line."""
        reported: set[Place | None] = set()
        for each in seen:
            if each.kind is not WaitKind.RECEIVE or each.place in reported:
                continue
            what = self._channel(each)
            if what is not None:
                reported.add(each.place)
                yield self._lint(LintName.LOST_SENDER, each, f"to receive from a channel {what}")

    def _lint(self, name: LintName, each: Blocked, what: str) -> Lint:
        label = self._run.registry.label_of(each.task)
        text = f"{label} waits{at(each.place)} {what}"
        return Lint(name, text, each.place, label, self._run.life.id)

    def _object(self, each: Blocked) -> str:
        """What a task waits for, in words: an Event, with its name between backticks."""
        stack = self._run.live_frames(each.task)
        found = find_wait(each.task, stack)
        name = name_of(found.obj, stack)
        article = "an" if found.what[:1] in "AEIO" else "a"
        return f"{found.what} `{name}`" if name else f"{article} {found.what}"

    def _channel(self, each: Blocked) -> str | None:
        """What is wrong with the channel that a task receives from, in words; None for nothing."""
        stuck = each.task in self._stuck
        lost = self._dropped(each.task) if each.may_last() else 0
        if not lost and stuck:
            lost = self._dropped(each.task, closely=True)
        if lost:
            ends = "a send end of it was" if lost == 1 else f"{lost} send ends of it were"
            return (
                f"that never ends: {ends} dropped without being closed; close every clone, best by "
                "`async with`"
            )
        who = self._others_who_have(each, "a send end of it") if stuck else None
        return who and (
            f"that nobody will send into or close: {who}; close a send end as soon as there is "
            "nothing more to send"
        )

    def _dropped(self, task: Task, *, closely: bool = False) -> int:
        """How many send ends of the channel that a task receives from were freed while open.

        Args:
            closely: whether to count the ends themselves, and not only the references to the
                channel's state.  Closed ends that still exist have such references, and hide freed
                ones.  Counting goes through all objects of the process, so it is only for tasks
                that are stuck.
        """
        end = find_wait(task, self._run.live_frames(task)).obj
        if not is_a(end, trio.MemoryReceiveChannel):
            return 0
        state = waits.channel_state(end)
        if closely:
            around = sum(_is_open_sender(other) for other in gc.get_referrers(state))
        else:  # every end refers to the state once, including the receiving one
            unrelated = object()
            around = max(0, sys.getrefcount(state) - sys.getrefcount(unrelated) - 1)
        return max(0, losses.open_senders(state) - around)

    def _others_who_have(self, each: Blocked, it: str) -> str | None:
        """Which stuck tasks have the thing that a task waits for, in words.

        None if the wait may be intended: a task above has the thing, and other tasks under that one
        are at work, and may end the wait when they are done.
        """
        mates = each.mates or (each.task,)
        if not reach.Reach(mates, limit=self._objects).is_held(each.key):
            if each.kind is WaitKind.EVENT:
                return f"nobody else has {it}"
            return f"nobody but {self._names(mates)} itself has {it}"
        others = [t for t in self._stuck if t not in mates and self._has(t, each.key)]
        above = any(nursery.parent_task in others for nursery in nurseries_above(each.task))
        if not others or (above and not self._is_left_alone(each.task)):
            return None
        has, too = ("has", "itself") if len(others) == 1 else ("have", "as well")
        return f"only {self._names(others)} {has} {it}, stuck {too}"

    def _names(self, people: Iterable[Task]) -> str:
        """``main (1) and worker (3)``."""
        *rest, last = [str(self._run.registry.label_of(task)) for task in people]
        return f"{', '.join(rest)} and {last}" if rest else last

    def _is_left_alone(self, task: Task) -> bool:
        """Whether all tasks under the stuck tasks above are stuck, so that none will cancel it."""
        above = itertools.takewhile(
            lambda each: each.parent_task in self._stuck, nurseries_above(task)
        )
        return all(child in self._stuck for each in above for child in tasks.children_of(each))

    def _has(self, task: Task, key: int) -> bool:
        """Whether a task has an object in its variables, which are searched once."""
        if task not in self._led_to:
            self._led_to[task] = frozenset(self._has_now(task))
        return key in self._led_to[task]

    def _has_now(self, task: Task) -> Iterator[int]:
        """The `id` of each object in a task's variables, for an open send end that of its channel.

        Not the objects: a reference to one of them would count as somebody else who has it.
        """
        for frame in self._run.live_frames(task):
            for _, value in walk(frame_locals(frame)):
                yield id(waits.channel_state(value) if _is_open_sender(value) else value)


def _is_open_sender(value: object) -> TypeGuard[trio.MemorySendChannel[object]]:
    return is_a(value, trio.MemorySendChannel) and waits.is_open(value)
