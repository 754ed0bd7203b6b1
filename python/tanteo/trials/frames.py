"""Tables of all trials: NumPy arrays, pandas, polars, JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from .._internal.coercion import EXACT_FLOAT_INTEGERS
from .._internal.optional import require
from .._internal.states import are_excluded, state_of
from .._internal.text import safe_repr
from .._internal.text import to_json as as_json_text
from ..space.parameters.base import column_kind
from ..space.search_space import SearchSpace
from .attributes import attribute_value
from .objectives import suffixes
from .schema import resume_from
from .trial import FrozenTrial, seconds_between

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd
    import polars as pl

    from .._core import CoreOptimizer
    from ..space.parameters import Parameter
    from ..space.parameters.base import ColumnKind as Kind
    from .objectives import Names

# The start and end of an evaluation, and the attributes as names and JSON.
Note: TypeAlias = tuple[float | None, float | None, Sequence[tuple[str, str]]]


class Column(NamedTuple):
    """One entry per trial. A missing entry is NaN in a column of floats and None in others; lists may be empty."""

    name: str
    values: Sequence[Any]
    kind: Kind


# The kinds of columns, by the annotations of the fields that have one.
_KINDS: Mapping[str, Kind] = {
    **{"int": "int", "int | None": "int", "float | None": "float", "bool": "bool", "tuple[str, ...]": "texts"},
    **dict.fromkeys(("State", "Origin", "str | None"), "text"),
}


def field_column(trial: type[FrozenTrial], name: str, values: Any) -> Column:
    """Return the column of a field of a class of trials, for a field with one entry per trial."""
    entries = values if isinstance(values, list) else values.tolist()
    return Column(name, entries, _KINDS[trial.__annotations__[name]])


class Extra(NamedTuple):
    """Optional columns of a table, and names of objectives."""

    steps: bool = False
    replicates: bool = False
    folds: bool = False
    # Names of the objectives, for the columns of their values.
    names: Names = None


def all_columns(core: CoreOptimizer, space: SearchSpace, extra: Extra) -> Iterator[Column]:
    """Iterate over the columns in the order documented at :meth:`Optimizer.to_dict`."""
    found, paused = core.columns(), set(core.paused())
    found["state"] = [state_of(state, paused=number in paused) for number, state in enumerate(found["state"])]
    view = core.view()
    found["feasible"], found["excluded"] = view["feasible"], are_excluded(view["state"])
    for name in ("id", "state", "origin"):
        yield field_column(FrozenTrial, name, found[name])
    ends = suffixes(found["values"].shape[1], extra.names)
    for what in ("value", "sem"):
        for k, end in enumerate(ends):
            yield Column(f"{what}{end}", found[f"{what}s"][:, k].tolist(), "float")
    for name in ("cost", "feasible", "excluded", "reason"):
        yield field_column(FrozenTrial, name, found[name])
    yield from _parameter_columns(found["rows"], len(found["id"]), space)
    for name, values in found["constraints"].items():
        yield Column(f"constraints/{name}", values.tolist(), "float")
    yield from _note_columns(found["notes"], len(found["id"]))
    if core.settings()["pausing"]:
        unfinished = {number: resume_from(core.trial(number)) for number in (*core.pending(), *paused)}
        yield field_column(FrozenTrial, "resume_from", [unfinished.get(number) for number in range(len(core))])
    yield from _extra_columns(core, extra)


def _extra_columns(core: CoreOptimizer, extra: Extra) -> Iterator[Column]:
    """Iterate over columns of lists: steps and folds with their values, and the measurements of each value."""
    if not (extra.steps or extra.replicates or extra.folds):
        return
    trials = [core.trial(number) for number in range(len(core))]
    ends = suffixes(len(core.settings()["maximize"]), extra.names)
    if extra.steps:
        yield Column("steps/step", [[step for step, _ in trial["curve"]] for trial in trials], "ints")
        for k, end in enumerate(ends):
            values = [[as_tuple(value)[k] for _, value in trial["curve"]] for trial in trials]
            yield Column(f"steps/value{end}", values, "floats")
    if extra.replicates:
        for k, end in enumerate(ends):
            replicates = [list(trial["replicates"][k]) if trial["replicates"] else [] for trial in trials]
            yield Column(f"replicates{end}", replicates, "floats")
    if extra.folds:
        yield Column("folds/fold", [[fold for fold, _ in trial["folds"]] for trial in trials], "ints")
        yield Column("folds/value", [[value for _, value in trial["folds"]] for trial in trials], "floats")


def as_tuple(values: float | Sequence[float]) -> Sequence[float]:
    """Return a reported value as a sequence with one number per objective."""
    return values if isinstance(values, Sequence) else (values,)


def _parameter_columns(raws: Sequence[Sequence[Any]], n: int, space: SearchSpace) -> Iterator[Column]:
    by_name = dict(zip(space._codec.names, raws, strict=True))
    rows = list(zip(*raws, strict=True)) if raws else [()] * n
    for name, parameter in space.parameters.items():
        raw = by_name[name] if parameter._varies else [space._codec.constant_level(name, row) for row in rows]
        yield _parameter_column(f"params/{name}", parameter, raw)
        if parameter.when is not None:
            yield Column(f"active/{name}", [level is not None for level in raw], "bool")


def _parameter_column(name: str, parameter: Parameter, raws: Sequence[Any]) -> Column:
    """Return a column of values; its kind depends on the declaration, not on the trials."""
    labels, kind = parameter._labels(), parameter._column_kind()
    missing = math.nan if kind == "float" else None
    return Column(name, [missing if raw is None else raw if labels is None else labels[raw] for raw in raws], kind)


def _note_columns(notes: Sequence[tuple[int, Note]], n: int) -> Iterator[Column]:
    """Iterate over the columns of times and attributes that at least one trial has."""
    times: dict[str, dict[int, Any]] = {}
    attrs: dict[str, dict[int, Any]] = {}
    for number, (started, finished, attributes) in notes:
        for name, text in attributes:
            attrs.setdefault(f"attrs/{name}", {})[number] = attribute_value(text)
        duration = seconds_between(started, finished)
        if duration is not None:
            for name, seconds in (("started", started), ("finished", finished), ("duration", duration)):
                times.setdefault(name, {})[number] = seconds
    for name, entries in (*times.items(), *sorted(attrs.items())):
        kind = _common_kind(entries.values())
        missing = math.nan if kind == "float" else None
        values = [entries.get(number, missing) for number in range(n)]
        yield Column(name, [missing if value is None else value for value in values], kind)


def _common_kind(values: Iterable[Any]) -> Kind:
    """Return the kind of a column with arbitrary entries; floats mixed with integers exact as floats are floats."""
    known = [value for value in values if value is not None]
    types = set(map(type, known))
    if types == {int, float} and all(abs(value) <= EXACT_FLOAT_INTEGERS for value in known if type(value) is int):
        return "float"
    return column_kind(types)


def to_arrays(columns: Iterable[Column]) -> dict[str, npt.NDArray[Any]]:
    """See :meth:`Optimizer.to_dict`."""
    return {column.name: _array(column) for column in columns}


def _integer_type(values: Sequence[int | None]) -> str | None:
    """Return the name of the 64-bit type that can hold all the integers, or None if there is none."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0), max(known, default=0)
    if low >= -(2**63) and high < 2**63:
        return "int64"
    return "uint64" if low >= 0 and high < 2**64 else None


