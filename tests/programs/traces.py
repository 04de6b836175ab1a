"""Tells what a debugger may have left behind: handlers, hooks, the clock, terminal modes."""

import os
import signal
import sys
import termios
import threading

import trio


def state() -> list[str]:
    handler = signal.getsignal(signal.SIGINT)
    wakeup = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(wakeup)
    modes = "none"
    if os.isatty(0):
        modes = str(termios.tcgetattr(0)[:4])
    return [
        f"handler {getattr(handler, '__qualname__', handler)}",
        f"wakeup {wakeup == -1}",
        f"trace {sys.gettrace()} {threading.gettrace()} {sys.getprofile()}",
        f"hooks {sys.breakpointhook is sys.__breakpointhook__}",
        f"hooks {sys.excepthook is sys.__excepthook__}",
        f"modes {modes}",
    ]


def clock() -> list[str]:
    from trio._core import _run

    runner = _run.GLOBAL_RUN_CONTEXT.runner
    names = [type(runner.clock).__name__, type(runner.runq).__name__]
    names += [type(each).__name__ for each in runner.instruments.data["_all"]]
    return [*names, str(_run.Runner.task_exited.__module__)]


async def main() -> None:
    await trio.lowlevel.checkpoint()
    await trio.sleep(0.01)  # @mark here
    await trio.lowlevel.checkpoint()
    print("inside", *clock(), *state(), sep="\n")
    if sys.argv[1:] == ["crash"]:
        raise ValueError("crash")


before = state()
try:
    trio.run(main)
finally:
    after = state()
    print("after", *after, sep="\n")
