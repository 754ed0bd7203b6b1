"""Studies of Optuna: their directions, and what is kept of each."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from ...trials.objectives import Direction

_T = TypeVar("_T")


def directions_of(study: Any) -> list[Direction]:
    """Return the direction of each objective; a `_BracketStudy` of Optuna's Hyperband has them too."""
    return [cast("Direction", direction.name.lower()) for direction in study.directions]


class PerStudy(Generic[_T]):
    """What was read of each study; it saves time only, and is dropped with the storage.

    Parameters
    ----------
    new
        Makes it, from the directions of a study.
    """

    def __init__(self, new: Callable[[list[Direction]], _T]) -> None:
        self._new = new
        self._kept: weakref.WeakKeyDictionary[Any, dict[int, _T]] = weakref.WeakKeyDictionary()

    def of(self, study: Any) -> _T:
        """Return what is kept of a study, of which a `_BracketStudy` has only few attributes."""
        of_storage = self._kept.setdefault(study._storage, {})
        if study._study_id not in of_storage:
            of_storage[study._study_id] = self._new(directions_of(study))
        return of_storage[study._study_id]
