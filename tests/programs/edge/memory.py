"""Uses up its memory, passes a line, and frees it again."""

import resource

import trio


def fill() -> list[bytearray]:
    with open("/proc/self/statm") as file:
        size = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + (1 << 20), resource.RLIM_INFINITY))
    kept = []
    size = 1 << 20
    while size >= 64:
        try:
            kept.append(bytearray(size))
        except MemoryError:
            size //= 2
    return kept


def called(number: int) -> int:
    return number + 1  # @mark called


async def main() -> None:
    kept = fill()
    gone = 1  # @mark full
    gone = called(gone)  # @mark again
    del kept
    resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await trio.sleep(0)
    print("without", gone)


if __name__ == "__main__":
    trio.run(main)
