"""Replies, stops and events as lines of styled spans, or as JSON.

Owns: every word and column of a reply as the user sees it (`text`), and the line protocol that
programs read (`jsonlines`).  Does not own: colours and escape codes (frontends.repl), or what a
command answers (commands).  Everything here is a pure function of pictures from the model.

Import from the submodules; this package re-exports nothing, to keep the start light.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
