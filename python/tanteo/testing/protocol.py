"""The interface of a sampler under test, and its optional capabilities."""

from __future__ import annotations

import dataclasses
import inspect
import pickle
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias, runtime_checkable

from .._internal.coercion import shown
from .._internal.named_settings import NamedSettings
from ..exceptions import ArgumentError
from ..optimizer import Optimizer
from ..space.parameters import Float
from ..space.search_space import SearchSpace

#: ``factory(space, seed)``; the seed is passed by keyword if there is a parameter ``seed``.
Factory: TypeAlias = Callable[..., Any]
#: Tanteo's samplers that do not learn, and those that end.
_NON_LEARNING, _FINITE = ("random", "sobol", "grid", "one_at_a_time"), ("grid", "one_at_a_time")

_POSITIONAL, _EITHER = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD


@runtime_checkable
class AskTell(Protocol):
    """A sampler under test: two methods. Everything else is a capability.

    A factory ``factory(space: tt.SearchSpace, seed: int) -> AskTell`` creates one. A class can be its own factory, as
    :class:`tanteo.Optimizer` is.

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
        """Return the params to try, or an object with an attribute ``params`` and optionally an ``id``."""

    def tell(self, trial: Any, value: Any = None) -> None:
        """Record the value, to be minimized, of what :meth:`ask` returned; None means that the trial failed."""


@dataclasses.dataclass(frozen=True)
class Capabilities:
    """What a sampler can do. A check that needs more is reported as skipped.

    A factory may have an attribute ``capabilities``: an instance of this class, or a mapping of the fields that differ
    from what :meth:`of` detects.

    Attributes
    ----------
    seed
        The same seed and the same results give the same suggestions.
    learns
        Results make later suggestions better than random ones.
    save
        ``pickle`` keeps the whole state; an unpickled copy continues like the original.
    inject
        ``enqueue(params)`` makes the next ask return these params.
    observe
        ``observe(params, value)`` adds a result from outside the search.
    conditional
        Spaces may have conditional parameters.
    constraints
        Every suggestion satisfies the known constraints of the space.
    multi_objective
        ``factory(space, seed, directions=[...])`` is supported; values are tuples.
    maximize
        ``factory(space, seed, direction="maximize")`` is supported.
    failures
        ``tell(trial, None)`` records a failed trial.
    prune
        ``tell(trial, state="pruned")`` records a trial that was stopped early.
    best
        There is an attribute ``best`` with ``params`` and ``value``; it is None while no trial is complete.
    history
        There is an attribute ``trials``, in the order of asking, each with ``params`` and ``value``.
    lifecycle
        Trials have ids; telling a trial twice, or an unknown trial, raises an exception.
    pending
        Several trials may be pending at once.
    threads
        Several threads may use one sampler.
    ends
        The sampler is a finite design; it may end before the space is exhausted.
    external
        The search is a :class:`tanteo.Optimizer` whose sampler is written in Python.
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
    external: bool = False

    @classmethod
    def of(cls, factory: Factory) -> Capabilities:
        """Return the declared capabilities of a factory; those not declared are detected on the unit interval.

        Raises
        ------
        ArgumentError
            If :meth:`validate` refuses what the factory declares.
        """
        declared = getattr(factory, "capabilities", None)
        cls.validate(declared)
        return declared if isinstance(declared, Capabilities) else _detect(factory).updated(declared)

    def updated(self, declared: Capabilities | Mapping[str, bool] | None) -> Capabilities:
        """Return what is declared: a mapping changes the fields it names, None changes nothing.

        Raises
        ------
        ArgumentError
            If :meth:`validate` refuses what is declared.
        """
        self.validate(declared)
        return declared if isinstance(declared, Capabilities) else dataclasses.replace(self, **(declared or {}))

    @classmethod
    def validate(cls, declared: Any) -> None:
        """Validate the attribute ``capabilities`` of a factory.

        Raises
        ------
        ArgumentError
            If it is neither None, nor an instance of this class, nor a mapping of its fields, or if a value is not a
            bool.
        """
        if declared is not None and not isinstance(declared, Capabilities | Mapping):
            raise ArgumentError(f"capabilities must be Capabilities or a mapping of its fields, got {shown(declared)}")
        known = [field.name for field in dataclasses.fields(cls)]
        fields = vars(declared) if isinstance(declared, Capabilities) else declared or {}
        for name, value in fields.items():
            if name not in known:
                raise ArgumentError(f"capabilities: {name!r} is not a capability; use some of {', '.join(known)}")
            if not isinstance(value, bool):
                raise ArgumentError(f"capabilities: {name} must be True or False, got {shown(value)}")

    def lacking(self, needs: tuple[str, ...]) -> list[str]:
        """Return the capabilities in ``needs`` that are missing."""
        return [need for need in needs if not getattr(self, need)]


def create(factory: Factory, space: SearchSpace, seed: int, **options: Any) -> Any:
    """Call a factory with the arguments that :func:`arguments` returns."""
    positional, keywords = arguments(factory, space, seed)
    return factory(*positional, **keywords, **options)


def arguments(factory: Factory, space: Any, seed: int) -> tuple[tuple[Any, ...], dict[str, int]]:
    """Return the arguments of a factory: the seed by keyword if it has a parameter ``seed`` or only ``**options``."""
    kinds = [parameter.kind for parameter in _parameters(factory)]
    n_positional = sum(kind in (_POSITIONAL, _EITHER) for kind in kinds)
    is_positional = n_positional > 1 or inspect.Parameter.VAR_POSITIONAL in kinds
    if takes(factory, "seed") or (inspect.Parameter.VAR_KEYWORD in kinds and not is_positional):
        return (space,), {"seed": seed}
    return (space, seed), {}


def takes(function: Callable[..., Any], name: str) -> bool:
    """Whether a callable has a parameter of this name; ``**options`` says nothing of the names that it knows."""
    kinds = (_EITHER, inspect.Parameter.KEYWORD_ONLY)
    return any(parameter.name == name and parameter.kind in kinds for parameter in _parameters(function))


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some callables of native code have no signature
        return []


def _detect(factory: Factory) -> Capabilities:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of the checks tests for warnings
        sampler = create(factory, SearchSpace({"x": Float(0.0, 1.0)}), 0)
        trial = sampler.ask()
    options = {"maximize": takes(factory, "direction"), "multi_objective": takes(factory, "directions")}
    methods = {"inject": "enqueue", "observe": "observe"}
    has_method = {capability: callable(getattr(sampler, name, None)) for capability, name in methods.items()}
    return Capabilities(
        save=pickles(sampler),
        prune=takes(sampler.tell, "state"),
        lifecycle=hasattr(trial, "id"),
        best=hasattr(sampler, "best"),
        history=hasattr(sampler, "trials"),
        **options,
        **has_method,
        **_detect_ours(sampler),
    )


def pickles(sampler: Any) -> bool:
    """Whether an object can be pickled."""
    try:
        pickle.dumps(sampler)
    except Exception:  # a sampler that cannot be pickled can raise anything
        return False
    return True


def _detect_ours(sampler: Any) -> dict[str, bool]:
    """Return the capabilities of Tanteo's samplers that cannot be detected from outside."""
    if not isinstance(sampler, Optimizer):
        return {}
    name = sampler.sampler.name if isinstance(sampler.sampler, NamedSettings) else None
    of_its_sampler = {"learns": name not in _NON_LEARNING, "ends": name in _FINITE, "external": name is None}
    return {"constraints": True, "threads": True, **of_its_sampler}
