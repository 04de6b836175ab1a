"""Everything stepdbg knows about Trio's private names, and nothing else.

Owns: reading and writing attributes of Trio that its documentation does not promise.
Does not own: any decision; these are thin, named accessors.

    names         the list of private names with what each is for, and `check()`
    runs          the runner: where a run begins, its queue, its batch, deadlines, instruments
    stepping      the step that is under way, seen from any thread
    repeating     the call of trio.run that is under way, to be made again
    tasks         a task: number, steps, what it will be sent
    scopes        cancel scopes and nurseries
    waits         locks, conditions, channels, worker threads
    finding       the runs of a process that stepdbg does not debug
    await_chain   from a suspended coroutine to what it awaits, and so on
    greenlets     frames that lie in greenlets
    frame_values  the variables of a frame, read without side effects
    signals       Trio's handler of SIGINT
    scope_moves   cancel scopes and nurseries that are entered and left
    expiring      deadlines that pass where a schedule says so
    taped         where Trio begins threads, calls sockets and waits for them
    clock_reads   what a program reads on the clock of its run
    patches       methods of Trio that are wrapped while something needs to know of their calls
    losses        the moments when Trio gives something up, and who waits for an object
    doings        what rare functions are about to do to an object
    spawns        where tasks come from, noted at each spawn
    recording     every step, wake and exit of a run, noted
    watching      the steps of some tasks only
    postponing    a step that does nothing, and a loop that does not act on being idle
    idling        learning that a run has nothing to do and no deadline pending
    turning       Trio's loop, turned by hand
    interfering   raising and cancelling from outside

Written against Trio 0.30 to 0.35.  The code that uses these modules imports them at once: if this
Trio lacks a class, that must be noticed before a run begins, not at a stop.  The exception is
`greenlets`, which needs no class of Trio.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
