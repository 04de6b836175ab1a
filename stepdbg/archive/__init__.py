"""Pictures of whole runs, in memory and in files.

Owns: taking everything that an `Inspector` can tell of a run at one moment, writing it to a
dump file, reading it back, and an `Inspector` that shows what was read.
Does not own: anything live (engine), commands, drawing; nothing here imports Trio.

    shapes      what a picture holds
    picture     Inspector -> picture; the Inspector over one
    sources     which source text is kept with it
    secrets     values that must not leave the machine
    masking     which rule for secrets applies to each field
    codec       picture <-> plain JSON values, strictly by the type hints of the dataclasses
    container   JSON values <-> a compressed file: version, sizes, modes
    writing, reading: a dump file as a whole
"""
