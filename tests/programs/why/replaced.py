"""Tasks that wait for what their lines do not name any more, or still do."""

import trio
import trio.testing


class Gate:
    def __init__(self):
        self.__hidden, self.asked = trio.Event(), 0
        self.opened, self.locks = trio.Event(), [trio.Lock(), trio.Lock()]
        self.send, self.receive = trio.open_memory_channel(0)

    async def hidden(self):
        await self.__hidden.wait()

    @property
    def computed(self):
        self.asked += 1
        return self.opened

    def change(self):
        self.__hidden = trio.Event()


async def of_an_attribute(gate):
    await gate.opened.wait()


async def set_already(gate):
    await gate.opened.wait()


async def gone(gate):
    await gate.opened.wait()


async def of_another_type(gate):
    await gate.opened.wait()


async def of_an_item(gate):
    async with gate.locks[0]:
        pass


async def of_the_module(gate):
    await everywhere.wait()


async def gone_through(gate):
    async for each in gate.receive:
        print(each)


async def waits_in_two_lines(gate):
    await (
        gate
        .opened
        .wait()
    )  # fmt: skip


async def closed_over(gate):
    event = trio.Event()

    def change():
        nonlocal event
        event = trio.Event()

    gate.change_event = change
    await event.wait()


async def the_same(gate):
    await gate.opened.wait()


async def called_for(gate):
    await opened_of(gate).wait()


async def in_a_variable(gate):
    opened = gate.opened
    await opened.wait()


async def by_an_own_function(gate):
    await wait(gate.opened)


async def wait(event):
    await event.wait()


async def of_a_property(gate):
    await gate.computed.wait()


def opened_of(gate):
    return gate.opened


def look():
    """Here what the lines name has changed."""


everywhere = trio.Event()


async def main():
    global everywhere
    names = (
        *(of_an_attribute, set_already, gone, of_another_type, of_an_item, of_the_module),
        *(gone_through, waits_in_two_lines, closed_over, the_same, called_for, in_a_variable),
        *(by_an_own_function, of_a_property),
    )
    gates = {function.__name__: Gate() for function in names}
    gates["hidden"] = Gate()
    for gate in gates.values():
        gate.locks[0].acquire_nowait()
    async with trio.open_nursery() as nursery:
        for function in names:
            nursery.start_soon(function, gates[function.__name__])
        nursery.start_soon(gates["hidden"].hidden)
        await trio.testing.wait_all_tasks_blocked()
        change(gates)
        everywhere = trio.Event()
        look()
        assert gates["of_a_property"].asked == 1, "code of the program has run"
        nursery.cancel_scope.cancel()


def change(gates):
    kept = gates["the_same"].opened
    for gate in gates.values():
        gate.old = gate.opened, gate.locks[0], gate.receive
        gate.opened, gate.locks[0] = trio.Event(), trio.Lock()
        gate.send_2, gate.receive = trio.open_memory_channel(0)
    gates["the_same"].opened = kept
    gates["set_already"].opened.set()
    gates["gone"].opened = None
    gates["of_another_type"].opened = trio.Lock()
    gates["closed_over"].change_event()
    gates["hidden"].change()


if __name__ == "__main__":
    trio.run(main)
