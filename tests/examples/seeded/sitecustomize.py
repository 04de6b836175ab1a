"""Makes a child process repeatable: every `random.Random()` starts from the same seed.

Trio tosses a coin for the order of each batch.  This module is found through PYTHONPATH, and
seeds that coin without importing Trio, so that start-up stays what it is.
"""

import random


class SeededRandom(random.Random):
    """A generator whose default seed is always the same."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed)


vars(random)["Random"] = SeededRandom
