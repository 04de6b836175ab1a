"""What this Trio says by itself."""

from __future__ import annotations

import trio

TELLS = tuple(map(int, trio.__version__.split(".")[:2])) >= (0, 31)
"""Whether it says what cancelled a scope, and why a `Cancelled` was raised."""
