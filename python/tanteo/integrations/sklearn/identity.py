"""What the scores of a study belong to: the data, the folds and the score. Scores of anything else do not compare."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ...exceptions import ArgumentError
from ...optimizer import Optimizer
from .library import MetadataRequest, issparse, joblib, np

#: The attribute of a trial that says what it was evaluated on.
ATTRIBUTE = "evaluated_on"
# The number of rows that are digested at once.
_ROWS = 4096
_HINTS = {"folds": " (a splitter that shuffles needs a random_state to repeat its folds)"}


class Source(NamedTuple):
    """How messages call a search that goes on, and what to do instead of giving it."""

    name: str
    instead: str


GIVEN_STUDY = Source("the given study", "give another study")
OF_EARLIER_FIT = Source("the search that warm_start=True continues", "set warm_start=False")


def identity(x: Any, y: Any, folds: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Describe what candidates are evaluated on, part by part: shapes and digests of the contents."""
    rows = [_digest(np.asarray(part)) for fold in folds for part in fold]
    return {"X": _described(x), "y": _described(y), "folds": f"{len(rows) // 2} {_joined(rows)}"}


def check_identity(search: Optimizer, current: Mapping[str, str], called: Source) -> None:
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
                f"{called.name} holds scores of other {part}: {known[part]} there, {now} here; "
                f"{called.instead}, or give the same {part}{_HINTS.get(part, '')}"
            )


def _described(data: Any) -> str:
    """Return the shape of some data, and a digest of its content; equal lists, arrays and data frames are the same."""
    if data is None:
        return "None"
    try:
        parts = _arrays(data)
    except Exception:  # lists of different lengths and arrays on other devices raise errors of any kind
        return f"{len(data)} rows {_pickled(data)}"
    return f"{np.shape(data)} {_joined(map(_digest, parts))}"


def _arrays(data: Any) -> list[Any]:
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


class FrozenSplits:
    """A splitter whose folds are drawn once.

    scikit-learn splits the data again for every batch of candidates. A splitter that shuffles without a seed would then
    give each batch other folds, and their scores could not be compared.

    It is copied and pickled as the splitter that draws the folds.

    Parameters
    ----------
    splitter
        The splitter that draws the folds.
    folds
        The folds of an earlier fit, to be used again; by default they are drawn.

    Attributes
    ----------
    folds
        The pairs of train and test rows.
    n_splits
        The number of folds.
    identity
        The identity of the data and of the folds, once these are drawn.
    """

    def __init__(self, splitter: Any, folds: Sequence[Any] = ()) -> None:
        self._splitter = splitter
        self.folds: list[Any] = list(folds)
        self._are_given = bool(self.folds)
        self.n_splits = 0
        self.identity: dict[str, str] = {}

    def get_n_splits(self, X: Any, y: Any = None, **split_params: Any) -> int:  # noqa: N803 - the names of scikit-learn
        """Draw the folds, and return the number that the splitter announces, which scikit-learn compares with them.

        scikit-learn calls this once, before the search.
        """
        self.folds = self.folds or list(self._splitter.split(X, y, **split_params))
        self.identity = identity(X, y, self.folds)
        self.n_splits = int(self._splitter.get_n_splits(X, y, **split_params))
        if self._are_given and self.n_splits != len(self.folds):
            raise ArgumentError(
                f"warm_start=True keeps the {len(self.folds)} folds of the earlier fit, and cv now makes "
                f"{self.n_splits}; leave cv as it was, or start again with warm_start=False"
            )
        return self.n_splits

    def split(self, *_: Any, **__: Any) -> Iterator[Any]:
        """Iterate over the pairs of train and test rows."""
        return iter(self.folds)

    def some(self, numbers: Sequence[int]) -> FrozenSplits:
        """Return a splitter with these folds only."""
        return FrozenSplits(self._splitter, [self.folds[number] for number in numbers])

    def get_metadata_routing(self) -> Any:
        """Return what the splitter requests of the parameters of ``fit``."""
        request = getattr(self._splitter, "get_metadata_routing", None)
        return MetadataRequest(owner=None) if request is None else request()

    def __repr__(self) -> str:
        return repr(self._splitter)

    def __reduce__(self) -> tuple[Any, ...]:
        return _unchanged, (self._splitter,)


def _unchanged(splitter: Any) -> Any:
    return splitter
