"""The folds of one fit, which all of its candidates share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class FrozenSplits:
    """A splitter whose folds are drawn once.

    scikit-learn splits the data again for every batch of candidates. A splitter that shuffles without a seed would then
    give each batch other folds, and their scores could not be compared.

    Parameters
    ----------
    splitter
        The splitter that draws the folds.
    x, y
        The data.
    split_params
        Further arguments of ``splitter.split``, such as ``groups``.
    """

    def __init__(self, splitter: Any, x: Any, y: Any, split_params: Mapping[str, Any]) -> None:
        self.splitter = splitter
        # scikit-learn compares this count with the folds, so it has to be that of the splitter.
        self._count = splitter.get_n_splits(x, y, **split_params)
        self.folds = list(splitter.split(x, y, **split_params))

    def get_n_splits(self, *_: Any, **__: Any) -> int:
        """Return the number of folds that the splitter announces."""
        return int(self._count)

    def split(self, *_: Any, **__: Any) -> Iterator[Any]:
        """Iterate over the pairs of train and test rows."""
        return iter(self.folds)
