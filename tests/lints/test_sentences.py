"""One program for each lint: its sentence, and what nearly is one and is not."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable

import pytest
import trio.testing

from stepdbg.engine.linting import steps
from stepdbg.model.lints import LintFound
from tests.harness import debugging

from .looking import COSTLY, told

NUMBER = re.compile(r"\((\d+)\)")


def in_order(sentence: str) -> str:
    """A sentence with its tasks numbered from 1: Trio numbers those of a whole process."""
    numbers = sorted({int(number) for number in NUMBER.findall(sentence)})
    return NUMBER.sub(lambda found: f"({numbers.index(int(found[1])) + 1})", sentence)


def sentences(*arguments: str, **options: object) -> list[str]:
    return [in_order(each) for each in told(*arguments, **options)]  # type: ignore[arg-type]  # passed on


EVENT = "; keep it where it will be set, or call trio.sleep_forever() if that is what is meant"
SENDER = "; close a send end as soon as there is nothing more to send"


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        (
            "forgotten",
            "waits (1) waits at lost_events.py:9 for Event `event`, which nobody can set any more: "
            "nobody else has it" + EVENT,
        ),
        (
            "stuck_parent",
            "waits (2) waits at lost_events.py:9 for Event `event`, which nobody can set any more: "
            "only stuck_parent.<locals>.parent (1) has it, stuck itself" + EVENT,
        ),
        (
            "ring",
            "ring.<locals>.turn#1 (1) waits at lost_events.py:39 for Event `mine`, which nobody "
            "can set any more: only ring.<locals>.turn#2 (2) has it, stuck itself" + EVENT,
        ),
    ],
)
def test_lost_events(which: str, sentence: str) -> None:
    assert sentences("lost_events", which, record=True) == [sentence]


@pytest.mark.parametrize(
    "which", ["held", "in_a_closure", "in_a_module", "with_a_deadline", "sibling_has_it"]
)
def test_events_that_somebody_can_set(which: str) -> None:
    assert told("lost_events", which) == []


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        (
            "dropped",
            (
                "receives (1) waits at channels.py:9 to receive from a channel that never ends: a "
                "send end of it was dropped without being closed; close every clone, best by "
                "`async with`"
            ),
        ),
        (
            "dropped_beside_a_closed_one",
            (
                "receives (1) waits at channels.py:9 to receive from a channel that never ends: a "
                "send end of it was dropped without being closed; close every clone, best by "
                "`async with`"
            ),
        ),
        (
            "kept",
            "receives (2) waits at channels.py:9 to receive from a channel that nobody will send "
            "into or close: only kept.<locals>.parent (1) has a send end of it, stuck itself"
            + SENDER,
        ),
        (
            "own_end",
            "own_end.<locals>.talks_to_itself (1) waits at channels.py:50 to receive from a "
            "channel that nobody will send into or close: nobody but "
            "own_end.<locals>.talks_to_itself (1) itself has a send end of it" + SENDER,
        ),
    ],
)
@pytest.mark.parametrize("record", [False, True])
def test_lost_senders(which: str, sentence: str, record: bool) -> None:
    assert sentences("channels", which, record=record) == [sentence]


@pytest.mark.parametrize(
    "which", ["will_be_closed", "closed_clones", "two_receivers", "served_until_cancelled"]
)
def test_senders_that_will_be_closed(which: str) -> None:
    assert told("channels", which) == []


LOCK = ": a task that wants it will get a BrokenResourceError; hold it by `async with`"


def test_lost_locks() -> None:
    begins = "takes (1), which began at locks.py:8, has exited without releasing a Lock"
    assert sentences("locks", "lost") == [begins + LOCK]
    taken = "takes (1) has exited without releasing a Lock taken at locks.py:9"
    assert sentences("locks", "lost", record=True) == [taken + LOCK]


@pytest.mark.parametrize("which", ["lost_and_gone", "released", "held_by_the_living", "last"])
def test_locks_that_nobody_misses(which: str) -> None:
    assert told("locks", which) == []


SHIELD = (
    ", and keeps a cancelled nursery of parent (1) open; give the shielded scope a deadline, as by "
    "move_on_after(…, shield=True)"
)


@pytest.mark.parametrize(
    ("which", "begins"),
    [
        (
            "for_ever",
            (
                "for_ever (2) waits at shields.py:11 behind a shield without a deadline entered at "
                "shields.py:9"
            ),
        ),
        (
            "for_long",
            (
                "for_long (2) waits at shields.py:17 behind a shield without a deadline entered at "
                "shields.py:15"
            ),
        ),
    ],
)
def test_endless_shields(which: str, begins: str) -> None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    assert sentences("shields", which, stops=2, clock=clock) == [begins + SHIELD]


@pytest.mark.parametrize("which", ["with_a_deadline", "short", "not_shielded"])
def test_shields_that_end(which: str) -> None:
    clock = trio.testing.MockClock(autojump_threshold=0)
    assert told("shields", which, stops=2, clock=clock) == []


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")
def test_lost_generators() -> None:
    assert told("generators", "left") == [
        (
            "async generator rows was left to the garbage collector at its yield in "
            "generators.py:12, with clean-up still to do; iterate over it inside of `async with "
            "contextlib.aclosing(…)`"
        )
    ]


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")
def test_many_lost_generators_are_one_finding() -> None:
    (sentence,) = told("generators", "many_left")
    assert sentence == (
        "1,234 async generators rows were left to the garbage collector at their yield in "
        "generators.py:12, with clean-up still to do; iterate over each inside of `async with "
        "contextlib.aclosing(…)`"
    )


@pytest.mark.filterwarnings("ignore:Async generator:ResourceWarning")
@pytest.mark.parametrize("which", ["nothing_to_do", "finished", "closed", "alive_at_the_end"])
def test_generators_with_nothing_left(which: str) -> None:
    assert told("generators", which) == []


# -- what is looked for at every step ------------------------------------------------------


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let every step take so many seconds, by the clock that times it.

    The thread that looks at long steps has the real clock.  This one is an hour ahead, so for that
    thread no step has begun.
    """

    def tick(seconds: float) -> None:
        clock = itertools.count(time.perf_counter() + 3600, seconds)
        monkeypatch.setattr(steps, "perf_counter", lambda: next(clock))

    return tick


