"""The errors of a script that only CPython's parser of files reports.

Owns: calling that parser.  Does not own: compiling a script without errors (target).

`compile` on bytes and the interpreter reading a file differ if the encoding is wrong or the text
has a null byte: in the words of the error, and in whether there is an error.
"""

from __future__ import annotations

from stepdbg.model.standard import os

FILE_INPUT = 257
"""``Py_file_input`` in Include/compile.h."""


def is_utf8(content: bytes) -> bool:
    """Whether a source is UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def declares_encoding(content: bytes) -> bool:
    """Whether a source seems to say what its encoding is (PEP 263)."""
    marked = content.startswith(b"\xef\xbb\xbf")
    return marked or any(b"coding" in line for line in content.split(b"\n", 2)[:2])


def is_suspicious(content: bytes) -> bool:
    """Whether the two parsers may disagree about a source that does not compile."""
    return declares_encoding(content) or b"\0" in content or not is_utf8(content)


def raise_file_error(filename: str) -> None:
    """Raise the SyntaxError that CPython's parser of files raises for a script, if it does.

    Returns silently if that parser cannot be called (no ctypes, or the script is a pipe).
    """
    try:
        import ctypes

        run_file = ctypes.pythonapi.PyRun_FileExFlags
        open_file = ctypes.CDLL(None).fopen
    except (ImportError, OSError, AttributeError):
        return
    open_file.restype = ctypes.c_void_p
    run_file.restype = ctypes.py_object
    stream = open_file(os.fsencode(filename), b"rb") if os.path.isfile(filename) else None
    if not stream:
        return
    # There is no function that only parses.  If the script has no error after all, it runs; but
    # without builtins it cannot even import.
    nothing: dict[str, object] = {}
    namespace = ctypes.py_object({"__builtins__": nothing})
    name = os.fsencode(filename)
    try:
        run_file(ctypes.c_void_p(stream), name, FILE_INPUT, namespace, namespace, 1, None)
    except SyntaxError:
        raise
    except Exception:
        return
