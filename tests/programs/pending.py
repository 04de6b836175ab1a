"""Tasks that wait while an exception of theirs has been raised; the case is the argument."""

import contextlib
import sys

import trio


class Leaving:
    """Whoever leaves it waits."""

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *exc: object) -> None:
        await trio.sleep_forever()


@contextlib.asynccontextmanager
async def managed(*, handles: bool):
    try:
        yield
    except LookupError:
        if not handles:
            raise
        await trio.sleep_forever()
    finally:
        await trio.sleep_forever()


def fail() -> None:
    raise LookupError("lost\nin the dark")  # @mark raised


async def finally_() -> None:
    try:
        fail()
    finally:
        await trio.sleep_forever()


async def nested_finally() -> None:
    try:
        fail()
    finally:
        for _ in range(2):
            with contextlib.suppress(KeyError):
                raise KeyError
        try:
            raise OSError("handled meanwhile")
        except OSError as error:
            kept = error
            await trio.sleep_forever()
            print(kept)


async def except_() -> None:
    try:
        fail()
    except OSError:
        pass
    except LookupError as error:
        print("saw", error.args)
        await trio.sleep_forever()


async def bare_except() -> None:
    try:
        fail()
    except:  # noqa: E722
        await trio.sleep_forever()


async def group() -> None:
    try:
        raise ExceptionGroup("several", [LookupError("one of them")])
    except* LookupError:
        await trio.sleep_forever()


async def aexit() -> None:
    async with Leaving():
        fail()


async def manager() -> None:
    async with managed(handles=False):
        fail()


async def manager_handles() -> None:
    async with managed(handles=True):
        fail()


async def generator() -> None:
    async def numbers():
        try:
            yield 1
            fail()
        finally:
            await trio.sleep_forever()

    async for _ in numbers():
        pass


async def handled_before() -> None:
    kept = []
    try:
        fail()
    except LookupError as error:
        kept.append(error)
        again = error
    await trio.sleep_forever()
    print(kept, again)


async def library() -> None:
    """Trio itself waits in ``except WouldBlock``."""
    _send, receive = trio.open_memory_channel[int](0)
    await receive.receive()


async def cancelled() -> None:
    with trio.CancelScope() as scope:
        scope.cancel()
        try:
            await trio.sleep_forever()
        finally:
            await shielded()


async def child() -> None:
    async def soon() -> None:
        fail()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(shielded)
        nursery.start_soon(soon)


async def block() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(shielded)
        await trio.sleep(0)
        fail()


async def shielded() -> None:
    with trio.CancelScope(shield=True):
        await over.wait()


async def lines() -> None:
    try:
        fail()
    except LookupError:
        plain()  # @mark handling
        try:
            raise
        finally:
            plain()  # @mark passing


def plain() -> None:
    print("here")  # @mark plain


async def main() -> None:
    async with trio.open_nursery() as nursery:
        nursery.start_soon(globals()[sys.argv[1]])
        try:
            await trio.sleep_forever()
        finally:
            over.set()


over = trio.Event()
trio.run(main)
