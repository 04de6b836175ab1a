"""What tasks wait for, and who could end it.

Owns: recognising waits, chains of waits, pictures of deadlocks, how a task stands.
Does not own: whether tasks can ever go on (judging), the words (model.wait_kinds,
render), lints about waits (linting).
May be imported by: every folder above it.

    graph         which task waits for which at one moment; cycles
    references    which tasks have an object in their variables
    recognisers   the functions of Trio in which tasks wait; libraries: those of anyio
    objects       what a recogniser is given and what it finds
    object_names  what the program calls an object
    chain         the answer to `why`; threads, cancelling, around, beyond: parts of it
    hope          what could still let a run go on; knots: pictures of what is claimed of tasks
    deadlock      the deadlocks of a run; deadlocks: when to look
    standing      the state of a task, why it runs, where it is; pictures of scopes
    views         what all of them read of a run
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
