"""What stepdbg leaves in a text.

Owns: telling a text of ours, or one that names a file of ours, from all other.
Does not own: processes that are left (leftovers).
"""

from __future__ import annotations

from stepdbg.model.ours import FOLDER


def names_us(text: str) -> bool:
    """Whether a text has a sentence of stepdbg or names a file of it.

    The word itself would not do: the path of the checkout may hold it, and so the paths of tests.
    """
    return "stepdbg: " in text or FOLDER in text
