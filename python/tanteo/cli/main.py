"""From the command line to an exit code."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tanteo._internal.text import printable
from tanteo.cli.arguments import make_parser
from tanteo.exceptions import TanteoError

_FAILED = 1
# As shells have it for a process that Ctrl-C ended: 128 + SIGINT.
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.

    Returns
    -------
    int
        0 if all went well, also when the reader of the output left early; 1 after an error, which is then on standard
        error; 2 for a command line that makes no sense; 130 after Ctrl-C.
    """
    _prepare_streams()
    try:
        options = make_parser().parse_args(arguments)
        options.run(options)
        sys.stdout.flush()
    except SystemExit:
        # The parser has printed its help, its version or a mistake, and that may be in a buffer still.
        _flush_or_leave()
        raise
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (TanteoError, OSError, ImportError, MemoryError) as error:
        _flush_or_leave()
        if isinstance(error, BrokenPipeError):
            return 0
        with contextlib.suppress(OSError):  # the reader of errors may have left, too
            sys.stderr.write(f"tanteo: error: {printable(str(error))}\n")
            sys.stderr.flush()
        return _FAILED
    return 0


def _prepare_streams() -> None:
    """Streams that the shell has closed lead nowhere, and characters that the encoding lacks become escapes."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _flush_or_leave() -> None:
    """Sends what cannot be written to nowhere: the interpreter flushes once more when it exits, and would complain."""
    try:
        sys.stdout.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
