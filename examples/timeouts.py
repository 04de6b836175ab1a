"""Timeouts inside timeouts, and a shield that lets a cleanup finish.

A cancel scope with a deadline cancels whatever runs inside it when its time is up.
`move_on_after` then goes on behind its block, `fail_after` raises `TooSlowError`.  A shield
keeps the cancellation of the scopes around it out.

Take your time at the prompt: the program's clock stands still while it is stopped, so no
timeout expires because you were reading.
"""

import trio


async def impatient() -> None:
    """The inner timeout is the shorter one, so only the inner block is left early."""
    with trio.move_on_after(10) as outer:
        with trio.move_on_after(0.1) as inner:
            await trio.sleep_forever()
        print("inner timeout expired:", inner.cancelled_caught)
    print("outer timeout expired:", outer.cancelled_caught)


async def strict() -> None:
    """`fail_after` turns a timeout into an exception."""
    try:
        with trio.fail_after(0.1):
            await trio.sleep_forever()
    except trio.TooSlowError:
        print("fail_after raised TooSlowError")


async def tidy() -> None:
    """The cleanup also waits, and would be cancelled at once without its shield."""
    with trio.move_on_after(0.1):
        try:
            await trio.sleep_forever()
        finally:
            # The shield has a deadline of its own: a cleanup must not hang for ever.
            with trio.move_on_after(5, shield=True) as cleanup:
                await trio.sleep(0.1)
                print("cleanup finished behind its shield")
            assert not cleanup.cancelled_caught
    print("and the timeout took effect after it")


async def main() -> None:
    """Run the three, one after the other."""
    await impatient()
    await strict()
    await tidy()


if __name__ == "__main__":
    trio.run(main)
