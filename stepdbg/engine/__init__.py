"""The live debugger: it watches Trio's runs, stops them, reads and changes them.

Owns: everything that touches a living program.
Does not own: Trio's private names (_trio_internals), commands, drawing, terminals.

One folder for each thing that it does, each with its own `Owns`.  A folder imports only from
those below it, which import-linter holds:

    running     the session, its runs and the controller, put together
    noticing    what Trio tells of a run, and what follows from it
    steering    what the user does to a held run besides letting it go on
    stopping    a stop, from the moment a run is held until it goes on
    ending      quit, detach, restart, fork
    seeing      live run -> frozen pictures: what is shown at a stop
    linting     what looks wrong in a run
    waiting     what tasks wait for, and who could end it
    breaking    where breakpoints are, and whether an event hits one
    scheduling  which task steps next
    recording   what is written down of a run
    failing     exceptions that the program raises
    typed       code that the user types, and the names it sees
    stacks      frames, and the source behind them
    lines       what the interpreter tells about lines
    describing  objects of the program -> text
    process     threads, signals, streams, clocks
"""
