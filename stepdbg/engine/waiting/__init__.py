"""What tasks wait for, and which tasks could end that.

Owns: recognising waits, chains of waits, pictures of deadlocks, the state of a task.
Does not own: whether tasks can ever go on (judging), the words (model.wait_kinds,
render), lints about waits (linting).
May be imported by: every folder above it.

    graph         which task waits for which at one moment; cycles
    references    which tasks have an object in their variables
    recognisers   the functions of Trio in which tasks wait; libraries: those of anyio
    objects       what a recogniser gets and what it finds
    object_names  the program's names for an object
    chain         the answer to `why`; threads, cancelling, around, beyond: parts of that answer
    hope          what could still let a run go on; knots: pictures of groups of waiting tasks
    deadlock      the deadlocks of a run; deadlocks: when to look for one
    standing      the state of a task, why it runs, where it is; pictures of scopes
    views         what these modules read of a run
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
