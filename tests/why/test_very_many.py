"""`why` about very many tasks at one line looks at some of them, and says so of the others."""

from __future__ import annotations

from stepdbg.model.replies import Why
from tests.harness import debugging


def test_some_are_examined_and_the_others_are_counted() -> None:
    with debugging("sleepers") as dbg:
        dbg.go(f"until {dbg.line('stop')}", line_mark="stop")
        reply = dbg.reply("why sleeper*", Why)
        (left_out,) = reply.unexamined
        assert len(reply.explanations) < 500
        assert len(reply.explanations) + len(left_out.labels) == 540
        assert left_out.example.label == reply.explanations[0].links[0].task
        examined = {each.links[0].task.number for each in reply.explanations}
        assert not examined & {label.number for label in left_out.labels}

        text = dbg.text("why -a")
        said = f"and {len(left_out.labels)} more at the same line (`why -v` examines each): "
        assert said in text
        assert len(text.splitlines()) < 30

        few = dbg.reply("why sleeper#1 sleeper#2 sleeper#500", Why)
        assert len(few.explanations) == 3
        assert not few.unexamined

        every = dbg.reply("why -v sleeper*", Why)
        assert len(every.explanations) == 540
        assert not every.unexamined
