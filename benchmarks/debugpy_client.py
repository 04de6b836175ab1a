"""A program under debugpy with one breakpoint, as an editor would start it.

Owns: the few messages of the Debug Adapter Protocol that this takes.
Does not own: what is measured (`breakpoints`).
"""

from __future__ import annotations

import itertools
import json
import socket
import subprocess
import sys
import time
from io import BufferedRWPair

_PATIENCE = 30.0


class Editor:
    """The client's side of a connection."""

    def __init__(self, stream: BufferedRWPair) -> None:
        self._stream = stream
        self._numbers = itertools.count(1)

    def ask(self, command: str, arguments: dict[str, object]) -> None:
        """Send a request."""
        message = {
            "seq": next(self._numbers),
            "type": "request",
            "command": command,
            "arguments": arguments,
        }
        body = json.dumps(message).encode()
        self._stream.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._stream.flush()

    def read(self) -> dict[str, object] | None:
        """The next message; None at the end."""
        length = 0
        while (line := self._stream.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        found: dict[str, object] = json.loads(self._stream.read(length)) if length else {}
        return found or None

    def wait_for(self, kind: str, name: str) -> None:
        """Read up to a response or an event."""
        while (message := self.read()) is not None:
            if message.get({"event": "event", "response": "command"}[kind]) == name:
                return
        raise ConnectionError(f"debugpy ended before {name}")


def run(words: list[str], line: int, condition: str) -> str:
    """Run a program with a breakpoint on a line of it; returns what it prints."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    listening = ["-m", "debugpy", "--listen", f"127.0.0.1:{port}", "--wait-for-client"]
    child = subprocess.Popen(
        [sys.executable, "-Xfrozen_modules=off", *listening, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with _connected(port) as connection:
        editor = Editor(connection.makefile("rwb"))
        editor.ask("initialize", {"adapterID": "benchmark", "pathFormat": "path"})
        editor.wait_for("response", "initialize")
        editor.ask("attach", {"justMyCode": True})
        editor.wait_for("event", "initialized")
        wish = {"line": line, **({"condition": condition} if condition else {})}
        editor.ask("setBreakpoints", {"source": {"path": words[0]}, "breakpoints": [wish]})
        editor.wait_for("response", "setBreakpoints")
        editor.ask("configurationDone", {})
        editor.wait_for("event", "terminated")
        editor.ask("disconnect", {})
        return child.communicate(timeout=600)[0]


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            made = socket.create_connection(("127.0.0.1", port))
            # While nobody listens there, the kernel may connect a socket to itself.
            if made.getsockname() != made.getpeername():
                return made
            made.close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
