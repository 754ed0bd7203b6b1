"""What decisions to stop trials rest on, and what they were, as far as the core does not know it."""

from __future__ import annotations

from typing import Any

from ..exceptions import SnapshotError


class PruningNotes:
    """The notes of a search on stopping its trials; they are saved with it.

    Attributes
    ----------
    orders
        The numbers of folds of the orders that were asked for.
    reasons
        Why pending trials should stop, by id, according to the latest decision on each.
    """

    def __init__(self) -> None:
        self.orders: set[int] = set()
        self.reasons: dict[int, str] = {}

    def note_order(self, n: int) -> None:
        """Record that the order of ``n`` folds was asked for."""
        self.orders.add(n)

    def note_decision(self, trial: int, reason: str | None) -> None:
        """Record why a pending trial should stop; None if it should go on."""
        if reason is None:
            self.reasons.pop(trial, None)
        else:
            self.reasons[trial] = reason

    def forget(self, trial: int) -> None:
        """Remove the decision on a trial that is told, or that another worker starts again."""
        if self.reasons:
            self.reasons.pop(trial, None)

    def to_data(self) -> dict[str, Any]:
        """Return all notes as JSON values, without those that are empty."""
        # Pairs, because the keys of JSON objects are text. Copied, since another thread may decide on a trial.
        data = {"fold_orders": sorted(self.orders.copy()), "stops": sorted(map(list, self.reasons.copy().items()))}
        return {name: value for name, value in data.items() if value}

    @classmethod
    def from_data(cls, data: Any) -> PruningNotes:
        """Undo :meth:`to_data`.

        Raises
        ------
        SnapshotError
            If the data is damaged.
        """
        if not _is_whole(data):
            raise SnapshotError("the notes on stopping trials cannot be read")
        notes = cls()
        notes.orders.update(data.get("fold_orders", ()))
        notes.reasons.update(data.get("stops", ()))
        return notes


def _is_whole(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    return _is_list(data.get("fold_orders", []), _is_id) and _is_list(data.get("stops", []), _is_stop)


def _is_list(value: Any, is_entry: Any) -> bool:
    return isinstance(value, list) and all(map(is_entry, value))


def _is_id(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_stop(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and _is_id(value[0]) and isinstance(value[1], str)
