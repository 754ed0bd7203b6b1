"""The folds of one fit, which all of its candidates share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .identity import identity
from .library import MetadataRequest


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
        self.n_splits = 0
        self.identity: dict[str, str] = {}

    def get_n_splits(self, X: Any, y: Any = None, **split_params: Any) -> int:  # noqa: N803 - the names of scikit-learn
        """Draw the folds, and return the number that the splitter announces, which scikit-learn compares with them.

        scikit-learn calls this once, before the search.
        """
        self.folds = self.folds or list(self._splitter.split(X, y, **split_params))
        self.identity = identity(X, y, self.folds)
        self.n_splits = int(self._splitter.get_n_splits(X, y, **split_params))
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
