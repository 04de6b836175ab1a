"""What was done to objects of Trio's: who set, closed, notified, cancelled them, and when.

Owns: noting such deeds while somebody records, reading the notes of one object, who stands behind
an error about a resource, the sums of what tasks have done, and what runs touch that no schedule
controls.
Does not own: hearing of functions that begin (lines), the notes about tasks (recording), the words
(render).
May be imported by: every folder above it.

    record_choice   whether anything is noted at all, of tasks and of objects
    noting          the notes, by object, and making them
    parties         an error about a resource -> who closed, uses or holds it
    reading         the notes of one object -> `model.deeds.Deed`
    sums            what was counted of tasks and passes -> `model.history.Stats`
    uncontrolled    what a run touches that no schedule controls -> `model.uncontrolled.Touch`
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
