"""What looks like a secret does not get into a dump."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from trio._core import _run

from stepdbg.archive import masking
from stepdbg.archive.codec import known_types
from stepdbg.archive.masking import change_of, without_values_in
from stepdbg.archive.secrets import looks_secret, mask_source, mask_text, mask_words
from stepdbg.archive.shapes import LEFT_OUT
from stepdbg.model.hints import fields_of
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
        # Words in a row, as on a command line.
        ("['--password', 'hunter2', '--api-key=x']", "['--password', ***, '--api-key=***']"),
        ("['--password', '-hunter5', 'n']", "['--password', ***, 'n']"),
        ("('--token', '--password', 'x', '--n', '8')", "('--token', ***, '--n', '8')"),
        ("['sh', '-c', 'psql --password x -h y']", "['sh', '-c', 'psql --password *** -h y']"),
        ("argv=['--key', 'x'], n=1", "argv=['--key', ***], n=1"),
        # A text within a text: the mask stays inside of the quotes.
        ("['a=1&token=x&b=2', 'n']", "['a=1&token=***&b=2', 'n']"),
        ("""'{"password": "hunter2", "n": 1}'""", """'{"password": ***, "n": 1}'"""),
        ("""'{"password":"hunter2","n":1}'""", """'{"password":***,"n":1}'"""),
        (r"""'it\'s {"token": "a\'b", "n": 1}'""", r"""'it\'s {"token": ***, "n": 1}'"""),
        (r"b'Cookie: a=b; c=d\r\nHost: x'", r"b'Cookie: ***\r\nHost: x'"),
        # Other ways to give something a name.
        ("environ({'DB_PASSWORD': 'x', 'N': '1'})", "environ({'DB_PASSWORD': ***, 'N': '1'})"),
        ("{('db', 'password'): 'x', 'n': 1}", "{('db', 'password'): ***, 'n': 1}"),
        ("{'api key': 'x', 'n': 1}", "{'api key': ***, 'n': 1}"),
        ("{b'token': [b'a, ]b', 1], 'n': 1}", "{b'token': ***, 'n': 1}"),
        ("[{'name': 'password', 'value': 'x'}, 1]", "[{'name': 'password', ***}, 1]"),
        ("can't use password=hun,ter)2, user=bob", "can't use password=***, user=bob"),
        ("the password 'hunter2' is wrong", "the password *** is wrong"),
        # Known by what they look like.
        ("'postgres://u:p@ss@host/db'", "'postgres://***@host/db'"),
        ("'redis://:pw@host:1/0'", "'redis://***@host:1/0'"),
        ("fetch https://u:p@h", "fetch https://***@h"),
        ("http://h:80/a http://h/b?c=d", "http://h:80/a http://h/b?c=d"),
        ("{'password': ***, 'token': ***}", "{'password': ***, 'token': ***}"),
    ],
)
def test_masking_inside_values(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    ("words", "masked"),
    [
        ("app --token abc --password=x TOKEN=y --port 80",
         "app --token *** --password=*** TOKEN=*** --port 80"),
        ("app --password -hunter5 -v", "app --password *** -v"),
        ("app --token --password x -v", "app --token *** *** -v"),
        ("app https://me:x@host {'password':'x'}", "app https://***@host {'password':***}"),
        ("app --port 80 monkey=1", "app --port 80 monkey=1"),
    ],
)  # fmt: skip
def test_masking_on_the_command_line(words: str, masked: str) -> None:
    assert mask_words(words.split()) == tuple(masked.split())


@pytest.mark.parametrize(
    ("source", "masked"),
    [
        ('password = "hunter2"', "password = ***"),
        ("password: str | None = b'x'  # why", "password: str | None = ***  # why"),
        ('def f(token="abc", n=1):', "def f(token=***, n=1):"),
        ('x = {"password": "x", "n": "y"}', 'x = {"password": ***, "n": "y"}'),
        ('os.environ["TOKEN"] = f"{x}"', 'os.environ["TOKEN"] = ***'),
        ('if password == "hunter2":', "if password == ***:"),
        ('password = """a\nb"""\nn = 1', "password = ***\n\nn = 1"),
        ('key = (\n  "a"\n  "b"\n)', "key = (\n  ***\n\n)"),
        ("PIN = 1234", "PIN = ***"),
        ('url = "https://u:p@h/x"', 'url = "https://***@h/x"'),
        ('password = ask("x")', 'password = ask("x")'),
        ('def f(a, key):\n    """Doc."""', 'def f(a, key):\n    """Doc."""'),
        ('for key in "abc": token = 0', 'for key in "abc": token = 0'),
    ],
)
def test_masking_in_a_source(source: str, masked: str) -> None:
    assert mask_source(source) == masked
    assert mask_source(masked) == masked


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
        assert "k-123456" not in str(dumped.inspector.picture)
        assert dumped.inspector.changed_files() == ()


def test_no_text_of_the_program_gets_past_the_mask(tmp_path: Path) -> None:
    with debugging("secrets", stops_on_failure=True) as dbg:
        dbg.do("set record on")
        dbg.do(f"break secrets.py:{dbg.line('here')} if vault.password != 'hunter2'")
        dbg.go("continue", kind="failure")
        dbg.do("p vault.open('--password', 'hunter2')")
        dbg.do("send(password='hunter2')")
        dumped = dump_of(dbg, tmp_path / "masked")
        told = gzip.decompress((tmp_path / "masked").read_bytes()).decode()
        assert "hunter2" not in told, told[told.index("hunter2") - 200 :][:300]
        dump_of(dbg, tmp_path / "open", mask=False)
        assert "hunter2" in gzip.decompress((tmp_path / "open").read_bytes()).decode()
    assert "fetch https://***@host" in dumped.text("tasks", 200)
    assert "log in with password=***" in dumped.text("exceptions")
    assert "argv = ['--password', ***, '--url', 'https://***@host']" in dumped.text("locals argv")


def test_every_text_of_a_picture_is_under_a_rule() -> None:
    """A field that is left out on purpose says what something is called, not what it holds."""
    bare = {
        (name, field.name)
        for name, kind in known_types().items()
        for field, hint in fields_of(kind)
        if str in hint and (change_of(kind) is None or field.name in masking._NAMES)
    }
    assert {name for _, name in bare} <= masking._NAMES | {"name"}
    assert {kind for kind, name in bare if name == "name"} <= {"Variable"}


def test_without_values(tmp_path: Path) -> None:
    with debugging("dumped") as dbg:
        dbg.do(f"break dumped.py:{dbg.line('here')}")
        dbg.go("continue", kind="breakpoint")
        dumped = dump_of(dbg, tmp_path / "bare", values=False)
        assert LEFT_OUT in dumped.text("locals rows")
        assert dumped.text("whatis rows") == "list"
        text = gzip.decompress((tmp_path / "bare").read_bytes()).decode()
        assert "[1, 2, 3]" not in text.replace("rows = [1, 2, 3]", "")


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        (
            "child task raised exception ValueError('hunter2')",
            "child task raised exception ValueError",
        ),
        (
            "nursery: child task raised exception app.Refused('a\nb')",
            "nursery: child task raised exception app.Refused",
        ),
        (
            "nursery, Code block inside nursery contextmanager raised exception KeyError(3), by x",
            "nursery, Code block inside nursery contextmanager raised exception KeyError",
        ),
        ("explicit: hunter2 was refused", f"explicit: {LEFT_OUT}"),
        ("hunter2 was refused", LEFT_OUT),
        ("my child task raised exception hunter2", LEFT_OUT),
        ("explicit", "explicit"),
        ("deadline", "deadline"),
        ("", ""),
        ("unknown: misnesting", "unknown: misnesting"),
        ("shutdown: main task done, shutting down system tasks",) * 2,
    ],
)
def test_a_reason_without_values(reason: str, left: str) -> None:
    assert without_values_in(reason) == left


@pytest.mark.skipif(not hasattr(_run, "CancelReason"), reason="this Trio gives no reasons")
@pytest.mark.parametrize("mask", [True, False])
def test_no_message_is_in_a_reason_without_values(tmp_path: Path, mask: bool) -> None:
    with debugging("tests/programs/why/reasons", record=True) as dbg:
        dbg.do("break :look")
        dbg.go("continue", kind="breakpoint")
        assert "confidential" in dbg.text("why -a")
        path = tmp_path / "reasons.dump"
        dump = dump_of(dbg, path, values=False, mask=mask)
        for command in ("why -a", "tree", "scopes", "log", "tasks", "queue", "timers"):
            assert "confidential" not in dump.text(command)
        assert "raised exception ValueError" in dump.text("why -a", 200)
        text = gzip.decompress(path.read_bytes()).decode()
        source = Path("tests/programs/why/reasons.py").read_text(encoding="utf-8")
        assert text.count("confidential") <= 2 * source.count("confidential")  # only source lines
