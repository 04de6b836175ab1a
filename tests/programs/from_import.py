"""`run` taken out of Trio by name, before anything runs."""

from trio import run
from trio.lowlevel import checkpoint


async def main():
    await checkpoint()  # @mark checkpoint
    return "ran"


if __name__ == "__main__":
    print(run(main))
