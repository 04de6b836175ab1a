"""The symbolic stack is as deep as the interpreter's, in all code of some modules."""

from __future__ import annotations

import argparse
import ast
import asyncio.base_events
import contextlib
import dataclasses
import email.message
import http.client
import tarfile
import typing
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest
import trio._channel
import trio._core._run
import trio._ssl

from stepdbg.engine.foreseeing import uses
from stepdbg.engine.foreseeing.effects import EFFECTS
from stepdbg.engine.lines.code_map import nested_code
from stepdbg.engine.lines.flow import Flow, flow_of

MODULES = [
    *(argparse, ast, asyncio.base_events, contextlib, dataclasses, email.message, http.client),
    *(tarfile, typing, trio._channel, trio._core._run, trio._ssl),
]


def flows(module: ModuleType) -> Iterator[tuple[CodeType, Flow]]:
    source = Path(module.__file__ or "").read_text(encoding="utf-8")
    for code in nested_code(compile(source, "<read>", "exec")):
        flow = flow_of(code)
        assert isinstance(flow, Flow)
        yield code, flow


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_depth_of_the_stack(module: ModuleType) -> None:
    followed = 0
    for code, flow in flows(module):
        follower = uses._Follower(code, flow)
        follower.go(-1, running=False)
        for index, state in follower._states.items():
            where = f"{code.co_qualname} {flow.instructions[index]}"
            assert len(state.stack) == flow.depth_before(index), where
            followed += 1
    assert followed > 100


def test_most_instructions_are_in_the_table() -> None:
    """Others only take what they use and leave something new."""
    used = {
        each.opname for module in MODULES for _, flow in flows(module) for each in flow.instructions
    }
    assert used - set(EFFECTS.rows) <= {
        *("CHECK_EG_MATCH", "MATCH_CLASS", "MATCH_KEYS", "BEFORE_WITH", "UNARY_POSITIVE"),
        *("DICT_MERGE", "PREP_RERAISE_STAR", "LOAD_CLASSDEREF", "EXIT_INIT_CHECK"),
        "GET_YIELD_FROM_ITER",
    }
