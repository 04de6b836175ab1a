"""Pictures of whole runs, in memory and in files.

Owns: taking everything that an `Inspector` can give of a run at one moment, writing it to a
dump file, reading it back, and an `Inspector` over it.
Does not own: anything live (engine), commands, drawing; nothing here imports Trio.

    shapes      what a picture holds
    picture     Inspector -> picture; the Inspector over one
    sources     which source text goes along
    secrets     values that must not leave the machine
    masking     which rule for secrets each field is under
    codec       picture <-> plain JSON values, strictly by the type hints of the dataclasses
    container   JSON values <-> a compressed file: version, sizes, modes
    writing, reading: a dump file as a whole
"""
