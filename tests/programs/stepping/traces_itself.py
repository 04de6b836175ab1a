"""Has a trace function of its own for one function."""

import sys

import trio

events = []


def note(frame, event, arg):
    if frame.f_code is not work.__code__:
        return None
    events.append(event)
    return note


def work(number):
    doubled = 2 * number  # @mark traced
    return doubled


async def main():
    await trio.lowlevel.checkpoint()
    sys.settrace(note)
    work(1)
    sys.settrace(None)
    print(events)


trio.run(main)
