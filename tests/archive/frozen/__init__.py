"""Dumps as they were written once: what this version reads must stay readable.

Owns: the files, and ``python -m tests.archive.frozen``, which writes those of the running
Python into this folder again.  Write new ones when something new is kept in dumps, and keep
the old ones.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
