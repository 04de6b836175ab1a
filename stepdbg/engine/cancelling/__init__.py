"""Cancel scopes of tasks: where they were entered, and what becomes of their cancellation.

Owns: pictures of scopes, which sleep or timeout has ended a wait or will.
Does not own: finding a ``with`` (stacks.scope_places), waits (waiting), the words (render).
May be imported by: every folder above it.

    entered   where a scope was entered, for how long, by which task; its picture
    expiring  which sleep or timeout has ended a wait, and which one will
    fate      what becomes of a cancellation: delivered how often, why not, swallowed by what
    happening a scope at the moment at which it is cancelled
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
