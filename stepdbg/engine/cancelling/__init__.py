"""Cancel scopes of tasks: where they were entered, and what happens to their cancellation.

Owns: pictures of scopes, which sleep or timeout has ended a wait or will.
Does not own: finding a ``with`` (stacks.scope_places), waits (waiting), the words (render).
May be imported by: every folder above it.

    entered   where a scope was entered, for how long, by which task; its picture
    expiring  which sleep or timeout has ended a wait, and which one will
    fate      what happens to a cancellation: how often delivered, why not, swallowed by what
    happening a scope at the moment of its cancellation
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
