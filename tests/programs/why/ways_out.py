"""A task waits, and something ends that: the first argument says what.

Each way is a function that is given what would end the wait.  What it returns is carried out, or
awaited, after `here`; until then nothing but what the way keeps leads to it.
"""

import contextvars
import functools
import gc
import math
import os
import signal
import sys
import threading
import types
import weakref

import trio
import trio.testing


def here():
    pass


async def look():
    """Call `here` when all tasks wait, and let them go on with what waits for that."""
    await trio.testing.wait_all_tasks_blocked()
    here()
    looked.set()


looked = trio.Event()


class Box:
    """Anything that has the event."""

    def __init__(self, event):
        self.event = event


class SetsAtItsEnd(Box):
    def __del__(self):
        self.event.set()


kept = []
variable = contextvars.ContextVar("variable")
local = threading.local()


# Ways that look through nothing but references


def a_global(event):
    kept.append(event)
    return lambda: kept.pop().set()


def an_attribute(event):
    return Box(event).event.set


def a_computed_name(event):
    box = Box(event)
    return lambda: getattr(box, "ev" + "ent").set()


def deep_down(event):
    kept.append([{"a": [{"b": (Box(Box(event)),)}]}])
    return lambda: kept.pop()[0]["a"][0]["b"][0].event.event.set()


def a_closure(event):
    def sets():
        event.set()

    return sets


def a_default(event):
    def sets(event=event):
        event.set()

    return sets


def an_attribute_of_a_class(event):
    Box.shared = event

    def sets():
        Box.shared.set()
        del Box.shared

    return sets


def a_module(event):
    module = types.ModuleType("made_up")
    module.event = event
    return lambda: module.event.set()


def a_partial(event):
    return functools.partial(trio.Event.set, event)


def an_iterator_in_c(event):
    steps = map(trio.Event.set, iter([event]))
    return lambda: next(steps)


def a_builtin_method(event):
    take = [event].pop
    return lambda: take().set()


def an_exception(event):
    error = ValueError(event)
    return lambda: error.args[0].set()


def a_generator(event):
    def sets():
        yield
        event.set()

    running = sets()
    next(running)
    return lambda: next(running, None)


def a_context_variable(event):
    variable.set(event)
    return lambda: variable.get().set()


def a_copied_context(event):
    context = contextvars.copy_context()
    context.run(variable.set, event)
    return lambda: context[variable].set()


def a_thread_local(event):
    local.event = event

    def sets():
        local.event.set()
        del local.event

    return sets


def a_weak_reference(event):
    known = weakref.ref(event)
    return lambda: known().set()


def a_weak_dictionary(event):
    known = weakref.WeakValueDictionary(event=event)
    return lambda: known["event"].set()


def a_proxy(event):
    known = weakref.proxy(event)
    return lambda: known.set()


def a_finalizer(event):
    box = Box(None)
    weakref.finalize(box, event.set)
    return Dropped([box])


def the_garbage_collector(event):
    box = SetsAtItsEnd(event)
    box.itself = box
    return gc.collect


def a_callback_of_a_weak_reference(event):
    box = Box(None)
    kept.append(weakref.ref(box, lambda _: event.set()))
    return Dropped([box])


class Dropped:
    """Drops what it has when it is called."""

    def __init__(self, things):
        self.things = things

    def __call__(self):
        self.things.clear()


def a_timer(event):
    token = trio.lowlevel.current_trio_token()
    threading.Timer(0.2, token.run_sync_soon, [event.set]).start()
    return


def a_thread_with_a_token(event):
    token = trio.lowlevel.current_trio_token()
    go = threading.Event()

    def work(event):
        go.wait()
        trio.from_thread.run_sync(event.set, trio_token=token)

    threading.Thread(target=work, args=[event]).start()
    return go.set


def a_signal_handler(event):
    signal.signal(signal.SIGUSR1, lambda *_: event.set())

    def sends():
        os.kill(os.getpid(), signal.SIGUSR1)
        signal.signal(signal.SIGUSR1, signal.SIG_DFL)

    return sends


def an_instrument(event):
    class Sets(trio.abc.Instrument):
        armed = False

        def after_task_step(self, _):
            if self.armed:
                event.set()
                trio.lowlevel.remove_instrument(self)

    instrument = Sets()
    trio.lowlevel.add_instrument(instrument)
    return lambda: setattr(instrument, "armed", True)


def a_system_task(event):
    async def sets(event):
        await looked.wait()
        event.set()

    trio.lowlevel.spawn_system_task(sets, event)
    return


def a_wait_of_two(event):
    """Somebody waits for the same, and sets it when he is cancelled."""
    scope = trio.CancelScope()

    async def waits(event):
        with scope:
            await event.wait()
        event.set()

    trio.lowlevel.spawn_system_task(waits, event)
    return scope.cancel


def the_dict_of_what_has_it(event):
    return functools.partial(lambda names: names["event"].set(), vars(Box(event)))


def a_buffer(event):
    send, receive = trio.open_memory_channel(1)
    send.send_nowait(event)
    return lambda: receive.receive_nowait().set()


# Ways by variables that the code still reads, in some way


async def by_a_loop(event):
    for turn in range(2):
        if turn == 1:
            event.set()
        else:
            await looked.wait()


async def by_a_finally(event):
    try:
        await looked.wait()
    finally:
        event.set()


async def by_a_handler(event):
    try:
        with trio.fail_after(math.inf) as scope:
            await looked.wait()
            scope.deadline = -math.inf
            await trio.sleep_forever()
    except trio.TooSlowError:
        event.set()


async def by_eval(event):
    await looked.wait()
    eval("event").set()


async def by_locals(event):
    await looked.wait()
    locals()["event"].set()


async def by_its_frame(event):
    await looked.wait()
    sys._getframe().f_locals["event"].set()


async def by_an_inner_function(event):
    def sets():
        event.set()

    await looked.wait()
    sets()


async def by_its_caller(event):
    async def inner(unread):
        await looked.wait()

    await inner(event)
    event.set()


async def by_the_value_stack(event):
    async def nothing():
        await looked.wait()

    def sets(event, _):
        event.set()

    only = [event]
    del event
    sets(only.pop(), await nothing())


async def by_a_bound_method(event):
    sets = event.set
    del event
    await looked.wait()
    sets()


async def by_an_async_generator(event):
    async def steps():
        yield
        event.set()
        yield

    running = steps()
    await anext(running)
    await looked.wait()
    await anext(running)
    await running.aclose()


# Ways by what runs when a variable ends that nobody reads


async def by_del(unread):
    await looked.wait()


async def by_the_end_of_a_generator(unread):
    await looked.wait()


def closing(event):
    try:
        yield
    finally:
        event.set()


# What else ends a wait


async def waiter(event):
    await event.wait()  # @mark waits


async def begin(nursery, which):
    """Let a task wait, and find a way to end that; nothing else leads to the event."""
    event = trio.Event()
    nursery.start_soon(waiter, event)
    way = globals()[which]
    if which == "by_del":
        nursery.start_soon(way, [SetsAtItsEnd(event)])
    elif which == "by_the_end_of_a_generator":
        running = closing(event)
        next(running)
        nursery.start_soon(way, running)
    elif which.startswith("by_"):
        nursery.start_soon(way, event)
    else:
        return way(event)
    return None


async def main():
    async with trio.open_nursery() as nursery:
        then = await begin(nursery, sys.argv[1])
        await look()
        if then is not None:
            then()


if __name__ == "__main__":
    trio.run(main)
