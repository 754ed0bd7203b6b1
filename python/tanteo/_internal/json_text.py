"""JSON for people and other programs: every table, report and ``--json`` of the package is written here.

JSON has no NaN and no infinity, and programs that follow its standard refuse a document with these words. NaN becomes
null, as pandas and JavaScript write it. An infinity becomes the text "inf" or "-inf", as Optuna's dashboard and our own
spaces write it; ``float`` reads it back.
"""

from __future__ import annotations

import json
import math
from typing import Any

from .text import TOO_LONG, safe_repr

# Values nested deeper than this are written as their repr, so that no depth exceeds the stack.
_DEPTH = 100


def to_json(data: object, *, indent: int | None = None) -> str:
    """Return ``data`` as JSON; anything that JSON cannot represent is written as its repr.

    >>> to_json({"loss": [0.5, float("nan"), float("-inf")], "act": abs, "size": (1, 2)})
    '{"loss": [0.5, null, "-inf"], "act": "<built-in function abs>", "size": [1, 2]}'
    """
    return json.dumps(_plain(data, _DEPTH), indent=indent, allow_nan=False)


def _plain(value: Any, depth: int) -> Any:
    """Return a value as one that JSON can represent. Subclasses are written as their repr."""
    kind = type(value)
    if kind is float:
        return value if math.isfinite(value) else None if math.isnan(value) else repr(value)
    if value is None or kind in (bool, str) or (kind is int and abs(value) < TOO_LONG):
        return value
    if depth and kind is dict and all(type(key) is str for key in value):
        return {key: _plain(item, depth - 1) for key, item in value.items()}
    return [_plain(item, depth - 1) for item in value] if depth and kind in (list, tuple) else safe_repr(value)
