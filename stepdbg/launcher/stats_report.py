"""``--stats``: what tasks and the loop have done, printed at the end of each run.

Owns: `StatsWish`.  Does not own: counting (engine.recording), or how the numbers look (render).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.engine.running.session import Session
    from stepdbg.model.facts import RunId
    from stepdbg.model.history import Stats

_WIDTH = 100
"""Columns, since the standard error stream may be a file."""


class StatsWish:
    """Prints the numbers of each run on the standard error stream when it has ended."""

    def prepare(self, session: Session) -> None:
        """Let a session count."""
        session.recording.count(_print)


def _print(run: RunId, stats: Stats) -> None:
    from stepdbg.model.history import summary
    from stepdbg.model.program_streams import tell_lines
    from stepdbg.render.spans import plain_line
    from stepdbg.render.stats import render_stats

    lines = render_stats(summary(stats), _WIDTH)
    text = "".join(plain_line(line).rstrip() + "\n" for line in lines)
    tell_lines(f"stepdbg: run {run}: {text}")