def test_slow_steps(ticks: Callable[[float], None]) -> None:
    ticks(0.125)
    first, *_ = sentences("steps", "quick", on=("slow-step",))
    assert first == (
        "main (1) kept all other tasks waiting for 125 ms, in the step from steps.py:10 to "
        "steps.py:11; hand long work to trio.to_thread.run_sync(), or put checkpoints into it"
    )


def test_steps_that_are_not_slow(ticks: Callable[[float], None]) -> None:
    ticks(0.0999)
    assert told("steps", "quick", on=("slow-step",)) == []


def test_a_step_whose_beginning_was_not_seen(ticks: Callable[[float], None]) -> None:
    ticks(0.125)
    with debugging("tests/programs/lints/steps", args=["quick"], record=False) as dbg:
        dbg.do("break :here")
        dbg.go("continue", kind="breakpoint")
        dbg.do("set lint slow-step on")
        dbg.resume()
        dbg.expect_end()
        assert not [each for each in dbg.events if isinstance(each, LintFound)]


@pytest.mark.parametrize(
    ("which", "sentence"),
    [
        (
            "spins",
            (
                "main (1) spins: the loop at steps.py:24 does nothing but test and pass "
                "checkpoints, 1,000 times in a row so far; wait for an Event instead, or sleep "
                "between the tests"
            ),
        ),
        (
            "swallows",
            (
                "main (1) was cancelled at steps.py:54, and the `except BaseException` at "
                "steps.py:55 has swallowed it; let it `raise` the Cancelled again, or catch "
                "Exception"
            ),
        ),
        (
            "swallows_in_a_call",
            (
                "main (1) was cancelled at steps.py:64, and the `except` at steps.py:65 has "
                "swallowed it; let it `raise` the Cancelled again, or catch Exception"
            ),
        ),
    ],
)
def test_what_steps_do(which: str, sentence: str, ticks: Callable[[float], None]) -> None:
    ticks(0)
    assert sentences("steps", which, on=COSTLY) == [sentence]


@pytest.mark.filterwarnings("ignore:coroutine 'answer' was never awaited")
def test_never_awaited(ticks: Callable[[float], None]) -> None:
    ticks(0)
    assert told("steps", "forgets_to_await", on=COSTLY) == [
        "coroutine answer was made at steps.py:115 and never awaited; put `await` before the call"
    ]


def test_pythons_own_warning_is_as_it_was() -> None:
    for on in (), COSTLY:
        with pytest.warns(RuntimeWarning) as caught:
            told("steps", "forgets_to_await", on=on)
        (warning,) = caught
        assert str(warning.message) == "coroutine 'answer' was never awaited"
        assert warning.filename.endswith("steps.py")
        assert warning.lineno == 115


@pytest.mark.parametrize(
    "which",
    [
        *("works", "sleeps", "does_it_in_the_test", "raises_again", "scope_catches"),
        *("keeps_it", "awaits", "suppresses"),
    ],
)
def test_steps_that_do_nothing_wrong(which: str, ticks: Callable[[float], None]) -> None:
    ticks(0)
    assert told("steps", which, on=COSTLY) == []
