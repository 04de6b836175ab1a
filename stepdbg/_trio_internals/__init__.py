"""Everything stepdbg knows about Trio's private names, and nothing else.

Owns: reading and writing attributes of Trio that its documentation does not promise.
Does not own: any decision; these are thin, named accessors.

    names    the list of private names with what each is for, and `check()`
    runs     the runner: patch point, run queue, batch, deadlines, instruments
    tasks    a task: number, steps, what it will be sent
    scopes   cancel scopes, cancel statuses and nurseries

Written against Trio 0.30 to 0.35.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(
        __name__,
        """
        losses postponing scopes signals turning waits
        """,
    )
