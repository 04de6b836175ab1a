"""Statements over several lines, each of which runs twice or as its comment says."""

import trio


def give(*args, **options):
    return args[0] if args else options


async def wait(value):
    await trio.lowlevel.checkpoint()
    return value


def recurse(depth):
    return depth and recurse(  # @mark recursion 3
        depth - 1,
    )


def returns(value):
    return give(  # @mark return 2
        value,
        1,
    )


def raises():
    raise ValueError(  # @mark raise 2
        "a",
        give("b"),
    )


async def once(n):
    a = give(  # @mark call 2
        n,
        key=give(
            n,
        ),
    )
    b = await wait(  # @mark await 2
        a,
    )
    c = {  # @mark display 2
        "a": give(b),
        "b": give(n),
    }
    d = (  # no code of its own but the last addition's
        give(1)
        + give(2)
    )
    e = give(a).bit_length() + give(  # @mark sum 2
        b,
    )
    give(give(  # @mark nested 2
        c)); give(  # noqa: E702
            d)
    f = give(a if n else  # @mark ternary 2
             b,
             e)
    assert give(  # @mark assert 2
        True,
    ), "never"
    if give(  # @mark if 2
        f,
    ) or give(1):
        give(2)
    with give(  # @mark with 4
        trio.CancelScope(),
    ):
        give(3)
    try:
        raises()
    except ValueError:
        give(4)
    returns(
        n,
    )
    for _ in give(  # @mark for 6
        (1, 2),
    ):
        give(5)
    while give(  # @mark while 4
        n < 3,
    ):
        n += 5


async def main():
    for n in range(2):
        await once(n)
    recurse(2)


# fmt: off
trio.run(main)
