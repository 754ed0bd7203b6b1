"""Runs a command line and returns an exit code."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from tanteo._internal.keywords import similar
from tanteo._internal.text import printable, printable_lines
from tanteo.cli.arguments import make_parser
from tanteo.exceptions import TanteoError

_FAILED = 1
# The convention of shells for a process that Ctrl-C ended: 128 + SIGINT.
_INTERRUPTED = 130


class _Escaped:
    """Standard error with control characters escaped: warnings and logs of other packages quote what a file holds.

    Parameters
    ----------
    stream
        The stream to write to.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text; line ends stay, and a return at the start, with which a progress bar overwrites itself."""
        start = "\r" if text.startswith("\r") else ""
        return self._stream.write(start + printable_lines(text.removeprefix("\r")))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments; by default those of the process.

    Returns
    -------
    int
        0 on success, even if the reader of the output closed the pipe early; 1 after an error, which is written to
        standard error; 2 for invalid arguments; 130 after Ctrl-C.
    """
    _prepare_streams()
    errors: Any = _Escaped(sys.stderr)
    with contextlib.redirect_stderr(errors):
        return _run(arguments)


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = _parsed(arguments)
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning  # type: ignore[assignment] # it ignores the other arguments
            options.run(options)
        sys.stdout.flush()
    except SystemExit:
        # The parser has printed help, version or an error, which may still be buffered.
        _flush_or_leave()
        raise
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (TanteoError, OSError, ImportError, MemoryError) as error:
        _flush_or_leave()
        if isinstance(error, BrokenPipeError):
            return 0
        with contextlib.suppress(OSError):  # standard error may be closed, too
            sys.stderr.write(f"tanteo: error: {printable(_text(error))}\n")
            sys.stderr.flush()
        return _FAILED
    return 0


def _show_warning(message: Warning | str, *_: object) -> None:
    """Write a warning without the line of code that gave it: no code is the user's."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"tanteo: warning: {printable(str(message))}\n")


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the parsed arguments.

    The error about an unknown command names a similar one, and that about values after options, which argparse cannot
    read, says so.
    """
    parser = make_parser()
    first = next(iter(sys.argv[1:] if arguments is None else arguments), "-")
    if not first.startswith("-") and first not in (commands := parser.get_default("commands")):
        meant = similar(first, commands)
        hint = f"did you mean {meant}?" if meant else f"choose from {', '.join(commands)}"
        parser.error(f"there is no command {first!r}; {hint}")
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        are_values = not any(text.startswith("-") for text in unknown)
        parser.error(f"unrecognized arguments: {' '.join(unknown)}{options.hint if are_values else ''}")
    return options


def _text(error: BaseException) -> str:
    """Return the message of an error; that of the operating system without its number."""
    if isinstance(error, OSError) and error.filename is not None and error.strerror is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)


def _prepare_streams() -> None:
    """Redirect streams that the shell has closed to null, and escape characters that the encoding lacks."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - stays open until the process ends
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flush_or_leave() -> None:
    """Flush standard output; redirect it to null if that fails, since the interpreter would fail again at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
