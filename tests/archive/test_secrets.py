"""What looks like a secret does not get into a dump."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from stepdbg.archive.secrets import looks_secret, mask_text, mask_words
from stepdbg.archive.shapes import LEFT_OUT
from tests.archive.dumps import dump_of
from tests.harness import debugging

SECRET = (
    "password", "PASSWORD", "db_password", "dbPassword", "passwd", "pwd", "user_pwd", "secret",
    "client_secret", "token", "accessToken", "ACCESS_TOKEN", "tokens", "api_key", "apiKey",
    "key", "private_key", "aws_secret_access_key", "credentials", "auth", "Authorization", "cookie",
    "APIKEY", "session_id", "passphrase", "x-api-key",
)  # fmt: skip
PLAIN = (
    "number", "author", "keyboard", "monkey", "passed", "bypass", "compass", "pinned", "spinning",
    "authors", "path", "host", "session", "tasks", "keyed",
)  # fmt: skip


@pytest.mark.parametrize("name", SECRET)
def test_names_that_look_secret(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", PLAIN)
def test_names_that_do_not(name: str) -> None:
    assert not looks_secret(name)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("{'host': 'a', 'password': 'hunter2', 'n': 1}", "{'host': 'a', 'password': ***, 'n': 1}"),
        ("{'password': 'hun\\'ter, 2', 'n': 1}", "{'password': ***, 'n': 1}"),
        ("Config(api_key='x', size=3)", "Config(api_key=***, size=3)"),
        ("Config(keys=[1, 2, {3: 4}], size=3)", "Config(keys=***, size=3)"),
        ("{'token': 'cut of", "{'token': ***"),
        ("[(b'Authorization', b'Bearer abcdefgh')]", "[(b'Authorization', ***)]"),
        ("'postgres://me:hunter2@host/db'", "'postgres://***@host/db'"),
        ("'Bearer abcdefghijkl'", "'***'"),
        ("'ghp_0123456789abcdefghij'", "'***'"),
        ("{'author': 'me', 'n': 1}", "{'author': 'me', 'n': 1}"),
        ("[1, 2, 3]", "[1, 2, 3]"),
        ("password=hunter2\nnext=1", "password=***\nnext=1"),
        ("KeyError: 'coffee'", "KeyError: 'coffee'"),
        ("", ""),
    ],
)
def test_masking_inside_values(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def test_masking_on_the_command_line() -> None:
    words = ("python", "-m", "app", "--token", "abc", "--password=x", "TOKEN=y", "--port", "80")
    masked = (
        "python",
        "-m",
        "app",
        "--token",
        "***",
        "--password=***",
        "TOKEN=***",
        "--port",
        "80",
    )
    assert mask_words(words) == masked


def test_secrets_of_a_program_stay_out_of_its_dump(tmp_path: Path) -> None:
    with debugging("dumped") as dbg:
        dbg.do(f"break dumped.py:{dbg.line('here')}")
        dbg.go("continue", kind="breakpoint")
        dumped = dump_of(dbg, tmp_path / "masked")
        dumped.interpreter.feed("task waiter#2")
        assert dumped.text("p api_key") == "***"
        assert "'password': ***, 'port': 5432" in dumped.text("locals settings")
        open_text = dump_of(dbg, tmp_path / "open", mask=False).inspector
        assert "k-123456" in str(open_text.picture.pictures)
        # The program's source says it, too: only values can be masked.
        assert "k-123456" not in str(dumped.inspector.picture.pictures)


def test_without_values(tmp_path: Path) -> None:
    with debugging("dumped") as dbg:
        dbg.do(f"break dumped.py:{dbg.line('here')}")
        dbg.go("continue", kind="breakpoint")
        dumped = dump_of(dbg, tmp_path / "bare", values=False)
        assert LEFT_OUT in dumped.text("locals rows")
        assert dumped.text("whatis rows") == "list"
        text = gzip.decompress((tmp_path / "bare").read_bytes()).decode()
        assert "[1, 2, 3]" not in text.replace("rows = [1, 2, 3]", "")
