"""From the command line to an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

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
    options = make_parser().parse_args(arguments)
    try:
        options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_standard_output()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except (TanteoError, OSError, ImportError) as error:
        sys.stderr.write(f"tanteo: error: {error}\n")
        return _FAILED
    return 0


def _leave_standard_output() -> None:
    """Sends the rest to nowhere: the interpreter flushes once more when it exits, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
