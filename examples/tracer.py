"""A program that watches its own scheduler, through an Instrument with all nine hooks.

Trio calls an instrument's methods at nine kinds of moments.  This one prints a line for
each, so the output is a complete diary of the loop: tasks spawned, scheduled, stepped and
exited, and the waits in between.

The debugger watches through an instrument, too.  Both work side by side: under stepdbg
this diary has the same lines in the same order.
"""

import trio
from trio.lowlevel import Task


class Tracer(trio.abc.Instrument):
    """Prints one line for every event of the loop."""

    def before_run(self) -> None:
        """Before anything else."""
        print("run begins")

    def task_spawned(self, task: Task) -> None:
        """A task has been created; it has not run yet."""
        print(f"  spawned    {task.name}")

    def task_scheduled(self, task: Task) -> None:
        """A task became runnable and joined the run queue."""
        print(f"  scheduled  {task.name}")

    def before_task_step(self, task: Task) -> None:
        """A task is about to run until it next suspends."""
        print(f"  step of    {task.name}")

    def after_task_step(self, task: Task) -> None:
        """It has suspended, or it is finished."""
        print(f"  step ended {task.name}")

    def task_exited(self, task: Task) -> None:
        """A task has finished."""
        print(f"  exited     {task.name}")

    def before_io_wait(self, timeout: float) -> None:
        """The loop is about to wait; a timeout of 0 only has a quick look at the sockets."""
        print("wait begins" if timeout else "a quick look for I/O")

    def after_io_wait(self, timeout: float) -> None:
        """The wait is over."""
        if timeout:
            print("wait is over")

    def after_run(self) -> None:
        """After everything else."""
        print("run is over")


async def child(name: str, seconds: float) -> None:
    """Sleep once."""
    print(f"{name}: going to sleep")
    await trio.sleep(seconds)
    print(f"{name}: awake")


async def parent() -> None:
    """Start two children with different naps, so that they wake one after the other."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(child, "short nap", 0.1)
        nursery.start_soon(child, "long nap", 0.3)


if __name__ == "__main__":
    trio.run(parent, instruments=[Tracer()])
