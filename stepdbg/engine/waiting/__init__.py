"""What tasks wait for, who could end it, and whether anybody can.

Owns: recognising waits, chains of waits, deadlocks, how a task stands.
Does not own: the words (model.wait_kinds, render), lints about waits (linting).
May be imported by: every folder above it.

    graph         which task waits for which at one moment; cycles, and tasks that are stuck
    references    its oracle by variables: which tasks have an object
    reach         its oracle by references: whether anything but certain tasks has an object
    recognisers   the functions of Trio in which tasks wait; libraries: those of anyio
    objects       what a recogniser is given and what it finds; files: descriptors in words
    object_names  what the program calls an object
    chain         the answer to `why`; threads, cancelling: parts of it
    deadlock      whether anything could let a run go on; deadlocks: when to look
    standing      the state of a task, why it runs, where it is; pictures of scopes
    views         what all of them read of a run
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
