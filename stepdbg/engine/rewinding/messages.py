"""The messages that a run and its copies send each other through a pipe.

Owns: the form of a message: JSON, as a piece of `model.framed`.  Does not own: what they say.
"""

from __future__ import annotations

from typing import Any

from stepdbg.model import framed
from stepdbg.model.standard import json

Message = dict[str, Any]


def send(descriptor: int, message: Message) -> None:
    """Write a message.  Raises `OSError` if the other end of the pipe is closed."""
    framed.write(descriptor, json.dumps(message).encode())


def receive(descriptor: int) -> Message | None:
    """Wait for a message; None if the other end of the pipe is closed."""
    body = framed.read(descriptor)
    if body is None:
        return None
    message: Message = json.loads(body)
    return message
