"""Line events: what the interpreter reports about the lines that the program runs.

Owns: turning "these lines, these functions" into calls of a `LineSink`, at no cost for
all other code; a map from file and line to code objects; jumps.
Does not own: tasks, breakpoints and their numbers, conditions, what a resume means.
Nothing here knows Trio.
May be imported by: every folder above it.

    interface.py    the two protocols, `open_line_events`, `jump`
    monitoring.py   Python 3.12 and later: `sys.monitoring`
    tracing.py      Python 3.11: `sys.settrace` and ``f_trace``, only while needed
    code_map.py     which code object holds a line, which line holds code
    bytecode.py     the few facts that must be read off instructions
    flow.py         which instructions a frame can still reach
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
