"""The version of stepdbg.

Owns: `VERSION`, the one place where it is written (pyproject.toml reads it from here).
Does not own: versions of formats (render.jsonlines and others have their own).
"""

VERSION = "0.1.0"
