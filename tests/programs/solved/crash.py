"""A weather page: three stations are read at once, and one of them takes all down with it."""

import trio

ANSWERS = {
    "harbour": ("12.5", "12.7", "12.9"),
    "hill": ("9.1", "9.0", "n/a"),
    "wood": ("10.0", "10.2", "10.1"),
}


async def answers_of(station):
    """What a station says, one reading after the other."""
    for text in ANSWERS[station]:
        await trio.sleep(0.001)
        yield text


def parsed(text):
    """A reading in degrees."""
    return float(text)


async def read(station, page):
    """Put the mean of a station's readings on the page."""
    readings = []
    async for text in answers_of(station):
        readings.append(parsed(text))
    page[station] = sum(readings) / len(readings)


async def keep_alive(page):
    """Look now and then whether the page is complete."""
    while len(page) < len(ANSWERS):
        await trio.sleep(0.01)


async def main():
    page = {}
    async with trio.open_nursery() as nursery:
        for station in ANSWERS:
            nursery.start_soon(read, station, page)
        nursery.start_soon(keep_alive, page)
    for station, mean in page.items():
        print(f"{station}: {mean:.1f} degrees")


if __name__ == "__main__":
    trio.run(main)
