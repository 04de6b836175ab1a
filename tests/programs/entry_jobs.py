"""A call from the run's entry queue, in which one may stop, while other calls wait there."""

import trio

done = []


def fails():
    raise ValueError("from a job")


def job(token):
    done.append("job")  # @mark job


async def answer():
    await trio.sleep(0.01)
    return 41


async def main():
    token = trio.lowlevel.current_trio_token()
    token.run_sync_soon(job, token)
    try:
        await trio.sleep(1000)
    finally:
        print(done)


if __name__ == "__main__":
    trio.run(main)
