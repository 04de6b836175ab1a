"""Writes ``docs/json-schema.json`` anew: ``python -m tests.render.schema_file``."""

from __future__ import annotations

from pathlib import Path

from stepdbg.render.jsonlines import schema_text

if __name__ == "__main__":
    target = Path(__file__).parents[2] / "docs" / "json-schema.json"
    target.write_text(schema_text(), encoding="utf-8")
