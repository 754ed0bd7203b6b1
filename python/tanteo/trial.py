"""A trial to be run, and a trial as the history has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from ._typing import TYPE_CHECKING, overload
from .exceptions import TrialStateError
from .labels import same
from .text import safe_repr

if TYPE_CHECKING:
    from typing import Any, Literal, Protocol, TypeAlias

    from ._core import CoreOptimizer
    from .codec import Codec, Row

    State: TypeAlias = Literal["pending", "complete", "pruned", "failed"]
    Origin: TypeAlias = Literal[
        "default", "enqueued", "observed", "design", "random", "tpe", "gp", "cma_es", "external"
    ]

    class Reporting(Protocol):
        """What a trial reports to: an :class:`Optimizer`."""

        def report(self, trial: Trial, step: int, value: float) -> None:
            """Record an intermediate value."""

        def should_prune(self, trial: Trial) -> bool:
            """Whether the trial should stop early."""


class Trial:
    """A configuration to be tried, handed out by :meth:`Optimizer.ask`.

    Attributes
    ----------
    id : int
        Its number in the history; what :meth:`Optimizer.tell` needs.
    params : dict
        The configuration: nested as the space, builtin types, inactive parameters absent.

    Notes
    -----
    A pickled or copied trial keeps ``id`` and ``params`` but no longer knows its optimizer, so that it can be sent to
    a worker cheaply: results go back through :meth:`Optimizer.tell`.
    """

    __slots__ = ("_codec", "_home", "_params", "_row", "id")

    def __init__(self, number: int, row: Row, codec: Codec, home: Reporting | None) -> None:
        self.id = number
        self._row = row
        self._codec = codec
        self._home = home
        self._params: dict[str, Any] | None = None

    @property
    def params(self) -> dict[str, Any]:
        """The configuration. Decoded when first read; changing the dict changes nothing in the optimizer."""
        if self._params is None:
            self._params = self._codec.params(self._row)
        return self._params

    def report(self, step: int, value: float) -> None:
        """Record an intermediate value; see :meth:`Optimizer.report`."""
        self._reporting().report(self, step, value)

    def should_prune(self) -> bool:
        """Whether to stop early; see :meth:`Optimizer.should_prune`."""
        return self._reporting().should_prune(self)

    def _reporting(self) -> Reporting:
        if self._home is None:
            raise TrialStateError(
                f"trial {self.id} is a copy and has no optimizer; use optimizer.report({self.id}, ...)"
            )
        return self._home

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trial):
            return NotImplemented
        return self.id == other.id and same(self.params, other.params)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Trial(id={self.id}, params={safe_repr(self.params)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _copied_trial, (self.id, self.params)


def _copied_trial(number: int, params: dict[str, Any]) -> Trial:
    """Rebuild a trial that was pickled or copied."""
    trial = Trial.__new__(Trial)
    trial.id, trial._params, trial._home = number, params, None
    return trial


class FrozenTrial:
    """A trial as the history has it, read-only; pending trials look the same, without results.

    Attributes
    ----------
    id : int
    params : dict
    state : {"pending", "complete", "pruned", "failed"}
    values : tuple of float or None
        One per direction, as they were told (the mean, for replicates); None if there is none.
    sems : tuple of (float or None) or None
        Standard errors of the values; None where unknown.
    replicates : tuple of tuple of float or None
        The single measurements behind each value, if told.
    constraints : mapping of str to float
        As told; feasible when ``<= 0``.
    feasible : bool
        Whether no constraint that was told is positive.
    cost : float or None
        What the trial cost, in the user's unit.
    reason : str or None
        Why it failed, if known.
    steps : mapping of int to float
        Intermediate values by step.
    origin : str
        Who chose the configuration: "default", "enqueued", "observed", "design" (the centre, Sobol, grid,
        one at a time), "random", "tpe", "gp", "cma_es", "external".
    """

    __slots__ = (
        "constraints",
        "cost",
        "feasible",
        "id",
        "origin",
        "params",
        "reason",
        "replicates",
        "sems",
        "state",
        "steps",
        "values",
    )
    id: int
    params: dict[str, Any]
    state: State
    values: tuple[float, ...] | None
    sems: tuple[float | None, ...] | None
    replicates: tuple[tuple[float, ...], ...] | None
    constraints: Mapping[str, float]
    feasible: bool
    cost: float | None
    reason: str | None
    steps: Mapping[int, float]
    origin: Origin

    def __init__(self, **fields: Any) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, fields[name])

    @property
    def value(self) -> float | None:
        """The value of a search with one direction; None if there is none, or several directions."""
        return self.values[0] if self.values is not None and len(self.values) == 1 else None

    @property
    def sem(self) -> float | None:
        """The standard error of :attr:`value`, if known."""
        return self.sems[0] if self.sems is not None and len(self.sems) == 1 else None

    def _fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a trial of the history is read-only: {name!r} cannot be set")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FrozenTrial):
            return NotImplemented
        return all(same(getattr(self, name), getattr(other, name)) for name in self.__slots__)

    def __hash__(self) -> int:
        return hash((self.id, self.values))

    def __repr__(self) -> str:
        result = f"value={self.value!r}" if self.value is not None else f"values={self.values!r}"
        several = self.value is None and any(error is not None for error in self.sems or ())
        known = {"sem": self.sem, "sems": self.sems if several else None, "cost": self.cost, "reason": self.reason}
        rest = "".join(f", {name}={told!r}" for name, told in known.items() if told is not None)
        return f"FrozenTrial(id={self.id}, state={self.state!r}, {result}{rest}, params={safe_repr(self.params)})"

    def __reduce__(self) -> tuple[Any, ...]:
        fields = self._fields()
        return _rebuild_frozen, ({**fields, "constraints": dict(self.constraints), "steps": dict(self.steps)},)


def _rebuild_frozen(fields: dict[str, Any]) -> FrozenTrial:
    """Undo :meth:`FrozenTrial.__reduce__`."""
    return FrozenTrial(**{**fields, **{name: MappingProxyType(fields[name]) for name in ("constraints", "steps")}})


def frozen_trial(core: CoreOptimizer, codec: Codec, number: int) -> FrozenTrial:
    """Return one trial of the history."""
    found = core.trial(number)
    return FrozenTrial(
        id=number,
        params=codec.params(found["row"]),
        state=found["state"],
        values=_frozen(found["values"]),
        sems=_frozen(found["sems"]),
        replicates=None if found["replicates"] is None else tuple(map(tuple, found["replicates"])),
        constraints=MappingProxyType(dict(found["constraints"])),
        feasible=found["feasible"],
        cost=found["cost"],
        reason=found["reason"],
        steps=MappingProxyType(dict(found["curve"])),
        origin=found["origin"],
    )


def _frozen(values: Sequence[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)


class Trials(Sequence[FrozenTrial]):
    """Every trial so far by id, pending ones included; each is read from the history when it is asked for."""

    __slots__ = ("_codec", "_core")

    def __init__(self, core: CoreOptimizer, codec: Codec) -> None:
        self._core = core
        self._codec = codec

    def __len__(self) -> int:
        return len(self._core)

    @overload
    def __getitem__(self, index: int) -> FrozenTrial: ...
    @overload
    def __getitem__(self, index: slice) -> list[FrozenTrial]: ...
    def __getitem__(self, index: int | slice) -> FrozenTrial | list[FrozenTrial]:
        chosen = range(len(self._core))[index]
        if isinstance(chosen, range):
            return [frozen_trial(self._core, self._codec, number) for number in chosen]
        return frozen_trial(self._core, self._codec, chosen)

    def __iter__(self) -> Iterator[FrozenTrial]:
        return (frozen_trial(self._core, self._codec, number) for number in range(len(self._core)))

    def __repr__(self) -> str:
        return f"<{len(self)} trials>"
