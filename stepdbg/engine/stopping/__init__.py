"""A stop: the order of things from the moment a run is held until it goes on.

Owns: holding runs and threads, asking the front end, plans and what their lines mean.
Does not own: when to stop (noticing, breaking), what is shown (seeing).
May be imported by: every folder above it.
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
