"""The pytest runs that are under way in this process.

Owns: their configurations, which a prompt needs to suspend pytest's capturing.
Does not own: the prompt (pytest_prompt), or when the program asks for one (pausing).

Light on purpose: every pytest run imports it where stepdbg is installed.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import pytest

running: list[pytest.Config] = []
"""The configurations of the runs that are under way, outermost first: a test may run pytest."""
