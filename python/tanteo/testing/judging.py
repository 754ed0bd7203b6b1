"""Run one check in this process."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

from .failure import Failure, Skipped
from .protocol import Factory
from .registry import Check
from .report import Outcome, Status


def run_check(check: Check, factory: Factory, profile: str) -> Outcome:
    """Run one check in this process and return its outcome."""
    status, reason, program = _run(check, factory, profile)
    return Outcome(check.name, check.group, status, reason, tuple(program))


def _run(check: Check, factory: Factory, profile: str) -> tuple[Status, str, Sequence[str]]:
    try:
        check(factory, profile=profile)
    except Skipped as skipped:
        return "skipped", str(skipped), ()
    except Failure as failure:
        return "failed", failure.reason, failure.program
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        return "error", f"{type(error).__name__}: {error} ({frame.filename}, line {frame.lineno})", ()
    return "passed", "", ()
