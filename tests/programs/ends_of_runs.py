"""Ends a run in the way that is asked for, and tells what it carried before, and who ended it."""

import asyncio
import contextlib
import sys

import trio


class Witness(trio.abc.Instrument):
    """Says who has called it."""

    def after_run(self):
        callers = []
        frame = sys._getframe(1)
        while len(callers) < 3:
            callers.append(frame.f_code.co_name)
            frame = frame.f_back
        print("ended by", *callers)


def hooks():
    """The hooks that others than the witness have, but for Trio's list of all instruments."""
    instruments = trio.lowlevel.current_task()._runner.instruments
    return sorted(
        name
        for name, carried in instruments.items()
        if name != "_all" and any(type(each) is not Witness for each in carried)
    )


async def returns():
    await trio.lowlevel.checkpoint()
    print("meanwhile", *hooks())  # @mark meanwhile


async def raises():
    await returns()
    raise LookupError("over")


async def interrupted():
    await returns()
    trio.lowlevel.current_task()._runner.deliver_ki()
    await trio.sleep_forever()


async def broken():
    """Trio gives up."""
    await returns()

    async def fails():
        raise LookupError("in a task of Trio's")

    trio.lowlevel.spawn_system_task(fails)
    await trio.sleep_forever()


def guest():
    """Of asyncio's loop."""

    async def host():
        done = asyncio.get_running_loop().create_future()
        trio.lowlevel.start_guest_run(
            returns,
            run_sync_soon_threadsafe=asyncio.get_running_loop().call_soon_threadsafe,
            done_callback=done.set_result,
            instruments=[Witness()],
        )
        await done

    asyncio.run(host())


if __name__ == "__main__":
    way = globals()[sys.argv[1]]
    if way is guest:
        guest()
    else:
        with contextlib.suppress(LookupError, KeyboardInterrupt, trio.TrioInternalError):
            trio.run(way, instruments=[Witness()])
