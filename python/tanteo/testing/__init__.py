"""Property testing of samplers: yours, ours, and those of other libraries.

A sampler is anything with ``ask`` and ``tell``. :func:`check_sampler` runs the named checks on it and shows a
small program for each failure; :func:`parametrize_with_checks` makes them tests of pytest; :func:`machine` is a state
machine of Hypothesis; :mod:`tanteo.testing.strategies` draws spaces, outcomes and objectives. Needs the extra
``testing``.
"""

from __future__ import annotations

from .._internal.optional import require as _require

_require("hypothesis", extra="testing", needed_by="tanteo.testing")

from . import adapters, strategies  # noqa: E402 - after the error that names the extra
from .failure import Failure, Skipped, Unsupported  # noqa: E402 - as above
from .machine import machine  # noqa: E402 - as above
from .protocol import AskTell, Capabilities  # noqa: E402 - as above
from .registry import Check, all_checks, check  # noqa: E402 - as above
from .report import Outcome, Report  # noqa: E402 - as above
from .runner import SamplerFailed, check_sampler, examine, parametrize_with_checks  # noqa: E402 - as above
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
