"""Explanation of the choice of a trial's parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._internal.immutable import Immutable
from .._internal.text import printable, show_value

if TYPE_CHECKING:
    from .schema import Origin


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explanation(Immutable):
    """Why a trial has its parameters, as returned by :meth:`tanteo.Optimizer.explain`.

    Attributes
    ----------
    trial : int
        The id of the trial.
    origin : str
        How the parameters were chosen; see :class:`tanteo.FrozenTrial`. The fields below are available for "gp" and
        "tpe" only.
    mean, std : float or None
        The prediction of the Gaussian process without noise, in the unit of the objective: the median, and half the
        width of the 68 % interval. ``std`` is None if all values better than the median are equal; both are None with
        several objectives.
    acquisition : tuple of (str, float) or None
        The acquisition function and its value: "lcb" (by how much the optimistic bound is better than the best
        expectation, in standard deviations of all results), "logei" (logarithm of the expected improvement in that
        unit), "logehvi" (logarithm of the expected hypervolume improvement, for several objectives), "feasibility"
        (while every trial breaks a constraint) or "log_density_ratio" (TPE). Those of the Gaussian process include the
        logarithms of the probabilities that the trial does not fail (if trials failed) and that it satisfies every
        constraint that was told.
    incumbent : int or None
        The id of the best trial before this one; with several objectives, of the one on the front that is nearest to it
        in the space. None if there is none.
    drivers : mapping of str to float
        For each parameter, the decrease of the acquisition if it had the incumbent's value, in decreasing order.
        Negative if the incumbent's value would have been better.
    """

    trial: int
    origin: Origin
    mean: float | None
    std: float | None
    acquisition: tuple[str, float] | None
    incumbent: int | None
    drivers: Mapping[str, float]

    def __str__(self) -> str:
        lines = [f"trial {self.trial} comes from {self.origin}"]
        if self.mean is not None:
            lines.append(f"expected: {show_value(self.mean)}" + ("" if self.std is None else f" ± {self.std:.3g}"))
        if self.acquisition is not None:
            lines.append("acquisition, larger is better: {} = {:.6g}".format(*self.acquisition))
        if self.drivers:
            lines.append(f"acquisition gained over trial {self.incumbent} by")
            lines += [f"  {printable(name)}: {gain:+.3g}" for name, gain in self.drivers.items()]
        return "\n".join(lines)


def explanation(evidence: Mapping[str, Any], trial: int, names: Sequence[str]) -> Explanation:
    """Return the explanation for the evidence of the core; ``names`` are those of the core's parameters."""
    drivers = [
        (name, driver_value)
        for name, driver_value in zip(names, evidence["drivers"], strict=False)
        if driver_value is not None
    ]
    drivers.sort(key=lambda driver: -driver[1])
    return Explanation(**{**evidence, "trial": trial, "drivers": dict(drivers)})
