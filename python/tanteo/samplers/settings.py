"""Settings of the built-in samplers: immutable, checked on creation, with a full repr."""

from __future__ import annotations

from collections.abc import Mapping

from .._internal.coercion import as_count, as_finite, as_int, shown
from .._internal.named_settings import NamedSettings, find_by_name, make_from_dict, settings_or_object
from .._internal.typing import TYPE_CHECKING
from ..exceptions import ArgumentError

if TYPE_CHECKING:
    from typing import Any

    from ..space.search_space import SearchSpace
    from .protocol import Sampler


class Settings(NamedSettings):
    """Base class of the settings of built-in samplers; ``sampler=name`` selects one with its defaults."""

    __slots__ = ()

    def _to_core(self, space: SearchSpace) -> dict[str, Any]:
        """Return the settings in the form of the core."""
        return self._fields()

    @classmethod
    def _from_core(cls, settings: Mapping[str, Any], space: SearchSpace) -> Settings:
        """Undo :meth:`_to_core`."""
        return cls(**settings)


class Random(Settings):
    """Independent samples from the priors (uniform by default).

    Examples
    --------
    >>> import tanteo as tt
    >>> tt.Optimizer(tt.SearchSpace({"x": tt.Float(0.0, 1.0)}), sampler=tt.samplers.Random(), seed=0).sampler
    Random()
    """

    __slots__ = ()
    name = "random"

    def __init__(self) -> None:
        pass


class Sobol(Settings):
    """Owen-scrambled Sobol points: a space-filling design for up to 4,096 parameters."""

    __slots__ = ()
    name = "sobol"

    def __init__(self) -> None:
        pass


class Grid(Settings):
    """Every combination of levels once; then :class:`SpaceExhausted` is raised.

    Parameters
    ----------
    resolution
        The number of levels of a continuous parameter, and the maximum for an integer or a stepped float. Choices get
        all their levels.
    """

    _names = ("resolution",)
    __slots__ = _names
    name = "grid"
    resolution: int

    def __init__(self, *, resolution: int = 5) -> None:
        self._set(resolution=as_count(resolution, "resolution"))


class OneAtATime(Settings):
    """A base point, then all levels of each parameter in turn, with the others at the base.

    Parameters
    ----------
    base
        A complete configuration. By default it is that of the defaults, or the centre of the space if a default is
        missing.
    resolution
        The number of levels of a numeric parameter.
    """

    _names = ("base", "resolution")
    __slots__ = _names
    name = "one_at_a_time"
    base: Mapping[str, Any] | None
    resolution: int

    def __init__(self, *, base: Mapping[str, Any] | None = None, resolution: int = 5) -> None:
        if base is not None and not isinstance(base, Mapping):
            raise ArgumentError(f"base must be a mapping from names to values, got {shown(base)}")
        self._set(base=None if base is None else dict(base), resolution=as_count(resolution, "resolution"))

    def _to_core(self, space: SearchSpace) -> dict[str, Any]:
        return {"base": None if self.base is None else space._row(self.base), "resolution": self.resolution}

    @classmethod
    def _from_core(cls, settings: Mapping[str, Any], space: SearchSpace) -> Settings:
        base = settings["base"]
        return cls(**{**settings, "base": None if base is None else space._codec.params(base)})


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

    _names = ("n_startup", "n_candidates", "gamma")
    __slots__ = _names
    name = "tpe"
    n_startup: int
    n_candidates: int
    gamma: float

    def __init__(self, *, n_startup: int = 5, n_candidates: int = 24, gamma: float = 0.15) -> None:
        share = as_finite(gamma, "gamma")
        if not 0.0 < share < 1.0:
            raise ArgumentError(f"gamma must be between 0 and 1, both excluded, got {share!r}")
        self._set(n_startup=_as_startup(n_startup), n_candidates=as_count(n_candidates, "n_candidates"), gamma=share)


class GP(Settings):
    """Gaussian process: the strongest model for 20 to a few hundred trials, in mixed and conditional spaces.

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
    failed trials; pending trials reduce the variance around them. With more than 512 trials the model is fitted to the
    best ones and those nearest to the best.
    """

    _names = ("n_startup", "acquisition")
    __slots__ = _names
    name = "gp"
    n_startup: int
    acquisition: str

    def __init__(self, *, n_startup: int = 8, acquisition: str = "lcb") -> None:
        unchecked: Any = acquisition
        if not isinstance(unchecked, str) or unchecked not in ("lcb", "logei"):
            raise ArgumentError(f"acquisition must be 'lcb' or 'logei', got {shown(unchecked)}")
        self._set(n_startup=_as_startup(n_startup), acquisition=acquisition)


class Auto(Settings):
    """Selects the sampler by rules: the centre and Sobol points first, then :class:`GP`, later CMA-ES or :class:`TPE`.

    The Gaussian process is used up to 1,000 told trials and 500 parameters. If all parameters are numbers that always
    exist, CMA-ES (Hansen and Ostermeier 2001) replaces it after 10 trials per parameter, but at least 200, unless
    almost all trials fail or are equal. Otherwise TPE replaces it, and TPE is always used while more than 128 trials
    are pending. ``origin`` of a trial is the model that proposed it.

    Parameters
    ----------
    n_startup
        The number of told trials before a model is used; by default it depends on the number of parameters.
    """

    _names = ("n_startup",)
    __slots__ = _names
    name = "auto"
    n_startup: int | None

    def __init__(self, *, n_startup: int | None = None) -> None:
        self._set(n_startup=None if n_startup is None else _as_startup(n_startup))


BUILT_IN: dict[str, type[Settings]] = {kind.name: kind for kind in (Random, Sobol, Grid, OneAtATime, TPE, GP, Auto)}


def by_name(name: str) -> type[Settings]:
    """Return the settings class of a built-in sampler."""
    return find_by_name("sampler", BUILT_IN, name)


def checked(sampler: Any) -> tuple[Settings | None, Sampler | None]:
    """Return the settings of a built-in sampler, or a sampler written in Python."""
    chosen = settings_or_object("sampler", "suggest", Settings, BUILT_IN, sampler)
    return (chosen, None) if isinstance(chosen, Settings) else (None, chosen)


def from_dict(settings: Mapping[str, Any]) -> Settings:
    """Return the sampler from the result of :meth:`Settings.to_dict`.

    >>> import tanteo as tt
    >>> tt.samplers.from_dict({"name": "tpe", "n_startup": 8})
    TPE(n_startup=8, n_candidates=24, gamma=0.15)
    """
    return make_from_dict("sampler", BUILT_IN, settings)


def _as_startup(n_startup: Any) -> int:
    number = as_int(n_startup, "n_startup")
    if not 0 <= number < 2**32:
        raise ArgumentError(f"n_startup must be from 0 to 2**32 - 1, got {shown(number)}")
    return number
