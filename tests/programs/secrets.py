"""A password that is in everything a dump tells of: names, messages, notes, words, its own source."""

import threading

import trio


class Vault:
    password = "hunter2"

    def open(self, *words: str) -> None:
        print(*words)


async def fetch(argv: list[str], vault: Vault) -> None:
    pairs = {("db", "password"): Vault.password}
    try:
        await trio.sleep(0)
        raise KeyError(f"token={vault.password}")
    except KeyError as error:
        failure = ValueError(f"cannot log in with password={vault.password}")
        failure.add_note(f"Authorization: Basic {vault.password}")
        raise failure from error  # @mark here
    finally:
        del pairs


async def cancelled(reason: str) -> None:
    with trio.CancelScope() as scope:
        scope.cancel(reason=reason)
        await trio.sleep_forever()


async def main() -> None:
    vault = Vault()
    argv = ["--password", vault.password, "--url", f"https://u:{vault.password}@host"]
    threading.current_thread().name = f"token={vault.password}"
    async with trio.open_nursery() as nursery:
        nursery.start_soon(cancelled, f"token {vault.password!r} is old")
        await trio.sleep(0)
        nursery.start_soon(fetch, argv, vault, name=f"fetch https://u:{vault.password}@host")


if __name__ == "__main__":
    trio.run(main)
