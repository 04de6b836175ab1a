"""Random numbers, as the program draws them.

Owns: functions in the places of those that the system draws, and what seeds the generators of
`random`.
Does not own: what those generators draw, which follows from their seeds.
"""

from __future__ import annotations

from typing import Any

from stepdbg.model.standard import original
from stepdbg.model.tape import Tape
from stepdbg.model.taped import replace

_SEED_BYTES = 32


def install(tape: Tape) -> None:
    """Let what the program draws come from the tape."""
    system, random = original("os"), original("random")
    replace(tape, system, "urandom", "getrandom")
    draw = system.urandom
    vars(random)["_urandom"] = draw  # `SystemRandom` asks it
    _give_state(tape, random)
    _seed_by(draw, random)
    replace(tape, original("uuid"), "_generate_time_safe", "getnode")


def _give_state(tape: Tape, random: Any) -> None:
    """The generator behind the functions of `random` is seeded already: keep its state."""
    state = tape.of("random.getstate", random.getstate)
    if tape.plays:
        random.setstate(state)


def _seed_by(draw: Any, random: Any) -> None:
    """A generator that is seeded by nothing is seeded by what the tape has drawn."""
    real = random.Random.seed

    def seed(self: Any, a: Any = None, version: int = 2) -> None:
        """Initialize internal state from a seed."""
        if a is None:
            a = int.from_bytes(draw(_SEED_BYTES), "big")
        real(self, a, version)

    seed.__doc__, seed.__module__ = real.__doc__, real.__module__
    seed.__qualname__, seed.__wrapped__ = real.__qualname__, real  # type: ignore[attr-defined]
    random.Random.seed = seed
    vars(random)["seed"] = vars(random)["_inst"].seed  # a method, as it was
