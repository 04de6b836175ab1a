import trio, sys
async def worker(number, channel):
    rows = [number, str(number)]
    state = {"n": number, "name": f"worker {number}"}
    async with channel:
        async for item in channel:
            rows.append(item)
async def main(count):
    async with trio.open_nursery() as nursery:
        send, receive = trio.open_memory_channel(0)
        for number in range(count):
            nursery.start_soon(worker, number, receive.clone())
        await trio.testing.wait_all_tasks_blocked()
        import time
        done = True  # @mark here
        nursery.cancel_scope.cancel()
import trio.testing
trio.run(main, int(sys.argv[1]))
