"""The debugger put together: the session, its runs, and the controller over them.

Owns: one run's life from its first moment to its end; what all runs share.
Does not own: everything that a folder below does.
May be imported by: the launcher and the pytest plugin.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
