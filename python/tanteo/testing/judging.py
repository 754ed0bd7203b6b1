"""How a check ends."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

from .failure import Failure, Skipped
from .protocol import Factory
from .registry import Check
from .report import Outcome, Status


def judged(one: Check, factory: Factory, profile: str) -> Outcome:
    """Run one check here and return how it ended."""
    status, reason, program = _run(one, factory, profile)
    return Outcome(one.name, one.group, status, reason, tuple(program))


def _run(one: Check, factory: Factory, profile: str) -> tuple[Status, str, Sequence[str]]:
    try:
        one(factory, profile=profile)
    except Skipped as skipped:
        return "skipped", str(skipped), ()
    except Failure as failure:
        return "failed", failure.reason, failure.program
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return "error", f"{type(error).__name__}: {error} ({place.filename}, line {place.lineno})", ()
    return "passed", "", ()
