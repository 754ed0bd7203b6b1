"""What the scores of a study belong to: the data, the folds and the score. Scores of anything else do not compare."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from ...exceptions import ArgumentError
from ...optimizer import Optimizer
from .library import issparse, joblib, np

#: The attribute of a trial that says what it was evaluated on.
ATTRIBUTE = "evaluated_on"
# The number of rows that are digested at once.
_ROWS = 4096
_HINTS = {"folds": " (a splitter that shuffles needs a random_state to repeat its folds)"}


def identity(x: Any, y: Any, folds: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Describe what candidates are evaluated on, part by part: shapes and digests of the contents."""
    rows = [_digest(np.asarray(part)) for fold in folds for part in fold]
    return {"X": _described(x), "y": _described(y), "folds": f"{len(rows) // 2} {_joined(rows)}"}


def check_identity(search: Optimizer, current: Mapping[str, str]) -> None:
    """Refuse a search whose trials were evaluated on anything else; trials without the attribute are not compared.

    Raises
    ------
    ArgumentError
        Naming the part that differs.
    """
    for trial in reversed(search.trials):
        known = trial.attrs.get(ATTRIBUTE)
        if isinstance(known, Mapping):
            break
    else:
        return
    for part, now in current.items():
        if known.get(part, now) != now:
            raise ArgumentError(
                f"the given study holds scores of other {part}: {known[part]} there, {now} here; "
                f"give another study, or the same {part}{_HINTS.get(part, '')}"
            )


def _described(data: Any) -> str:
    """Return the shape of some data, and a digest of its content; equal lists, arrays and data frames are the same."""
    if data is None:
        return "None"
    try:
        parts = _parts(data)
    except Exception:  # lists of different lengths and arrays on other devices raise errors of any kind
        return f"{len(data)} rows {_pickled(data)}"
    return f"{np.shape(data)} {_joined(map(_digest, parts))}"


def _parts(data: Any) -> list[Any]:
    """Return the arrays that make up some data: the columns of a data frame of several types, or else one array."""
    if issparse(data):
        rows = data.tocsr(copy=True)
        rows.sum_duplicates()
        return [rows.data, rows.indices.astype(np.int64), rows.indptr.astype(np.int64)]
    if hasattr(data, "columns") and len(set(map(str, data.dtypes))) > 1:
        return [np.asarray(data[name]) for name in data.columns]
    return [np.asarray(data)]


def _digest(array: Any) -> str:
    if array.dtype.hasobject:
        return _pickled(array)
    digest = hashlib.sha256(f"{array.dtype.str} {array.shape}".encode())
    for start in range(0, len(array), _ROWS):  # in blocks, because a block may have to be copied
        digest.update(np.ascontiguousarray(array[start : start + _ROWS]).reshape(-1).view(np.uint8))
    return digest.hexdigest()


def _joined(digests: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(digests).encode()).hexdigest()[:16]


def _pickled(data: Any) -> str:
    """Return a digest of objects, or nothing if they cannot be pickled: then only the shape is compared."""
    try:
        return str(joblib.hash(data))
    except Exception:  # pickling an object of the user's raises errors of any kind
        return ""
