"""Recordings: all that a run does, in a file.

Owns: the form of such a file, keeping one while the program runs, compressing it at the end,
reading it back, and an `Inspector` over any moment of it.
Does not own: noticing what happens (engine.tracing), dumps (the rest of the archive).

    form        header, events, shapes
    keeping     the mapped file of a running program
    events      columns of numbers
    closing     the compressed form
    reading     a file as a whole; its events as entries of a log
    moments     which tasks live, wait and can run at any moment
    stop_pictures  what there is to see at a stop, as bytes and back
    stops       which stops have been, and their pictures
    viewing     an `Inspector` and a `Controller` over a moment
"""
