"""The live debugger: it watches Trio's runs, stops them, reads and changes them.

Owns: everything that touches a living program.
Does not own: Trio's private names (_trio_internals), commands, drawing, terminals.

    session     what all runs of the process share; the launcher makes it
    run         one trio.run: what Trio tells of it
    carrying    which hooks a run carries; ends: how it learns that it is over;
                watch, watches: the cheap ways to notice things
    stepping    what each resume means; resuming finds the live task and frames for it
    stopping    the order of things at a stop; outside: stops outside of any run;
                parting: quit, detach and restart, alike in both
    breakpoints, hits, conditions, exceptions, line_breaks: what stops a run
    program_lines on top of lines: what the program's lines mean to us
    capture     live run -> frozen pictures; inspector, controller: on behalf of front ends
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(
        __name__,
        """
        acting conditions evaluate exception_frames exception_tree exception_view exceptions
        failing folding forking history hits leaving line_breaks locals namespaces outside
        parting pictures plain postmortem postmortem_inspector prompt_names quit_progress
        quitting restarting resuming scope_places settings standard_streams steered_queue
        typed_code values waking walkers
        """,
    )
