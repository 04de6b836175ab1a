"""What is done to a task from outside leaves nothing of ours in the program."""

from __future__ import annotations

import traceback

import trio
import trio.testing

from stepdbg._trio_internals.interfering import abort_wait


def test_what_ends_a_wait_shows_no_frame_of_ours() -> None:
    told = "".join(traceback.format_exception(trio.run(_thrown)))
    assert "in waits" in told
    assert "interfering" not in told.replace(__file__, "")


async def _thrown() -> ValueError:
    caught: list[ValueError] = []

    async def waits() -> None:
        try:
            await trio.sleep_forever()
        except ValueError as error:
            caught.append(error)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(waits)
        await trio.testing.wait_all_tasks_blocked()
        (task,) = nursery.child_tasks
        assert abort_wait(task, ValueError("thrown"))
    return caught[0]
