"""What a run and its copies say to each other through a pipe.

Owns: the form of a message: its length in four bytes, and JSON.  Does not own: what they say.
"""

from __future__ import annotations

from typing import Any

from stepdbg.model.standard import json, os

Message = dict[str, Any]


def send(descriptor: int, message: Message) -> None:
    """Write a message.  Raises `OSError` where nobody reads any more."""
    body = json.dumps(message).encode()
    left = len(body).to_bytes(4, "big") + body
    while left:
        left = left[os.write(descriptor, left) :]


def receive(descriptor: int) -> Message | None:
    """Wait for a message; None where nobody writes any more."""
    head = _read(descriptor, 4)
    body = None if head is None else _read(descriptor, int.from_bytes(head, "big"))
    if body is None:
        return None
    message: Message = json.loads(body)
    return message


def _read(descriptor: int, size: int) -> bytes | None:
    found = b""
    while len(found) < size:
        more = os.read(descriptor, size - len(found))
        if not more:
            return None
        found += more
    return found
