"""A trial of a study: what an optimizer knows of it, and who ran it where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..space.packing import unpack
from ..trials.trial import FrozenTrial, Trials, trial_fields

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from ..space.codec import Codec, Row
    from ..trials.belonging import SearchToken
    from .state import State


class StudyTrial(FrozenTrial):
    """A trial as a study has recorded it, read-only.

    Attributes
    ----------
    host : str or None
        The machine that told it; while it is pending, the one that asked for it. Of a search that a ``RemoteOptimizer``
        shares it is that of the worker.
    process : int or None
        The process there.
    sampler : str or None
        Name of the sampler that proposed it, of one written in Python its qualified name; None for defaults, points
        that were queued and results from elsewhere.
        Which of its models did is :attr:`origin`.
    retries : int
        How often it was offered again because its worker vanished.
    note : str or None
        What :meth:`Study.annotate` wrote.
    excluded : bool
        Whether it was set aside: by :meth:`Study.exclude`, or by a change of the space that it does not fit into.
    artifacts : tuple of str
        Paths that :meth:`Study.add_artifact` recorded.

    Notes
    -----
    All of :class:`FrozenTrial` is there as well. ``started`` and ``finished`` are when the trial was asked for and
    told, or when :func:`tanteo.minimize` began and ended to evaluate it.
    """

    __slots__ = ("artifacts", "excluded", "host", "note", "process", "retries", "sampler")
    _names = FrozenTrial._names + __slots__
    artifacts: tuple[str, ...]
    excluded: bool
    host: str | None
    note: str | None
    process: int | None
    retries: int
    sampler: str | None


class Aside:
    """Decodes a trial that does not fit into the space any more: its configuration is that which was noted down."""

    def __init__(self, packed_params: Any) -> None:
        self._packed_params = packed_params

    def params(self, row: Row) -> dict[str, Any]:
        """Return the configuration, choices that JSON cannot hold as text."""
        return {name: unpack(packed) for name, packed in self._packed_params}


class StudyTrials(Trials):
    """Every trial of a study by id; each is read when it is asked for, in the space that the study then has."""

    __slots__ = ("_now",)

    def __init__(self, core: CoreOptimizer, search: SearchToken, now: Callable[[], tuple[State, Codec]]) -> None:
        super().__init__(core, now()[1], search)
        self._now = now

    def _read(self, number: int) -> StudyTrial:
        # Both at once: a configuration of one space says something else in another.
        state, codec = self._now()
        record, aside = state.core.trial(number), state.record.aside.get(number)
        fields = trial_fields(record, codec if aside is None else Aside(aside), number)
        return StudyTrial(self._search, record["row"], None, **fields, **_recorded(state, number, fields["origin"]))


def _recorded(state: State, number: int, origin: str) -> dict[str, Any]:
    record = state.record
    host, process = record.place_of(number)
    return {
        "artifacts": tuple(record.artifacts.get(number, ())),
        "excluded": record.is_excluded(number),
        "host": host,
        "note": record.notes.get(number),
        "process": process,
        "retries": record.retries.get(number, 0),
        "sampler": None if origin in _NOT_SAMPLED else state.header["own_sampler"] or state.header["sampler"][0],
    }


_NOT_SAMPLED: Sequence[str] = ("default", "enqueued", "observed", "earlier")
