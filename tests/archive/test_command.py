"""What `dump` asks for."""

from __future__ import annotations

import pytest

from stepdbg.model.replies import Message
from tests.commands.fakes import Talk


def test_it_asks_for_a_dump_of_the_run_in_view_at_this_stop() -> None:
    talk = Talk()
    said = talk.reply("dump /tmp/a.dump", Message).text
    assert said == "written to /tmp/a.dump (20 kB); `stepdbg --open` shows it"
    assert talk.controller.told == ["dump run 1 at step to /tmp/a.dump, values True"]


@pytest.mark.parametrize("line", ["dump --no-values 'my file'", "dump 'my file' --no-values"])
def test_values_may_be_left_out(line: str) -> None:
    talk = Talk()
    talk.do(line)
    assert talk.controller.told[0].endswith("to my file, values False")


def test_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    talk = Talk()
    talk.do("dump ~/a.dump")
    assert "to /home/me/a.dump," in talk.controller.told[0]


def test_what_is_wrong_is_said() -> None:
    talk = Talk()
    assert talk.failure("dump").text == "`dump` needs the name of a file"
    assert "no option" in talk.failure("dump -x file").text
    assert "does not know what to do" in talk.failure("dump one two").text
    assert "No space left" in talk.failure("dump /full").text
    assert "needs a stop" in str(talk.running("dump file").replies)
