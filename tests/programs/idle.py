"""Waits for ever on I/O: a server on loopback that nobody ever calls."""

import trio


async def main():
    with trio.socket.socket() as listener:
        await listener.bind(("127.0.0.1", 0))
        listener.listen()
        print("listening", flush=True)
        await listener.accept()  # @mark accept


if __name__ == "__main__":
    trio.run(main)
