"""Random numbers that the program draws, from the tape.

Owns: functions in place of those that ask the system for random bytes, and what seeds the
generators of `random`.
Does not own: what those generators draw, which follows from their seeds.
"""

from __future__ import annotations

from typing import Any

from stepdbg.model.standard import original
from stepdbg.model.tape import Tape
from stepdbg.model.taped import replace

_SEED_BYTES = 32


def install(tape: Tape) -> None:
    """Let the random numbers that the program draws come from the tape."""
    system, random = original("os"), original("random")
    replace(tape, system, "urandom", "getrandom")
    draw = system.urandom
    vars(random)["_urandom"] = draw  # `SystemRandom` calls this name
    _give_state(tape, random)
    _seed_by(draw, random)
    replace(tape, original("uuid"), "_generate_time_safe", "getnode")


def _give_state(tape: Tape, random: Any) -> None:
    """Keep the state of the generator that the functions of `random` use: it is seeded already."""
    state = tape.of("random.getstate", random.getstate)
    if tape.plays:
        random.setstate(state)


def _seed_by(draw: Any, random: Any) -> None:
    """Seed each generator that the program gives no seed with bytes from the tape."""
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
