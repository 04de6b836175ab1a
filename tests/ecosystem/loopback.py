"""The other side, for programs that are paused: a crowd of clients, and a site to crawl.

Owns: what is sent over loopback, and noting what came back.
"""

from __future__ import annotations

import http.client
import http.server
import json
import threading
import time
from types import TracebackType
from typing import Self

PATIENCE = 60.0


class _Counted:
    """A count that can be waited for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def one_more(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def now(self) -> int:
        return self._count

    def wait_for(self, number: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._count >= number, PATIENCE), self._count


class Load:
    """Eight clients, each with one connection, that ask a server without a rest.

    A ninth takes its time from one question to the next.
    """

    CLIENTS = 8
    ROUNDS = 8

    def __init__(self, port: int) -> None:
        self._port = port
        self._answers = _Counted()
        self._notes: list[list[str]] = [[] for _ in range(self.CLIENTS + 1)]
        self._threads = [
            threading.Thread(target=self._client, args=(number,)) for number in range(self.CLIENTS)
        ]
        self._ninth = threading.Thread(target=self._unhurried)
        self._over = threading.Event()
        self.wait_for = self._answers.wait_for
        self.answers = self._answers.now

    def __enter__(self) -> Self:
        for thread in [self._ninth, *self._threads]:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for thread in self._threads:
            thread.join(PATIENCE)
        self._over.set()
        self._ninth.join(PATIENCE)

    def transcript(self) -> list[str]:
        """What each client was answered, in its order."""
        return [line for notes in self._notes for line in notes]

    def _client(self, number: int) -> None:
        notes = self._notes[number]
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            connection.connect()
            begun_with = connection.sock
            for turn in range(self.ROUNDS):
                for method, path, body in self._requests(number, turn):
                    connection.request(method, path, body)
                    answer = connection.getresponse()
                    notes.append(f"{path} {answer.status} {_shown(answer)}")
                    self._answers.one_more()
            notes.append(f"one connection: {connection.sock is begun_with}")
        except (OSError, http.client.HTTPException) as error:
            notes.append(repr(error))
        finally:
            connection.close()

    def _unhurried(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        connection.connect()
        begun_with, answers = connection.sock, set()
        while not self._over.wait(0.3):
            connection.request("GET", "/unhurried")
            answers.add(_shown(connection.getresponse()))
        self._notes[-1] = [f"one connection: {connection.sock is begun_with}", *answers]
        connection.close()

    @staticmethod
    def _requests(number: int, turn: int) -> list[tuple[str, str, bytes | None]]:
        many = 1000 * number + turn
        return [
            ("GET", f"/echo/{many}", None),
            ("GET", f"/slow/{many}", None),
            ("POST", "/sum", bytes([number, turn]) * 5000),
            ("GET", "/stream", None),
            ("GET", "/fails", None),
        ]


def _shown(answer: http.client.HTTPResponse) -> str:
    body = answer.read()
    if answer.getheader("content-type") == "application/json":
        return json.dumps(json.loads(body), sort_keys=True)
    return repr(body)


class Crawled:
    """A site of sixty pages on a port of this machine; one of its pages never comes."""

    PAGES = 60

    def __init__(self) -> None:
        self._asked = _Counted()
        self._paths: list[str] = []
        self._leaving = threading.Event()
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - so, too
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.wait_for = self._asked.wait_for
        self.requests = self._asked.now

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,)).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leaving.set()
        self._server.shutdown()
        self._server.server_close()

    def transcript(self) -> list[str]:
        """The paths that were asked for."""
        return sorted(self._paths)

    def _answer(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        self._paths.append(handler.path)
        self._asked.one_more()
        _, kind, name = handler.path.split("/")
        if kind == "never":
            self._leaving.wait(PATIENCE)
            return
        time.sleep(0.05)
        number = int(name)
        links = [f"/page/{next_}" for next_ in (2 * number, 2 * number + 1) if next_ <= self.PAGES]
        links += {7: ["/never/0"], 9: ["/moved/5"], 11: ["/page/404"]}.get(number, [])
        page = "".join(f'<a href="{link}">x</a>' for link in links).encode().ljust(2000)
        handler.send_response({"moved": 302}.get(kind, 404 if number == 404 else 200))
        if kind == "moved":
            handler.send_header("Location", f"/page/{number}")
        handler.send_header("Content-Length", str(len(page)))
        handler.end_headers()
        handler.wfile.write(page)
