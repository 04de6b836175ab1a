"""Schedules: `token`.

Owns: what this command asks for, and the file with a schedule.
Does not own: writing a schedule down (engine.scheduling), its text (model.schedule_text).
"""

from __future__ import annotations

from stepdbg.model.errors import BadUsage
from stepdbg.model.replies import Message, ScheduleShown
from stepdbg.model.schedule_text import LONGEST_LINE, PREFIX, file_of, text_of
from stepdbg.model.standard import os
from stepdbg.model.whole_files import real_path, replace_file

from .request import Request, Result

TYPE_CHECKING = False
if TYPE_CHECKING:
    from stepdbg.model.schedules import Schedule


def token(request: Request) -> Result:
    """`token [FILE]`."""
    words = request.words(most=1)
    schedule = request.desk.controller.schedule(request.desk.run_id())
    line, steps = text_of(schedule), schedule.log.steps
    if words:
        return _write(words[0], schedule)
    if len(line) > LONGEST_LINE:
        return Message(
            f"the schedule of these {steps:,} steps has {len(line):,} characters, which is too "
            "long to paste: `token FILE` writes it to a file for --replay"
        )
    return ScheduleShown(line, steps, schedule.touched)


def _write(path: str, schedule: Schedule) -> Message:
    whole, steps = real_path(path), schedule.log.steps
    if os.path.exists(whole) and not _is_schedule(whole):
        raise BadUsage(f"{path} exists and holds no schedule; choose another name")
    try:
        replace_file(whole, file_of(schedule))
    except OSError as error:
        raise BadUsage(f"{path} cannot be written: {error.strerror}") from None
    what = "the schedule" if schedule.tape is None else "the schedule and the tape"
    return Message(f"{what} of {steps:,} steps is in {path}; `--replay {path}` follows it")


def _is_schedule(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(PREFIX)) == PREFIX.encode()
    except OSError:
        return False
