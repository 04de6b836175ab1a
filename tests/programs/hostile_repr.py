"""Objects whose picture is a trap; all of them are locals of the main task."""

import trio


class Raises:
    def __repr__(self):
        raise RuntimeError("no picture of me")


class NeverEnds:
    def __repr__(self):
        while True:
            pass


class Megabytes:
    def __repr__(self):
        return "x" * 5_000_000


class Escapes:
    def __repr__(self):
        return "\x1b[31mred\x1b]0;title\x07 bell\x07 back\b\b null\0 next\x9bm"


class NotAString:
    def __repr__(self):
        return 42


class Exits:
    def __repr__(self):
        raise SystemExit("leave")


class Deep:
    def __repr__(self):
        return repr(self)


class LyingClass:
    @property
    def __class__(self):
        raise RuntimeError("no class either")


async def main():
    raises = Raises()
    never_ends = NeverEnds()
    megabytes = Megabytes()
    escapes = Escapes()
    not_a_string = NotAString()
    exits = Exits()
    deep = Deep()
    lying = LyingClass()
    itself = []
    itself.append(itself)
    nested = [raises, {"key": escapes}, (megabytes,)]
    long_list = list(range(100_000))
    wide_text = "y" * 100_000
    await trio.lowlevel.checkpoint()  # @mark all set
    everything = (raises, never_ends, megabytes, escapes, not_a_string, exits, deep, lying)
    print(len(everything), len(itself), len(nested), len(long_list), len(wide_text))


if __name__ == "__main__":
    trio.run(main)
