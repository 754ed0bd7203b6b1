"""Property tests for samplers: your own, Tanteo's, and those of other libraries.

A sampler is any object with ``ask`` and ``tell``. :func:`check_sampler` runs the named checks on it and prints a small
program for each failure. :func:`parametrize_with_checks` turns the checks into pytest tests. :func:`machine` returns a
Hypothesis state machine. :mod:`tanteo.testing.strategies` draws spaces, outcomes and objectives. The package needs the
extra ``testing``.
"""

from __future__ import annotations

from .._internal.optional import require as _require

_require("hypothesis", extra="testing", needed_by="tanteo.testing")

from . import adapters, strategies  # noqa: E402 - after the error that names the extra
from .failure import Failure, Skipped, Unsupported  # noqa: E402 - as above
from .machine import machine  # noqa: E402 - as above
from .protocol import AskTell, Capabilities  # noqa: E402 - as above
from .registry import Check, check  # noqa: E402 - as above
from .report import Outcome, Report  # noqa: E402 - as above
from .runner import SamplerFailed, check_sampler, examine, parametrize_with_checks  # noqa: E402 - as above
from .selection import all_checks  # noqa: E402 - as above
from .session import Session  # noqa: E402 - as above
from .subject import Subject, expect  # noqa: E402 - as above

__all__ = [
    "AskTell",
    "Capabilities",
    "Check",
    "Failure",
    "Outcome",
    "Report",
    "SamplerFailed",
    "Session",
    "Skipped",
    "Subject",
    "Unsupported",
    "adapters",
    "all_checks",
    "check",
    "check_sampler",
    "examine",
    "expect",
    "machine",
    "parametrize_with_checks",
    "strategies",
]
