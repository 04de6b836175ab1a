"""Everything stepdbg knows about Trio's private names, and nothing else.

Owns: reading and writing attributes of Trio that its documentation does not promise.
Does not own: any decision; these are thin, named accessors.

    names    the list of private names with what each is for, and `check()`
    runs     the runner: patch point, run queue, batch, deadlines, instruments
    tasks    a task: number, steps, what it will be sent
    scopes   cancel scopes, cancel statuses and nurseries

Written against Trio 0.30 to 0.35.  None of these modules is imported later than what uses it:
a Trio that lacks a class is to be noticed before a run begins, not at a stop.
"""
