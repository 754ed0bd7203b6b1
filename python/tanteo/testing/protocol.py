"""What a sampler needs to be tested, and what it may be able to do beyond that."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias, runtime_checkable

from ..optimizer import Optimizer
from ..space.parameters import Float
from ..space.search_space import SearchSpace

#: ``factory(space, seed)``; the seed is handed over by keyword where the parameter has that name.
Factory: TypeAlias = Callable[..., Any]
#: Samplers of ours that do not learn, and those that come to an end.
_NON_LEARNING, _FINITE = ("random", "sobol", "grid", "one_at_a_time"), ("grid", "one_at_a_time")


@runtime_checkable
class AskTell(Protocol):
    """A sampler under test: two methods. Everything else is a capability.

    A factory ``factory(space: tt.SearchSpace, seed: int) -> AskTell`` makes one. It may be the class itself, and
    :class:`tanteo.Optimizer` is one.

    Examples
    --------
    >>> import random
    >>> class Mine:
    ...     def __init__(self, space, seed):
    ...         self.space, self.draws = space, random.Random(seed)
    ...     def ask(self):
    ...         return self.space.sample(1, seed=self.draws.getrandbits(64))[0]
    ...     def tell(self, params, value):
    ...         pass
    """

    def ask(self) -> Any:
        """Return the params to try, or an object that holds them as ``params`` (and perhaps an ``id``)."""

    def tell(self, trial: Any, value: Any = None) -> None:
        """Take the value of what :meth:`ask` returned, to be minimized; None means that the trial failed."""


@dataclasses.dataclass(frozen=True)
class Capabilities:
    """What a sampler can do. A check that needs more is skipped and counted.

    A factory may carry an attribute ``capabilities``: one of these, or a mapping of those fields that differ from what
    :meth:`of` finds by itself.

    Attributes
    ----------
    seed
        The same seed and the same tells give the same asks.
    learns
        What was told makes later suggestions better than random ones.
    save
        ``pickle`` keeps everything; a copy continues as the original.
    inject
        ``enqueue(params)``: the next ask returns these params.
    observe
        ``observe(params, value)`` takes a result from elsewhere.
    conditional
        Spaces whose parameters depend on others.
    constraints
        Known constraints of the space hold in every suggestion.
    multi_objective
        ``factory(space, seed, directions=[...])``; values are tuples.
    maximize
        ``factory(space, seed, direction="maximize")``.
    failures
        ``tell(trial, None)`` says that a trial failed.
    prune
        ``tell(trial, state="pruned")`` says that it was stopped early.
    best
        An attribute ``best`` with ``params`` and ``value``; None while nothing is complete.
    history
        An attribute ``trials``: what was asked in that order, each with ``params`` and ``value``.
    lifecycle
        Trials have ids; telling one twice, or one that is unknown, raises.
    pending
        Several trials may be asked before the first is told.
    threads
        One sampler may be used by several threads.
    ends
        A design with an end: it may say so in a space that has more.
    """

    seed: bool = True
    learns: bool = True
    save: bool = False
    inject: bool = False
    observe: bool = False
    conditional: bool = True
    constraints: bool = False
    multi_objective: bool = False
    maximize: bool = False
    failures: bool = True
    prune: bool = False
    best: bool = False
    history: bool = False
    lifecycle: bool = False
    pending: bool = True
    threads: bool = False
    ends: bool = False

    @classmethod
    def of(cls, factory: Factory) -> Capabilities:
        """Return what a factory says of its samplers, else what can be seen of one in the unit interval."""
        declared = getattr(factory, "capabilities", None)
        if isinstance(declared, Capabilities):
            return declared
        detected = _detect(factory)
        return detected if declared is None else dataclasses.replace(detected, **_fields(declared))

    def lacking(self, needs: tuple[str, ...]) -> list[str]:
        """Return which of ``needs`` are not there."""
        return [need for need in needs if not getattr(self, need)]


def _fields(declared: Any) -> dict[str, bool]:
    if not isinstance(declared, Mapping):
        raise TypeError(f"capabilities must be Capabilities or a mapping of its fields, got {declared!r}")
    return dict(declared)


def create(factory: Factory, space: SearchSpace, seed: int, **options: Any) -> Any:
    """Call a factory the way its signature asks for."""
    if _takes(factory, "seed"):
        return factory(space, seed=seed, **options)
    return factory(space, seed, **options)


def _takes(function: Callable[..., Any], name: str) -> bool:
    """Whether a callable has a parameter of this name that can be given by keyword."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return False
    positional = inspect.Parameter.POSITIONAL_ONLY
    return any((p.name == name and p.kind is not positional) or p.kind is p.VAR_KEYWORD for p in parameters)


def _detect(factory: Factory) -> Capabilities:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings are what one of the checks is about
        sampler = create(factory, SearchSpace({"x": Float(0.0, 1.0)}), 0)
        trial = sampler.ask()
    takes = {"maximize": _takes(factory, "direction"), "multi_objective": _takes(factory, "directions")}
    has = {"inject": "enqueue", "observe": "observe", "best": "best", "history": "trials"}
    detected = {capability: hasattr(sampler, name) for capability, name in has.items()}
    return Capabilities(
        save=pickles(sampler),
        prune=_takes(sampler.tell, "state"),
        lifecycle=hasattr(trial, "id"),
        **takes,
        **detected,
        **_detect_ours(sampler),
    )


def pickles(sampler: Any) -> bool:
    """Whether an object can be pickled."""
    try:
        pickle.dumps(sampler)
    except Exception:  # a sampler that cannot be pickled may say so in any way
        return False
    return True


def _detect_ours(sampler: Any) -> dict[str, bool]:
    """Return what cannot be seen of a sampler, but is known of those of this library."""
    if not isinstance(sampler, Optimizer):
        return {}
    name = getattr(sampler.sampler, "name", "external")
    return {"constraints": True, "threads": True, "learns": name not in _NON_LEARNING, "ends": name in _FINITE}
