"""The source text in a dump."""

from __future__ import annotations

from pathlib import Path

from stepdbg.archive import sources
from stepdbg.archive.shapes import SourcePiece, SourceText
from tests.archive.dumps import dump_of
from tests.harness import debugging

FILE = tuple(f"line {number}" for number in range(1, 101))


def test_own_files_are_kept_whole() -> None:
    (kept,) = sources.gather(["own.py"], {"own.py": {(3, 5)}}, lambda _: FILE)
    assert sources.is_whole(kept)
    assert sources.lines_of(kept) == FILE


def test_of_library_files_functions_are_kept() -> None:
    (kept,) = sources.gather([], {"lib.py": {(40, 45), (50, 52), (100, 100)}}, lambda _: FILE)
    lines = sources.lines_of(kept)
    assert not sources.is_whole(kept)
    assert len(lines) == len(FILE)
    assert lines[28:63] == FILE[28:63]
    assert lines[27] == lines[63] == sources.NOT_KEPT
    assert lines[99] == "line 100"


def test_no_source_is_no_text() -> None:
    assert sources.gather(["<string>"], {"<frozen x>": {(1, 2)}}, lambda _: ()) == ()


def test_a_file_that_is_too_big_is_kept_like_a_library() -> None:
    big = ("x" * 30_000,) * 100
    (kept,) = sources.gather(["own.py"], {"own.py": {(40, 45)}}, lambda _: big)
    assert len(kept.pieces) == 1
    assert not sources.is_whole(kept)


def test_an_empty_last_piece_is_not_lost() -> None:
    assert sources.lines_of(SourceText("f", 3, (SourcePiece(2, ""),))) == ("…", "", "…")


def test_a_file_is_found_by_the_end_of_its_path() -> None:
    kept = [SourceText(name, 0, ()) for name in ("/app/a.py", "/app/x/b.py", "/lib/b.py", "c.py")]
    found = {name: sources.file_called(name, kept) for name in ("a.py", "x/b.py", "/lib/b.py")}
    assert found == {"a.py": kept[0], "x/b.py": kept[1], "/lib/b.py": kept[2]}
    for unclear in ("b.py", ".py", "pp/a.py", ""):
        assert sources.file_called(unclear, kept) is None


def test_a_file_that_has_changed_since_is_named_and_shown_as_it_was(tmp_path: Path) -> None:
    with debugging("dumped") as dbg:
        dbg.do(f"break dumped.py:{dbg.line('here')}")
        dbg.go("continue", kind="breakpoint")
        dumped = dump_of(dbg, tmp_path / "a.dump")
        filename = str(dbg.program.path)
    inspector = dumped.inspector
    assert inspector.changed_files() == ()
    (kept,) = (each for each in inspector.picture.sources if each.filename == filename)
    changed = tmp_path / "changed.py"
    changed.write_text("\n".join(sources.lines_of(kept)) + "\n")
    renamed = SourceText(str(changed), kept.length, kept.pieces)
    object.__setattr__(inspector.picture, "sources", (renamed,))
    assert inspector.changed_files() == ()
    changed.write_text("# all new\n")
    assert inspector.changed_files() == (str(changed),)
    assert inspector.source(str(changed))[0] == sources.lines_of(kept)[0]
    changed.unlink()
    assert inspector.changed_files() == ()
