"""Ids of parametrized cases."""

from __future__ import annotations

import re


def stable_id(case: object) -> str:
    """Return the repr of a case without addresses: all workers of pytest must use the same ids."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(case))[:60]
