"""A page in a real Chromium without a window, over its debugging pipe.

Owns: `Page`, `shown`.  Does not own: what a page is asked.

No library is needed: Chromium reads JSON on descriptor 3 and writes it on 4, each message with a
NUL behind it (the Chrome DevTools Protocol, ``--remote-debugging-pipe``).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 120.0
"""Seconds to wait for an answer; a machine may have much else to do."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Page:
    """One page.  `problems` holds what it has written to its console, and errors."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._rest = b""
        self._number = 0
        self._session = ""
        self._happened: list[str] = []
        self.problems: list[str] = []

    def open(self, address: str) -> None:
        """Show a page, and wait until it is there."""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=1200, height=700, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip
        self.ask("Page.navigate", url=address)
        while "Page.loadEventFired" not in self._happened:
            self._take(self._message())

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        """Send a command and wait for its answer."""
        self._number += 1
        message: dict[str, object] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self._take(answer)

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript gives, a promise when it is kept."""
        answer = self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def drawn(self) -> None:
        """Wait until it has drawn what it was asked for so far."""
        self.value("new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))")

    def mouse(self, kind: str, x: float, y: float, **more: object) -> None:
        """One event of the mouse."""
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click(self, x: float, y: float) -> None:
        """Click with the left button."""
        self.mouse("mouseMoved", x, y)
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1)

    def dark(self, wanted: bool) -> None:
        """Be a reader who likes it dark, or light."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if wanted else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.drawn()

    def _take(self, event: dict[str, Any]) -> None:
        method, params = event.get("method", ""), event.get("params", {})
        self._happened.append(method)
        if method == "Runtime.exceptionThrown":
            self.problems.append(str(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.problems.append(str(params["args"]))
        elif method == "Log.entryAdded":
            self.problems.append(str(params["entry"]))

    def _message(self) -> dict[str, Any]:
        end = time.monotonic() + PATIENCE
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._reading], [], [], max(end - time.monotonic(), 0))
            assert ready, "Chromium does not answer"
            more = os.read(self._reading, 1 << 16)
            assert more, "Chromium has gone"
            self._rest += more
        first, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(first)
        return message


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no Chromium here: none of {', '.join(NAMES)} is on the path")
    return found


@contextlib.contextmanager
def shown(what: Path | str, profile: Path) -> Iterator[Page]:
    """A file, or what is at an address, in a browser.

    profile: a folder for what the browser keeps.
    """
    command = [
        _chromium(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--remote-debugging-pipe", f"--user-data-dir={profile}",
    ]  # fmt: skip
    theirs, ours = _pipe()
    back, their_end = _pipe()

    def arrange() -> None:
        os.dup2(theirs, 3)
        os.dup2(their_end, 4)

    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=arrange,
        pass_fds=(3, 4),
    )
    try:
        os.close(theirs)
        os.close(their_end)
        page = Page(back, ours)
        page.open(what if isinstance(what, str) else what.as_uri())
        yield page
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(back)


def _pipe() -> tuple[int, int]:
    """A pipe whose descriptors are none of those that the browser expects its own at."""
    ends = os.pipe()
    reading, writing = (fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends)
    for end in ends:
        os.close(end)
    return reading, writing
