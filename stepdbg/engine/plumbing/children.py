"""The state of a child process: what it does, and how full its pipes to this process are.

Owns: reading that from Linux's /proc and from this process's ends of the pipes.
Does not own: which task waits for the child (waiting), the words (render).

stepdbg never polls or reaps a child: the program does that, and must get the same results as
without stepdbg.  See proc_pid_stat(5), proc_pid_syscall(5), FIONREAD in ioctl_tty(2) and
F_GETPIPE_SZ in fcntl(2).
"""

from __future__ import annotations

from collections.abc import Iterator

import trio

from stepdbg._trio_internals.frame_values import is_a
from stepdbg.model.standard import fcntl, os, sys, termios
from stepdbg.model.values import ChildProcess, ChildState, Pipe

_STATES = {
    "R": ChildState.RUNS,
    "S": ChildState.SLEEPS,
    "D": ChildState.SLEEPS,
    "I": ChildState.SLEEPS,
    "T": ChildState.STOPPED,
    "t": ChildState.TRACED,
    "Z": ChildState.ENDED,
    "X": ChildState.ENDED,
}
"""States, by the letter in /proc/PID/stat."""

_CALLS = {
    "x86_64": {
        0: "read",
        1: "write",
        19: "read",
        20: "write",
        45: "read",
        44: "write",
        35: "sleep",
        230: "sleep",
        61: "wait",
        247: "wait",
        202: "lock",
    },
    "aarch64": {
        63: "read",
        64: "write",
        65: "read",
        66: "write",
        207: "read",
        206: "write",
        101: "sleep",
        115: "sleep",
        260: "wait",
        95: "wait",
        98: "lock",
    },
}
"""By machine, the system calls in which a process waits, from Linux's tables."""

_DOES = {
    "read": "waits to read from {}",
    "write": "waits to write to {}",
    "sleep": "sleeps for a time",
    "wait": "waits for a child of its own",
    "lock": "waits for another of its threads",
}

_STANDARD = ("stdin", "stdout", "stderr")

_PIPE_SIZE = 1032
"""F_GETPIPE_SZ, which `fcntl` has on Linux since Python 3.10."""


def state_of(process: trio.Process) -> ChildProcess:
    """The state of a child, as far as it can be read."""
    pid = process.pid
    state = _state(pid)
    does = _does(pid) if state is ChildState.SLEEPS else ""
    return ChildProcess(pid, state, does, tuple(_pipes(process)))


def pipe_ends(process: trio.Process) -> Iterator[tuple[str, trio.lowlevel.FdStream]]:
    """This process's ends of a child's pipes, by the child's name for them."""
    for name in _STANDARD:
        stream = getattr(process, name)
        if is_a(stream, trio.lowlevel.FdStream) and stream.fileno() >= 0:
            yield name, stream


def _state(pid: int) -> ChildState | None:
    """The state of a child in /proc; None if it cannot be read."""
    fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    # Once a child has been reaped, another process may have its number.
    if len(fields) < 2 or fields[1] != str(os.getpid()):
        return None
    return _STATES.get(fields[0])


def _does(pid: int) -> str:
    """In which system call a sleeping child is, in words; empty if that cannot be read."""
    fields = _read(f"/proc/{pid}/syscall").split()
    if len(fields) < 2 or not fields[0].isdigit():
        return ""
    call = _CALLS.get(os.uname().machine, {}).get(int(fields[0]), "")
    number = int(fields[1], 16)
    file = f"its {_STANDARD[number]}" if number < len(_STANDARD) else f"file descriptor {number}"
    return _DOES[call].format(file) if call else ""


def _read(path: str) -> str:
    if sys.platform != "linux":
        return ""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(1_000)
    except OSError:  # it has ended, or this user may not read it
        return ""


def _pipes(process: trio.Process) -> Iterator[Pipe]:
    for name, stream in pipe_ends(process):
        number = stream.fileno()
        if name == "stdin" and sys.platform != "linux":  # FIONREAD on the writing end says nothing
            continue
        used = _waiting_in(number)
        if used is not None:
            yield Pipe(name, used, _size_of(number))


def _waiting_in(number: int) -> int | None:
    """How many bytes are in a pipe."""
    filled = bytearray(4)
    try:
        fcntl.ioctl(number, termios.FIONREAD, filled)
    except OSError:
        return None
    return int.from_bytes(filled, sys.byteorder)


def _size_of(number: int) -> int | None:
    """How many bytes a pipe can hold; None if the system does not say."""
    try:
        return fcntl.fcntl(number, _PIPE_SIZE) if sys.platform == "linux" else None
    except OSError:
        return None