def _array(column: Column) -> npt.NDArray[Any]:
    """Return a column as an array, of objects if an entry is missing or no type of NumPy can hold all entries."""
    import numpy as np

    if column.kind == "float":
        return np.array(column.values, dtype=np.float64)
    if column.kind in ("int", "bool") and None not in column.values:
        kind = "bool" if column.kind == "bool" else _integer_type(column.values)
        if kind is not None:
            return np.array(column.values, dtype=kind)
    array = np.empty(len(column.values), dtype=object)
    for n, value in enumerate(column.values):  # one by one, because a tuple would become another dimension
        array[n] = value
    return array


def to_pandas(columns: Iterable[Column]) -> pd.DataFrame:
    """See :meth:`Optimizer.to_pandas`."""
    pandas = require("pandas", extra="pandas", needed_by="to_pandas")

    nullable = {"int64": "Int64", "uint64": "UInt64", None: None}

    def series(column: Column) -> Any:
        kind = (
            "boolean"
            if column.kind == "bool"
            else nullable[_integer_type(column.values)]
            if column.kind == "int"
            else None
        )
        missing = kind is not None and None in column.values
        return pandas.array(list(column.values), dtype=kind) if missing else _array(column)

    frame: pd.DataFrame = pandas.DataFrame({column.name: series(column) for column in columns})
    return frame


def _texts(values: Sequence[Any]) -> list[str | None]:
    """Return objects as text, since no file that polars writes has a type for them; other entries stay different."""
    reprs = [None if value is None else safe_repr(value) for value in values]
    others = {text for value, text in zip(values, reprs, strict=True) if not isinstance(value, str)}
    if any(isinstance(value, str) and value in others for value in values):
        return reprs
    return [value if isinstance(value, str) else text for value, text in zip(values, reprs, strict=True)]


def to_polars(columns: Iterable[Column]) -> pl.DataFrame:
    """See :meth:`Optimizer.to_polars`."""
    polars = require("polars", extra="polars", needed_by="to_polars")

    integers = {"int64": polars.Int64, "uint64": polars.UInt64, None: polars.Object}
    types = {
        **{"float": polars.Float64, "bool": polars.Boolean, "text": polars.String, "object": polars.String},
        **{
            "ints": polars.List(polars.Int64),
            "floats": polars.List(polars.Float64),
            "texts": polars.List(polars.String),
        },
    }

    def series(column: Column) -> pl.Series:
        kind = integers[_integer_type(column.values)] if column.kind == "int" else types[column.kind]
        values = column.values
        if column.kind == "float":
            values = [None if value != value else value for value in values]
        elif column.kind == "object":
            values = _texts(values)
        made: pl.Series = polars.Series(column.name, values, dtype=kind)
        return made

    frame: pl.DataFrame = polars.DataFrame([series(column) for column in columns])
    return frame


def to_json(columns: Iterable[Column]) -> str:
    """See :meth:`Optimizer.to_json`."""
    return as_json_text({column.name: list(column.values) for column in columns})
