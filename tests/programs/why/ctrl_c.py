"""Waits for ever, steps for ever, or hogs the loop: the first argument says which."""

import _thread
import functools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from os import kill as k

import trio


async def idle():
    print("up", 1 + 1, flush=True)
    await trio.sleep_forever()


async def steps():
    print("up", 1 + 1, flush=True)
    while True:
        await trio.lowlevel.checkpoint()


async def hogs():
    print("up", 1 + 1, flush=True)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        pass  # @mark hogs


async def naps():
    print("up", 1 + 1, flush=True)
    time.sleep(20)


async def accepts():
    """In a call into C that a library makes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print("up", 1 + 1, flush=True)
        server.accept()


async def own_handler():
    signal.signal(signal.SIGINT, lambda *_: os.write(1, b"mi" + b"ne\n"))
    print("up", 1 + 1, flush=True)
    await trio.sleep(1.5)


async def sends(how):
    """Send SIGINT to this very process, which Trio then raises in this task."""
    print("up", 1 + 1, flush=True)
    try:
        how()
        await trio.sleep(0)
    except KeyboardInterrupt:
        print("the program", "has got it", flush=True)


class Sender:
    def __init__(self):
        self.process = os.getpid()

    def send(self, number):
        os.kill(self.process, number)


def by_thread():
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)


def under_another_name():
    k(os.getpid(), signal.SIGINT)


async def own_kill():
    await sends(lambda: os.kill(os.getpid(), signal.SIGINT))


async def own_other_name():
    await sends(under_another_name)


async def own_method():
    await sends(functools.partial(Sender().send, signal.SIGINT))


async def own_many():
    arguments = os.getpid(), signal.SIGINT
    await sends(lambda: [os.kill(*arguments) for _ in range(1)])


async def own_group():
    await sends(lambda: os.killpg(os.getpgrp(), signal.SIGINT))


async def own_background():
    """Another process has the terminal, so no key reaches this one."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    with subprocess.Popen(["sleep", "60"], process_group=0) as child:
        os.tcsetpgrp(0, child.pid)
        try:
            await sends(lambda: getattr(os, "kill")(os.getpid(), signal.SIGINT))  # noqa: B009
        finally:
            os.tcsetpgrp(0, os.getpgrp())
            child.kill()


async def own_thread():
    await sends(by_thread)


async def own_interrupt_main():
    await sends(_thread.interrupt_main)


def by_a_loop(*ways):
    """The interpreter cannot know that the name is bound."""
    for way in ways:
        found = way
    found()


async def own_by_a_loop():
    await sends(functools.partial(by_a_loop, _thread.interrupt_main))


async def own_raised():
    await sends(lambda: signal.raise_signal(signal.SIGINT))


async def parent():
    """With a child in the terminal's group, which the key ends."""
    command = [sys.executable, "-c", "import time; print('born', flush=True); time.sleep(60)"]
    child = await trio.lowlevel.open_process(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # its traceback would stand in the prompt
    )
    await child.stdout.receive_some()
    print(f"child {child.pid}\nup", 1 + 1, flush=True)
    print("child ended:", await child.wait(), flush=True)


if __name__ == "__main__":
    trio.run(globals()[sys.argv[1]])
