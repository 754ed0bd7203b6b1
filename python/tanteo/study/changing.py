"""Another space for a search that lives: what becomes of the trials so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._internal.text import safe_repr
from ..earlier.mapping import remapped
from ..exceptions import ArgumentError, SpaceError
from ..space.packing import pack, unpack
from .header import space_in_header

if TYPE_CHECKING:
    from ..space.codec import Row
    from ..space.search_space import SearchSpace
    from .state import State


class Change:
    """The change of one space into another.

    A trial fits into the new space if its configuration is one of it, with what ``fill`` adds. A parameter that is new
    needs a value there wherever it is active, and one that is gone a value too: that at which it is fixed from now on,
    so that trials which had it go on and others are set aside.

    Parameters
    ----------
    old, new
        The spaces.
    fill
        Flat name to value.

    Raises
    ------
    ArgumentError
        If a name is neither new nor gone.
    """

    def __init__(self, old: SearchSpace, new: SearchSpace, fill: Mapping[str, Any]) -> None:
        self._old, self._new = old, new
        self._gone = {name for name in old if name not in new}
        self._added = {name for name in new if name not in old}
        for name in fill:
            if name not in self._gone | self._added:
                both = "is in both spaces" if name in new else "is in neither space"
                raise ArgumentError(f"fill gives a value for {safe_repr(name)}, which {both}; leave it out")
        self._fill = dict(fill)

    def row(self, flat: Mapping[str, Any]) -> list[Any] | None:
        """Return the raw values that a configuration has in the new space; None if it does not fit."""
        kept = dict(flat)
        for name in self._gone & kept.keys():
            if name not in self._fill or not self._is_at(name, kept.pop(name)):
                return None
        try:
            return list(self._new._core.check(self._new._raw(self._filled(kept), partial=False)))
        except SpaceError:
            return None

    def _filled(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """Return a configuration with the values of new parameters, those that do not exist beside the others aside."""
        codec = self._new._codec
        filled = {**kept, **{name: self._fill[name] for name in self._added if name in self._fill}}
        while True:
            row = codec.row(filled)
            missing = [name for name in self._added & filled.keys() if not codec._exists(name, row)]
            if not missing:
                return filled
            filled = {name: value for name, value in filled.items() if name not in missing}

    def _is_at(self, name: str, value: Any) -> bool:
        parameter = self._old[name]
        what = f"fill of {name!r}"
        return bool(parameter._to_raw(value, what) == parameter._to_raw(self._fill[name], what))


def flat_params(space: SearchSpace, row: Row) -> dict[str, Any]:
    """Return a configuration as flat name to value."""
    return space._codec.flat(space._codec.params(row))


def operation(state: State, old: SearchSpace, new: SearchSpace, fill: Mapping[str, Any], run: int) -> dict[str, Any]:
    """Return the operation that changes the space of a study, in terms of JSON."""
    change, record = Change(old, new, fill), state.record
    rows: list[Any] = []
    aside: list[list[Any]] = []
    again: list[int] = []
    for trial in range(len(state.core)):
        noted = record.aside.get(trial)
        if noted is None:
            flat = flat_params(old, state.core.trial(trial)["row"])
            noted = [[name, pack(value, _shown)] for name, value in flat.items()]
        else:
            flat = {name: unpack(packed) for name, packed in noted}
        row = change.row(flat)
        rows.append(row)
        if row is None:
            aside.append([trial, noted])
        elif trial in record.aside and trial not in record.by_user:
            again.append(trial)
    known = [remapped(source, old, new) for source in state.core.earlier()]
    more = {"changes": record.changes, **({"earlier": known} if known else {})}
    return {"run": run, **space_in_header(new), "rows": rows, "aside": aside, "again": again, **more}


def _shown(value: Any) -> str:
    return safe_repr(value)
