"""Trials of a study, with the processes that ran them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..space.labels import Described
from ..space.packing import unpack_value
from ..trials.frames import Column, field_column
from ..trials.schema import NOT_SAMPLED, fields_of
from ..trials.trial import FrozenTrial, Trials

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from ..space.codec import Codec, Row
    from ..trials.belonging import SearchToken
    from .state import StudyState


class StudyTrial(FrozenTrial):
    """A trial of a study, read-only.

    Attributes
    ----------
    host : str or None
        The machine that told it or, while it is pending, that asked for it. If a ``RemoteOptimizer`` shares the search,
        it is the machine of the worker.
    process : int or None
        The process on that machine. With ``minimize(n_workers=...)`` it is the one that called ``minimize``: worker
        processes neither ask nor tell.
    sampler : str or None
        The name of the sampler that proposed it (the qualified name, if written in Python); None for defaults, queued
        points and observed results. :attr:`origin` is the model that proposed it.
    retries : int
        How often it was offered again because its worker vanished.
    note : str or None
        The note set with :meth:`Study.annotate`.
    artifacts : tuple of str
        The paths recorded with :meth:`Study.add_artifact`.

    Notes
    -----
    It also has all attributes of :class:`FrozenTrial`. ``started`` and ``finished`` are the times when the trial was
    asked for and told, or between which :func:`tanteo.minimize` evaluated it.
    """

    host: str | None
    process: int | None
    sampler: str | None
    retries: int
    note: str | None
    artifacts: tuple[str, ...]


#: The fields that only the trials of studies have.
OF_STUDIES = StudyTrial._names[len(FrozenTrial._names) :]


class Aside:
    """Returns the recorded configuration of a trial that no longer fits the space."""

    def __init__(self, packed_params: Any) -> None:
        self._packed_params = packed_params

    def params(self, row: Row) -> dict[str, Any]:
        """Return the configuration, with text in place of choices that JSON cannot represent."""
        values = {name: unpack_value(packed, ()) for name, packed in self._packed_params}
        return {name: repr(value) if isinstance(value, Described) else value for name, value in values.items()}


class StudyTrials(Trials):
    """All trials of a study by id; each is read on access, in the current space of the study."""

    __slots__ = ("_now",)

    def __init__(self, core: CoreOptimizer, search: SearchToken, now: Callable[[], tuple[StudyState, Codec]]) -> None:
        super().__init__(core, now()[1], search)
        self._now = now

    def _read(self, number: int) -> StudyTrial:
        # Both at the same time, because the space may change between.
        state, codec = self._now()
        record, aside = state.core.trial(number), state.record.aside.get(number)
        fields = fields_of(FrozenTrial._names, record, codec if aside is None else Aside(aside), number)
        return StudyTrial(self._search, record["row"], None, **fields, **_recorded(state, number, fields["origin"]))


def _recorded(state: StudyState, number: int, origin: str) -> dict[str, Any]:
    record = state.record
    host, process = record.place_of(number)
    return {
        "artifacts": tuple(record.artifacts.get(number, ())),
        "host": host,
        "note": record.notes.get(number),
        "process": process,
        "retries": record.retries.get(number, 0),
        "sampler": None if origin in NOT_SAMPLED else state.header["own_sampler"] or state.header["sampler"][0],
    }


def recorded_columns(state: StudyState, origins: Sequence[str]) -> Iterator[Column]:
    """Iterate over the columns of the fields in :data:`OF_STUDIES`, for trials with known origins.

    A column of lists that are all empty is left out: files such as CSV have no lists.
    """
    rows = [_recorded(state, number, origin) for number, origin in enumerate(origins)]
    for name in OF_STUDIES:
        column = field_column(StudyTrial, name, [row[name] for row in rows])
        if column.kind != "texts":
            yield column
        elif any(column.values):
            yield column._replace(values=list(map(list, column.values)))


# What a column of a kind may hold; the others hold anything.
_TYPES: Mapping[str, tuple[type, ...]] = {"float": (float, int), "int": (int,), "bool": (bool,), "text": (str,)}


def with_set_aside(columns: Iterable[Column], aside: Mapping[int, Any]) -> Iterator[Column]:
    """Iterate over columns in which trials that were set aside have their own parameters, where the kinds agree."""
    recorded = {number: Aside(packed).params(()) for number, packed in aside.items()}
    for column in columns:
        name, values = column.name.removeprefix("params/"), list(column.values)
        found = {number: params[name] for number, params in recorded.items() if name in params}
        for number, value in found.items() if column.name.startswith("params/") else ():
            if number < len(values) and type(value) in _TYPES.get(column.kind, (type(value),)):
                values[number] = value
        yield column._replace(values=values)
