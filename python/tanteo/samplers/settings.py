"""Settings of the built-in samplers: data, checked on creation. The core knows the valid values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._internal.coercion import shown
from .._internal.named_settings import CoreSettings, NamedSettings
from ..exceptions import ArgumentError, SpaceError

if TYPE_CHECKING:
    from ..space.search_space import SearchSpace

__all__ = ["GP", "NSGA2", "NSGA3", "TPE", "Auto", "Grid", "OneAtATime", "Random", "Settings", "Sobol", "from_dict"]


class Settings(NamedSettings):
    """Base class of the settings of built-in samplers; ``sampler=name`` selects one with its defaults."""

    _kind, _method = "sampler", "suggest"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Random(Settings):
    """Independent samples from the priors (uniform by default).

    Examples
    --------
    >>> import tanteo as tt
    >>> tt.Optimizer(tt.SearchSpace({"x": tt.Float(0.0, 1.0)}), sampler=tt.samplers.Random(), seed=0).sampler
    Random()
    """

    name = "random"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Sobol(Settings):
    """Owen-scrambled Sobol points: a space-filling design for up to 4,096 parameters."""

    name = "sobol"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Grid(Settings):
    """Every combination of levels once; then :class:`SpaceExhausted` is raised.

    Parameters
    ----------
    resolution
        The number of levels of a continuous parameter, and the maximum for an integer or a stepped float. Choices get
        all their levels.
    """

    name = "grid"
    resolution: int = 5


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class OneAtATime(Settings):
    """A base point, then all levels of each parameter in turn, with the others at the base.

    A parameter that the base lacks is varied with its parents at the first levels that activate it. If a share of a
    :class:`Simplex` is varied, or another parameter of an equation, the other floats of the equation keep their ratios
    (a Cox direction). Levels at which a known constraint is broken are left out. The message of ``SpaceExhausted`` at
    the end of the design says how many.

    Parameters
    ----------
    base
        A complete configuration. By default it is that of the defaults, or the centre of the space (of a mixture: equal
        shares) if a default is missing. If it breaks a known constraint, a configuration near it that breaks none takes
        its place.
    resolution
        The number of levels of a numeric parameter.
    """

    name = "one_at_a_time"
    base: Mapping[str, Any] | None = None
    resolution: int = 5

    def __post_init__(self) -> None:
        unchecked: Any = self.base
        if not isinstance(unchecked, Mapping | None):
            raise ArgumentError(f"base must be a mapping from names to values, got {shown(unchecked)}")
        self._set(base=None if self.base is None else dict(self.base))
        super().__post_init__()

    def _to_core(self, space: SearchSpace | None = None) -> CoreSettings:
        try:
            base = None if space is None or self.base is None else space._row(self.base)
        except SpaceError as error:
            raise type(error)(f"base must be a complete configuration: {error}") from None
        return self.name, {**self._named_fields(), "base": base}

    @classmethod
    def _restored(cls, settings: Mapping[str, Any], space: SearchSpace | None) -> Settings:
        base = settings["base"]
        return cls(**{**settings, "base": None if space is None or base is None else space._codec.params(base)})


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class TPE(Settings):
    """Tree-structured Parzen estimator.

    It suggests points where the density of good trials is high compared with that of bad, failed and pending ones.

    Parameters
    ----------
    n_startup
        The number of told trials before the model is used; the first suggestions are the centre and Sobol points.
    n_candidates
        Candidates per suggestion. More candidates are not better: they make the search too local too early.
    gamma
        The share of the history that counts as good, between 0 and 1.
    """

    name = "tpe"
    n_startup: int = 5
    n_candidates: int = 24
    gamma: float = 0.15


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class GP(Settings):
    """Gaussian process, for a few dozen to a thousand expensive trials, in mixed and conditional spaces.

    Parameters
    ----------
    n_startup
        The number of told trials before the model is used; the first suggestions are the centre and Sobol points.
    acquisition
        The acquisition function: ``"lcb"``, the lower confidence bound, or ``"logei"``, the logarithm of the expected
        improvement (Ament et al. 2023).

    Notes
    -----
    The kernel is Matern-5/2 over a common distance of numbers, categories and conditional parameters. Hyperparameters
    are fitted by maximum a posteriori to half-rank-warped values. A classifier of failures keeps suggestions away from
    failed trials; pending trials reduce the variance around them. Of more than 1,000 trials, the model of a single
    objective uses 512: the best, some spread over the search, and those nearest to the best.
    """

    name = "gp"
    n_startup: int = 8
    acquisition: str = "lcb"


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class NSGA2(Settings):
    """NSGA-II, a genetic algorithm: for several objectives and many cheap trials, in mixed and conditional spaces.

    Parameters
    ----------
    population_size
        The number of trials that survive. The first suggestions are the centre and Sobol points, until as many trials
        are told.

    Notes
    -----
    Feasible trials come before infeasible ones. Infeasible trials are ordered by the sum of their violations, each in
    units of the median violation of its constraint (constrained domination). Of the last front that fits only in part,
    the least crowded trials survive (Deb, Pratap, Agarwal and Meyarivan 2002). Every result is used at once, so no
    generation has to be complete. Numbers are changed by simulated binary crossover and polynomial mutation, unordered
    choices by uniform crossover. A single objective is minimized too.
    """

    name = "nsga2"
    population_size: int = 30


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class NSGA3(Settings):
    """NSGA-III, the genetic algorithm for more than three objectives.

    Parameters
    ----------
    population_size
        The number of trials that survive, and the largest number of reference directions. The first suggestions are as
        for :class:`NSGA2`.

    Notes
    -----
    As :class:`NSGA2`, but of the last front those trials survive that lie near reference directions with few others
    (Deb and Jain 2014). The directions are evenly spread, in two layers if there are many objectives. Objectives are
    normalized by the hyperplane through the extreme trials, so their units do not matter.
    """

    name = "nsga3"
    population_size: int = 30


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Auto(Settings):
    """Selects the sampler by rules: the centre and Sobol points first, then :class:`GP`, later CMA-ES or :class:`TPE`.

    The Gaussian process is used up to 1,000 told trials (fewer under constraints) and 500 parameters. TPE proposes a
    third of these trials, with three exceptions: constraints were told, there are two or three objectives, or there is
    one objective in a space without conditions of which more than two thirds are choices. If there is one objective and
    all parameters are numbers that always exist, CMA-ES (Hansen and Ostermeier 2001) takes over after 10 trials per
    parameter, but at least 200, unless almost all trials fail or are equal. In all other cases TPE takes over. TPE also
    replaces the Gaussian process while more than 128 trials are pending. ``origin`` of a trial is the model that
    proposed it.

    Parameters
    ----------
    n_startup
        The number of told trials before a model is used; by default it depends on the number of parameters.
    """

    name = "auto"
    n_startup: int | None = None


BUILT_IN: Mapping[str, type[Settings]] = {
    kind.name: kind for kind in (Random, Sobol, Grid, OneAtATime, TPE, GP, NSGA2, NSGA3, Auto)
}
Settings._built_in = BUILT_IN


def from_dict(settings: Mapping[str, Any]) -> Settings:
    """Return the sampler from the result of :meth:`Settings.to_dict`.

    >>> import tanteo as tt
    >>> tt.samplers.from_dict({"name": "tpe", "n_startup": 8})
    TPE(n_startup=8, n_candidates=24, gamma=0.15)
    """
    return Settings._from_dict(settings)
