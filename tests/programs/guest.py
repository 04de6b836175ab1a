"""Guest mode: Trio as a guest of asyncio's loop, with an asyncio task beside it."""

import asyncio

import trio


async def trio_main():
    for number in range(3):
        await trio.sleep(0.01)  # @mark guest sleep
        print("trio", number)
    return "trio is done"


async def asyncio_main():
    done = asyncio.get_running_loop().create_future()
    trio.lowlevel.start_guest_run(
        trio_main,
        run_sync_soon_threadsafe=asyncio.get_running_loop().call_soon_threadsafe,
        done_callback=done.set_result,
    )
    outcome = await done
    print(outcome.unwrap())


if __name__ == "__main__":
    asyncio.run(asyncio_main())
