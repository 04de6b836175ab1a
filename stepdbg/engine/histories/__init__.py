"""What was done to Trio's objects: which task set, closed, notified or cancelled them, and when.

Owns: noting such deeds while a recorder is on, reading the notes of one object, finding the task
behind an error about a resource, the sums of what tasks have done, and noticing what runs touch
that no schedule controls.
Does not own: reporting that functions begin (lines), the notes about tasks (recording), the words
(render).
May be imported by: every folder above it.

    record_choice   whether anything is noted at all, of tasks and of objects
    noting          the notes, by object, and making them
    parties         an error about a resource -> the task that closed, uses or holds it
    reading         the notes of one object -> `model.deeds.Deed`
    sums            what was counted of tasks and passes -> `model.history.Stats`
    uncontrolled    what a run touches that no schedule controls -> `model.uncontrolled.Touch`
"""

TYPE_CHECKING = False
if not TYPE_CHECKING:  # type checkers know these modules
    from stepdbg.model.later import later

    __getattr__ = later(__name__)
