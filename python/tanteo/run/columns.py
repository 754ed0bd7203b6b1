"""The columns by which trials are filtered, sorted and exported."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tanteo import inside
from tanteo._internal.states import CANCELLED, STATES, are_excluded
from tanteo._internal.tabular import is_missing
from tanteo._internal.text import safe_repr, truths
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.run.history import outcomes
from tanteo.trials.objectives import suffixes

Columns = Mapping[str, Sequence[Any]]

_CONDITION = re.compile(r"(?P<column>.+?)(?P<sign><=|>=|!=|==?|<|>)(?P<value>.*)", re.DOTALL)
# With several named objectives, the names of these columns end in ``/`` and the name of an objective.
_BY_OBJECTIVE = ("value", "sem", "replicates")
_SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def columns_of(search: Optimizer, **extra: bool) -> dict[str, list[Any]]:
    """Return the columns of :meth:`Optimizer.to_dict` as lists."""
    return {name: column.tolist() for name, column in search.to_dict(**with_folds(search, extra)).items()}


def with_cancelled(search: Optimizer, columns: Columns) -> Columns:
    """Return the columns of a search with the state ``cancelled`` for cancelled trials, as in filters and lists."""
    return {**columns, "state": outcomes(search).called}


def with_folds(search: Optimizer, extra: Mapping[str, bool]) -> dict[str, bool]:
    """Return the requested extra columns; any request also includes the folds, if there are some."""
    return {**extra, "folds": any(extra.values()) and any(trial.folds for trial in search.trials)}


def full_name(columns: Columns, search: Optimizer, name: str, option: str = "") -> str:
    """Return the full name of a column. Prefixes such as ``params/`` are optional; ``value`` is the first objective.

    Errors of this and of the functions below name the ``option`` of a command, if there is one.
    """
    names = [name, f"params/{name}", f"attrs/{name}", f"constraints/{name}", f"value/{name}", f"{name}_0"]
    if search.objective_names == (name,):
        names.append("value")
    first = next((full for full in columns if full.startswith(f"{name}/")), None) if name in _BY_OBJECTIVE else None
    match = next((full for full in names if full in columns), first)
    if match is None:
        raise ArgumentError(f"{_lead(option)}{name}: there is no such column; choose from {', '.join(columns)}")
    return match


def _lead(option: str) -> str:
    return f"{option} " if option else ""


def ids_in_order(
    columns: Columns, search: Optimizer, name: str, *, reverse: bool = False, option: str = ""
) -> list[int]:
    """Return the ids sorted by one column: objective values best first, other columns in ascending order.

    Ordinals are sorted by position, and equal entries by id. ``reverse`` turns this around. Trials without an entry
    come last in any case. Where values are sorted, trials that cannot be the best follow those that can: see
    :func:`standing`.
    """
    column = full_name(columns, search, name, option)
    entries = columns[column]
    column_suffixes = suffixes(len(search.directions), search.objective_names)
    direction_of = {f"value{end}": direction for end, direction in zip(column_suffixes, search.directions, strict=True)}
    descends = direction_of.get(column) == "maximize"
    known = [number for number in range(len(entries)) if not is_missing(entries[number])]
    ranks = ranks_of(search, column)
    known.sort(key=lambda number: _key(entries[number], ranks, descends=descends))
    if reverse:
        known.reverse()
    if column in direction_of:
        known.sort(key=standing(search).__getitem__)
    return known + [number for number in range(len(entries)) if is_missing(entries[number])]


def standing(search: Optimizer) -> list[int]:
    """Return for each trial 0 if it may be the best, 1 if not, and 2 if it is excluded."""
    view = search.view()
    return [2 if out else int(not best) for out, best in zip(are_excluded(view.state), view.eligible, strict=True)]


def _key(entry: Any, ranks: Mapping[str, int], *, descends: bool) -> tuple[int, Any]:
    """Return a sort key that puts numbers and ranks first, then text."""
    if (rank := ranks.get(shown(entry))) is not None:
        return (0, rank)
    if isinstance(entry, int | float):
        return (0, -entry if descends else entry)
    return (1, str(entry))


def condition(columns: Columns, text: str, search: Optimizer, option: str = "") -> Callable[[int], bool]:
    """Return a function that evaluates a condition such as ``lr<0.01`` or ``kind=adam`` for the id of a trial.

    A trial without an entry satisfies ``!=`` only. Choices of an ordinal are compared by their positions.

    Raises
    ------
    ArgumentError
        If the text is not a condition, there is no such column or choice, or text is compared with a column of numbers.
    """
    said = f"{_lead(option)}{text}"
    match = _CONDITION.fullmatch(text)
    if match is None:
        raise ArgumentError(f"{said}: write a column, one of {' '.join(_SIGNS)} and a value, such as lr<0.01")
    name = full_name(columns, search, match["column"].strip(), option)
    entries = columns[name]
    sign, value = match["sign"].replace("==", "="), match["value"].strip()
    choices = choices_of(search, name, entries if sign in ("=", "!=") else ())
    if value not in map(shown, choices) and value.casefold() in (booleans := truths(choices)):
        value = shown(booleans[value.casefold()])
    if sign in ("=", "!=") and value == "None" and any(choice is None for choice in choices_of(search, name, ())):
        is_none = _are_none(columns, name)
        return lambda number: is_none[number] == (sign == "=")
    if sign in ("=", "!="):
        _check_choice(said, choices, entries, value)
    elif ranks := ranks_of(search, name):
        _check_choice(said, choices, (), value)
        compare, wanted = _SIGNS[sign], ranks[value]
        # A choice of an earlier space has no rank.
        return lambda number: (rank := ranks.get(shown(entries[number]))) is not None and compare(rank, wanted)
    _check_comparable(said, name, entries, value)
    return lambda number: _holds(entries[number], sign, value)


def _are_none(columns: Columns, name: str) -> list[bool]:
    """Return which trials have the choice None; the None of an inactive parameter is no choice."""
    active = columns.get(name.replace("params/", "active/", 1), [True] * len(columns[name]))
    return [entry is None and exists for entry, exists in zip(columns[name], active, strict=True)]


def choices_of(search: Optimizer, column: str, entries: Sequence[Any]) -> Sequence[Any]:
    """Return what a column can hold: states, truth values or the choices of a parameter; empty for other columns."""
    if column == "state":
        return *STATES, CANCELLED
    if entries and all(isinstance(entry, bool) for entry in entries):
        return (True, False)
    parameter = search.space.parameters.get(column.removeprefix("params/")) if column.startswith("params/") else None
    return tuple(getattr(parameter, "choices", ()))


def ranks_of(search: Optimizer, column: str) -> dict[str, int]:
    """Return the positions of the choices of an ordinal; empty for other columns, and where numbers are compared."""
    parameter = search.space.parameters.get(column.removeprefix("params/")) if column.startswith("params/") else None
    choices = () if parameter is None else inside.ordered_choices(parameter)
    return {} if all(map(is_number, choices)) else {shown(choice): rank for rank, choice in enumerate(choices)}


def _check_choice(said: str, choices: Sequence[Any], known: Sequence[Any], value: str) -> None:
    """Refuse a value that is no choice; after a change of the space, trials may have earlier choices."""
    if choices and not any(_holds(entry, "=", value) for entry in (*choices, *known)):
        raise ArgumentError(f"{said}: choose one of {', '.join(map(shown, choices))}")


def shown(entry: Any) -> str:
    """Return an entry as filters take it: text without quotes."""
    return entry if isinstance(entry, str) else safe_repr(entry)


def _check_comparable(said: str, name: str, entries: Sequence[Any], value: str) -> None:
    are_numbers = {is_number(entry) for entry in entries if not is_missing(entry)} == {True}
    if are_numbers and _number(value) is None:
        raise ArgumentError(f"{said}: {name} holds numbers, and {value!r} is not a number")


def is_number(entry: Any) -> bool:
    """Whether an entry is compared as a number; missing entries of columns of numbers are NaN."""
    return isinstance(entry, int | float) and not isinstance(entry, bool)


def _holds(entry: Any, sign: str, value: str) -> bool:
    if is_missing(entry):
        return sign == "!="
    number = _number(value) if is_number(entry) else None
    if number is not None:
        return _SIGNS[sign](entry, number)
    return _SIGNS[sign](shown(entry), value)


def _number(text: str) -> float | None:
    for kind in (int, float):  # a float cannot represent every integer beyond 2**53
        try:
            return kind(text)
        except ValueError:
            pass
    return None
