"""Why a trial has the parameters it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .._internal.immutable import Immutable
from .._internal.typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

    from .trial import Origin


class Explanation(Immutable):
    """Why a trial has the parameters it has; what :meth:`tanteo.Optimizer.explain` returns.

    Attributes
    ----------
    trial : int
        Id of the trial.
    origin : str
        Who chose the parameters: "default", "enqueued", "observed", "design" (the centre, Sobol, grid, one at a time),
        "random", "tpe", "gp", "cma_es", "external", "earlier" (good in an earlier search). Only "gp" and "tpe" fill the
        fields below.
    mean, std : float or None
        What the Gaussian process expected, without noise, in the unit of the objective: the median, and half the width
        of the interval that holds 68 %. The latter is None where all values better than the median are equal, and both
        are None for several objectives.
    acquisition : tuple of (str, float) or None
        The acquisition function and its value: "lcb" (by how much the optimistic bound improves on the best
        expectation, in standard deviations of all results), "logei" (logarithm of the expected improvement in that
        unit), "logehvi" (logarithm of the expected hypervolume improvement, two or three objectives), "directions"
        (improvement along many directions, more objectives), "feasibility" (while every trial broke a constraint) or
        "log_density_ratio" (TPE). The Gaussian process's hold the logarithms of the chances of not failing, where
        trials failed, and of keeping every constraint that was told.
    incumbent : int or None
        Id of the best trial before it; None if there is none, or several objectives.
    drivers : mapping of str to float
        By how much the acquisition would fall if this parameter had the incumbent's value, the largest first. Negative
        where the incumbent's value alone would have been better.
    """

    _names = ("trial", "origin", "mean", "std", "acquisition", "incumbent", "drivers")
    __slots__ = _names
    trial: int
    origin: Origin
    mean: float | None
    std: float | None
    acquisition: tuple[str, float] | None
    incumbent: int | None
    drivers: Mapping[str, float]

    def __init__(self, **fields: Any) -> None:
        self._set(**fields)

    def __str__(self) -> str:
        lines = [f"trial {self.trial} comes from {self.origin}"]
        if self.mean is not None:
            lines.append(f"expected: {self.mean:.6g}" + ("" if self.std is None else f" ± {self.std:.3g}"))
        if self.acquisition is not None:
            lines.append("acquisition, larger is better: {} = {:.6g}".format(*self.acquisition))
        if self.drivers:
            lines.append(f"acquisition gained over trial {self.incumbent} by")
            lines += [f"  {name}: {gain:+.3g}" for name, gain in self.drivers.items()]
        return "\n".join(lines)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._fields().items())
        return f"Explanation({fields})"


def explanation(evidence: Mapping[str, Any], trial: int, names: Sequence[str]) -> Explanation:
    """Make one of what the core found; `names` are those of the core's parameters."""
    drivers = [
        (name, driver_value)
        for name, driver_value in zip(names, evidence["drivers"], strict=False)
        if driver_value is not None
    ]
    drivers.sort(key=lambda driver: -driver[1])
    return Explanation(**{**evidence, "trial": trial, "drivers": dict(drivers)})
