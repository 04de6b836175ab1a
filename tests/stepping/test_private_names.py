"""Private names (`self.__x`) typed in a method mean what they mean there."""

from __future__ import annotations

import pytest

from stepdbg.engine.typed.private_names import class_around, has_private, mangled
from stepdbg.model.replies import DisplayList
from stepdbg.model.stops import Note
from tests.harness import Debugging, debugging

PROGRAM = "tests/programs/stepping/private_names"


def go_to(dbg: Debugging, mark: str, modifiers: str = "") -> None:
    """Stop at a line with a mark."""
    dbg.do(f"tbreak {dbg.program.path.name}:{dbg.line(mark)}{modifiers}")
    dbg.go("continue", kind="breakpoint", line_mark=mark)


def test_at_the_prompt() -> None:
    with debugging(PROGRAM) as dbg:
        go_to(dbg, "look")
        assert dbg.text("p self.__balance") == "'of the ledger'"
        go_to(dbg, "paid")
        assert dbg.text("self.__balance, amount") == "(10, 3)"
        assert dbg.text("p [each.__balance for each in (self,)]") == "[10]"
        assert dbg.text("p (lambda __it: __it + self.__balance)(1)") == "11"
        assert dbg.text("whatis self.__tell").startswith("Method __tell")
        dbg.do("self.__balance = 90")
        assert dbg.text("p self._Account__balance") == "90"
        dbg.do("class Other:\n    __balance = 5\n    seen = __balance\n")
        dbg.do("for self.__balance in range(3): pass")
        assert dbg.text("p self.__balance, Other.seen, Other._Other__balance") == "(2, 5, 5)"
        go_to(dbg, "main")
        assert "no attribute '__balance'" in dbg.failure("p account.__balance")


def test_in_a_function_inside_of_a_method() -> None:
    with debugging(PROGRAM) as dbg:
        go_to(dbg, "check")
        assert dbg.text("p self.__balance, __limit") == "(10, 3)"


def test_in_conditions_and_log_texts() -> None:
    with debugging(PROGRAM) as dbg:
        log = ', log "has {self.__balance} {[each.__balance for each in [self]]}"'
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('paid')}{log}")
        dbg.do(f"break {dbg.program.path.name}:{dbg.line('look')}{log}")
        go_to(dbg, "paid", " if self.__balance == 7")
        assert dbg.text("p amount") == "4"
        logged = [event.text for event in dbg.events if isinstance(event, Note)]
        assert logged == ["has of the ledger ['of the ledger']", "has 10 [10]", "has 7 [7]"]


def test_in_displays_and_breakpoints_on_functions() -> None:
    with debugging(PROGRAM) as dbg:
        go_to(dbg, "check")
        shown = dbg.reply("display self.__balance", DisplayList).displays
        assert [each.value and each.value.text for each in shown] == ["10"]
        dbg.do("break self.__tell")
        dbg.go("continue", kind="breakpoint", line_mark="tell")
        assert [each.value and each.value.text for each in dbg.shown.displays] == ["7"]


@pytest.mark.parametrize(
    ("name", "private"),
    [
        ("__x", True),
        ("a.__x + 1", True),
        ("___x", True),
        ("__x_", True),
        ("__x__", False),
        ("a__x", False),
        ("_x", False),
        ("__", False),
    ],
)
def test_which_names_are_private(name: str, private: bool) -> None:
    assert has_private(name) is private


class __Odd:
    def method(self) -> object:
        return lambda: self


def test_as_python_writes_them() -> None:
    class _Local:
        __found = 1

        def method(self) -> list[str]:
            return [name for name in vars(type(self)) if name.endswith("__found")]

    (written,) = _Local().method()
    assert written == mangled("__found", class_around(_Local.method.__code__))
    assert class_around(__Odd.method.__code__) == "Odd"
    assert class_around(test_as_python_writes_them.__code__) == ""
    assert [mangled(name, "A") for name in ("__x", "__x__", "_x")] == ["_A__x", "__x__", "_x"]
