"""The options of a search: the arguments that every way to begin one takes in addition to the space.

:class:`Optimizer` lists them with their defaults, and :func:`minimize` lists them without. All other functions take
their options from this module.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, TypeVar

from ._internal.keywords import check_keywords

if TYPE_CHECKING:
    from .earlier.reading import AnySource
    from .pruners import Pruner
    from .pruners import Settings as PrunerSettings
    from .samplers import Sampler
    from .samplers import Settings as SamplerSettings
    from .space.allowed import Allowed
    from .space.search_space import SearchSpace
    from .trials.objectives import Direction

    Directions: TypeAlias = Sequence[Direction] | Mapping[str, Direction]
    # A number for each objective: None, or left out of a mapping, for one without.
    Thresholds: TypeAlias = Sequence[float | None] | Mapping[str, float]
    # The types accepted as a space, a sampler and a pruner.
    AnySpace: TypeAlias = SearchSpace | Mapping[str, Any]
    AnySampler: TypeAlias = str | SamplerSettings | Sampler
    AnyPruner: TypeAlias = str | PrunerSettings | Pruner

_F = TypeVar("_F", bound=Callable[..., Any])


class Goals(TypedDict, total=False):
    """The options that say what a search is for; an import has them from its source."""

    direction: Direction | None
    directions: Directions | None


class ImportOptions(TypedDict, total=False):
    """The options of a search whose objectives are known."""

    sampler: AnySampler | None
    seed: int | None
    deduplicate: bool | None
    pruner: AnyPruner | None
    pausing: bool | None
    budget: float | None
    earlier: Sequence[AnySource] | None
    max_violation_probability: float | None
    thresholds: Thresholds | None
    allowed: Allowed | None


class SearchOptions(Goals, ImportOptions, total=False):
    """The options of :class:`tanteo.Optimizer`, which documents them; None stands for one that is left out."""


NAMES = tuple(SearchOptions.__annotations__)
#: Those of an import.
OF_IMPORTS = tuple(ImportOptions.__annotations__)
#: What can be read back from a search.
SETTINGS = tuple(name for name in NAMES if name not in ("direction", "earlier", "allowed"))
#: What stays the same for the life of a search.
FIXED = tuple(name for name in SETTINGS if name != "budget")


def given(options: Mapping[str, Any], known: Collection[str] = NAMES) -> dict[str, Any]:
    """Return the options that were not left out.

    Raises
    ------
    TypeError
        For an argument that is no option; the message names a similar one.
    """
    check_keywords(options, known, "the options of a search")
    return {name: options[name] for name in known if options.get(name) is not None}


def takes_options(function: _F, names: Iterable[str] = NAMES) -> _F:
    """Show every option in the signature of a function that takes them as ``**options``."""
    signature = inspect.signature(function)
    own = [parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
    types: Mapping[str, Any] = SearchOptions.__annotations__
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=types[name].__forward_arg__)
        for name in names
    ]
    first = next((k for k, parameter in enumerate(own) if parameter.kind is parameter.KEYWORD_ONLY), len(own))
    function.__signature__ = signature.replace(parameters=[*own[:first], *options, *own[first:]])  # type: ignore[attr-defined] # functions have it
    return function


def takes_import_options(function: _F) -> _F:
    """Show the options of an import in the signature of a function that takes them as ``**options``."""
    return takes_options(function, OF_IMPORTS)
