"""Dump files: whose they are, and what is refused."""

from __future__ import annotations

import gzip
import json
import os
import resource
import stat
from pathlib import Path

import pytest

from stepdbg.archive import codec, container
from stepdbg.archive.reading import open_dump
from stepdbg.archive.writing import write_dump
from stepdbg.model import standard
from stepdbg.model.errors import StepdbgError
from tests.commands.fakes import FakeController, FakeInspector, stop


@pytest.fixture
def inspector() -> FakeInspector:
    return FakeInspector(FakeController())


@pytest.fixture
def dump(inspector: FakeInspector, tmp_path: Path) -> Path:
    path = tmp_path / "a.dump"
    write_dump(inspector, path, stop=stop())
    return path


def refusal(path: Path) -> str:
    with pytest.raises(StepdbgError) as caught:
        open_dump(path)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def rewrite(path: Path, **changed: object) -> None:
    """Change some entries of a dump; None takes one away."""
    document = json.loads(gzip.decompress(path.read_bytes()))
    document.update(changed)
    document = {key: value for key, value in document.items() if value is not None}
    path.write_bytes(gzip.compress(json.dumps(document).encode()))


def test_only_its_user_may_read_a_dump(dump: Path) -> None:
    assert stat.S_IMODE(dump.stat().st_mode) == 0o600


def test_a_dump_that_replaces_a_readable_file_is_not_readable(
    inspector: FakeInspector, tmp_path: Path
) -> None:
    path = tmp_path / "a.dump"
    path.write_text("older")
    path.chmod(0o644)
    write_dump(inspector, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert open_dump(path).tasks()


def test_a_link_goes_on_pointing(inspector: FakeInspector, tmp_path: Path) -> None:
    (tmp_path / "link.dump").symlink_to("real.dump")
    write_dump(inspector, tmp_path / "link.dump")
    assert (tmp_path / "link.dump").is_symlink()
    assert open_dump(tmp_path / "real.dump").tasks()


def test_a_failed_dump_leaves_the_old_file_and_nothing_else(
    inspector: FakeInspector, dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(standard.os, "replace", full)
    with pytest.raises(StepdbgError, match="could not be written: No space left"):
        write_dump(inspector, dump)
    assert dump.read_bytes() == before
    assert os.listdir(dump.parent) == [dump.name]


@pytest.mark.parametrize("name", ["missing/a.dump", ".", "fifo", "nul\0"])
def test_what_cannot_be_written(inspector: FakeInspector, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(StepdbgError, match="could not be written"):
        write_dump(inspector, f"{tmp_path}/{name}")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"{}",
        b"import os\n",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"{}", mtime=0),
    ],
)
def test_foreign_files(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign"
    path.write_bytes(content)
    assert refusal(path) == f"{path} is not a dump of stepdbg"


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert "not a regular file" in refusal(tmp_path / "fifo")
    assert "not a regular file" in refusal(tmp_path)
    assert "No such file" in refusal(tmp_path / "missing")


def test_a_truncated_file(dump: Path) -> None:
    dump.write_bytes(dump.read_bytes()[:-20])
    assert refusal(dump) == f"{dump} is a damaged dump: its end is missing"


def test_a_newer_format_names_its_writer(dump: Path) -> None:
    rewrite(dump, version=container.FORMAT_VERSION + 1, stepdbg="9.1")
    assert "was written by stepdbg 9.1 in format 2" in refusal(dump)
    rewrite(dump, stepdbg="9\x1b[2J")
    assert "was written by a newer stepdbg" in refusal(dump)


def test_what_a_later_version_adds_is_ignored(dump: Path) -> None:
    document = json.loads(gzip.decompress(dump.read_bytes()))
    added = {"name": "Added", "fields": ["one"]}
    for number, each in enumerate(document["types"]):
        each["fields"].append("added_later")
        for row in document["objects"]:
            if row[0] == number:
                row.append(["anything"])
    document["types"].append(added)
    document["objects"].append([len(document["types"]) - 1, 1])
    before = open_dump(dump).picture
    rewrite(dump, **document, extra=1)
    assert open_dump(dump).picture == before


def test_what_an_earlier_version_did_not_have_takes_its_default(dump: Path) -> None:
    document = json.loads(gzip.decompress(dump.read_bytes()))
    (number,) = (n for n, each in enumerate(document["types"]) if each["name"] == "Picture")
    place = document["types"][number]["fields"].index("notes")
    del document["types"][number]["fields"][place]
    for row in document["objects"]:
        if row[0] == number:
            del row[place + 1]
    rewrite(dump, **document)
    assert open_dump(dump).picture.notes == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"objects": None},
        {"types": None},
        {"picture": None},
        {"picture": 0},
        {"picture": -1},
        {"picture": 10**9},
        {"picture": True},
        {"types": [1]},
        {"types": []},
        {"objects": [1]},
        {"objects": []},
        {"objects": [[0]]},
        {"version": 0},
        {"version": "1"},
    ],
)
def test_tables_that_are_none(dump: Path, changed: dict[str, object]) -> None:
    rewrite(dump, **changed)
    assert "damaged dump" in refusal(dump)


def test_a_decompression_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_TEXT", 1_000_000)
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(b"{" + b" " * 2_000_000 + b"}"))
    assert path.stat().st_size < 10_000
    assert "decompressed, it would be bigger than any dump" in refusal(path)


def test_a_file_that_is_too_big_is_refused(dump: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(container, "MOST_COMPRESSED", 100)
    assert "too big" in refusal(dump)


def test_parts_that_are_shared_over_and_over_are_refused(
    dump: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codec, "MOST_PARTS", 100_000)
    document = json.loads(gzip.decompress(dump.read_bytes()))
    rows = document["objects"]
    names = [each["name"] for each in document["types"]]
    link, why = names.index("WaitLink"), names.index("Explanation")
    a_link = next(number for number, row in enumerate(rows) if row[0] == link)
    assert open_dump(dump)
    rows[:] = [[why, [a_link] * 20_000, []] if row[0] == why else row for row in rows]
    rewrite(dump, **document)
    assert refusal(dump).endswith("it would take up too much memory")


def test_deep_nesting_is_refused(dump: Path) -> None:
    text = b'{"format": "stepdbg dump", "version": 1, "objects": ' + b"[" * 200_000
    dump.write_bytes(gzip.compress(text))
    assert "damaged dump" in refusal(dump)


@pytest.mark.parametrize("many", ["[],", "1e5,", '["a",1],'])
def test_a_file_of_too_many_values_is_refused_before_it_is_read(tmp_path: Path, many: str) -> None:
    """Parsed they would take gigabytes, and half a minute."""
    text = b'{"format":"stepdbg dump","objects":[' + many.encode() * 17_000_000 + b"0]}"
    path = tmp_path / "many"
    path.write_bytes(gzip.compress(text, 1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sentence = refusal(path)
    assert "decompressed, it would be bigger than any dump" in sentence
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400_000


def test_what_could_not_be_read_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MOST_VALUES", 50)
    with pytest.raises(StepdbgError, match="too much for one dump"):
        container.write(str(tmp_path / "many"), {"objects": [[0]] * 50})
    assert os.listdir(tmp_path) == []
