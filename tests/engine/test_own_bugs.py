"""A bug of stepdbg shows itself as ours, and the program runs on."""

from __future__ import annotations

from unittest import mock

import pytest

from stepdbg.engine.noticing.carrying import Carried
from stepdbg.engine.noticing.events import RunEvents
from stepdbg.engine.recording import registry
from stepdbg.engine.running.run import DebuggedRun
from stepdbg.engine.scheduling.run_queue import Alone, Ordered
from stepdbg.engine.scheduling.state import Steered
from stepdbg.engine.seeing import stops
from stepdbg.model.stops import RunEnded
from tests.harness import RemoteFrontEnd, debugging

DONE = "".join(f"worker {number} is done\n" for number in range(1, 6))

IN_A_HOOK = {
    "a step": (RunEvents, "on_step"),
    "the beginning of a run": (DebuggedRun, "attach"),
    "arranging hooks": (Carried, "arrange"),
    "the picture of a stop": (stops, "stop_picture"),
    "a front end at a stop": (RemoteFrontEnd, "on_stop"),
}


def broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError("ours")


@pytest.mark.parametrize("where", IN_A_HOOK)
def test_in_a_hook(where: str, capfd: pytest.CaptureFixture[str]) -> None:
    owner, name = IN_A_HOOK[where]
    with mock.patch.object(owner, name, broken), debugging("checkpoints") as dbg:
        dbg.expect_end()
    out, err = capfd.readouterr()
    assert out == "45\n"
    assert "a bug in stepdbg, not in your program" in err
    assert "ZeroDivisionError: ours" in err
    assert "please report" in err.lower()


def test_at_a_spawn(capfd: pytest.CaptureFixture[str]) -> None:
    with mock.patch.object(RunEvents, "on_spawn", broken), debugging("ping_pong") as dbg:
        dbg.do("break task ponger")
        dbg.resume("continue")
        dbg.expect_end()
    out, err = capfd.readouterr()
    assert out == "pong 0\npong 1\npong 2\n"
    assert "a bug in stepdbg" in err


@pytest.mark.parametrize(
    ("owner", "name", "command"),
    [
        (Alone, "next_pass", "step -o worker#1 9"),
        (Alone, "next_pass", "hold waiter ;; step -o worker#1 9"),
        (Ordered, "next_pass", "order waiter worker#2 ;; continue"),
        (Steered, "withholds", "hold worker#2 ;; continue"),
    ],
)
def test_in_the_run_queue_nobody_is_lost(
    owner: type, name: str, command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with debugging("steered") as dbg:
        dbg.do("tbreak task worker#1")
        dbg.resume("continue")
        dbg.expect_stop(task="worker#1")
        with mock.patch.object(owner, name, broken):
            for line in command.split(" ;; ")[:-1]:
                dbg.do(line)
            dbg.resume(command.rpartition(" ;; ")[2])
            if owner is Alone:  # the step is taken, among those of the others
                dbg.expect_stop(task="worker#1")
                dbg.do("release")
                dbg.resume("continue")
            dbg.expect_end()
    out, err = capfd.readouterr()
    assert out == "['cleaned up', 'one 3', 'two 3', 'waiter 0']\n"
    assert "a bug in stepdbg" in err


@pytest.mark.parametrize("command", ["tasks", "queue", "tree"])
def test_in_a_command_the_stop_stays(command: str) -> None:
    with debugging("checkpoints") as dbg:
        dbg.expect_stop()
        with mock.patch.object(registry.Registry, "label_of", broken):
            said = dbg.failure(command)
        assert "bug in stepdbg" in said
        assert "main" in dbg.text(command)
        dbg.resume("continue")
        dbg.expect_end()


def test_in_telling_an_event(capfd: pytest.CaptureFixture[str]) -> None:
    with mock.patch.object(RemoteFrontEnd, "on_event", broken), debugging("checkpoints") as dbg:
        dbg.resume("continue")
        dbg.expect_end()
    out, err = capfd.readouterr()
    assert out == "45\n"
    assert "a bug in stepdbg" in err


def test_the_end_of_the_run_is_still_told(capfd: pytest.CaptureFixture[str]) -> None:
    with mock.patch.object(RunEvents, "on_step", broken), debugging("checkpoints") as dbg:
        dbg.expect_end()
    assert [event.outcome for event in dbg.events if isinstance(event, RunEnded)] == ["returned"]
    assert "a bug in stepdbg" in capfd.readouterr().err
