"""A batch that is taken without drawing Trio's coin."""

from __future__ import annotations

import random
import threading

import pytest
import trio
from trio._core import _run

from stepdbg._trio_internals import postponing, runs


@pytest.mark.parametrize("part_passes", [0, 1, 7])
def test_parts_of_a_pass_leave_the_coin_where_it_was(part_passes: int) -> None:
    runs.seed_coin(5)
    for _ in range(part_passes):
        postponing.Undrawn().for_batch([])
        assert _run._r.random() == 1.0, "a batch is not reversed"
    expected = random.Random(5)
    assert [_run._r.random() for _ in range(3)] == [expected.random() for _ in range(3)]


def test_under_a_shuffling_trio_the_order_is_kept() -> None:
    async def main() -> list[trio.lowlevel.Task]:
        return [trio.lowlevel.current_task(), trio.lowlevel.current_root_task() or _none()]

    first, second = trio.run(main)
    taken = [second, first]
    postponing.Undrawn().for_batch([first, second])
    _run._r.shuffle(taken)
    assert taken == [first, second]
    assert "shuffle" not in vars(_run._r)
    assert "random" not in vars(_run._r)


def _none() -> trio.lowlevel.Task:
    raise AssertionError("there is a root task")


def test_somebody_elses_coin_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run._r, "random", lambda: 0.25)
    postponing.Undrawn().for_batch([])
    assert [_run._r.random(), _run._r.random()] == [1.0, 0.25]


def test_a_run_of_another_thread_draws_the_real_coin() -> None:
    runs.seed_coin(5)
    expected = random.Random(5)
    drawn: list[float] = []
    shuffled: list[object] = [1, 2, 3]

    def other_run() -> None:
        drawn.append(_run._r.random())
        _run._r.shuffle(shuffled)

    postponing.Undrawn().for_batch([])
    thread = threading.Thread(target=other_run)
    thread.start()
    thread.join()
    assert drawn == [expected.random()]
    assert sorted(map(str, shuffled)) == ["1", "2", "3"]
    assert _run._r.random() == 1.0, "this thread's batch is not reversed"
    assert "random" not in vars(_run._r)
