"""Learning curves given by formulas, with each kind in both halves on different landscapes.

The value of a configuration at the end is a ``Landscape``; the kinds differ in how its curve gets there:

========================  ============================================================================================
noise-weak, noise-strong  power laws; every value has noise with a deviation of 0.03 or 0.15 (the deviation of the
                          landscape over uniform configurations is about 0.25)
misleading-uncorrelated   for the first 60 % of the steps the curve is that of another landscape
misleading-reversed       for the first 60 % of the steps the better configurations look worse
crossing-rates            exponential decays, which are slower for better final values
crossing-late             half of the configurations, among them the best, stay high until late and then fall
plateau-start             a constant value until a step that depends on the configuration
plateau-stairs            power laws whose values are updated only at every sixth of the steps
cost-good-dear            power laws; one parameter makes a training up to 30 times as costly; the optimum is costly
cost-good-cheap           the same, but the optimum is cheap
========================  ============================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from benches.fidelity.problem import Problem
from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params
from benches.quality.problems.bbob import standard_normals

STEPS, SPREAD = 27, 30.0
TIMES = np.arange(1, STEPS + 1) / STEPS
KINDS = ("a", "b", "c")


class Landscape:
    """A function of the unit cube and a choice of three: the root of a bowl with rotated axes, ripples, and an offset.

    Its minimum is 0, at ``centre`` with the best choice. ``trait`` gives two quantities that a curve may depend on,
    each between 0 and 1 and unrelated to the value.
    """

    def __init__(self, seed: int, dimension: int) -> None:
        rng = standard_normals(820, seed)
        self.space = Space([
            *(Parameter(f"x{i}", "float", 0.0, 1.0) for i in range(dimension)),
            Parameter("kind", "categorical", choices=KINDS),
        ])  # fmt: skip
        self.centre = rng.uniform(0.15, 0.85, dimension)
        axes = np.linalg.qr(rng.standard_normal((dimension, dimension)))[0]
        weights = np.geomspace(1.0, 0.1, dimension)
        self._axes = axes * np.sqrt(weights / weights.sum())[:, None]
        self._offsets = dict(zip(KINDS, rng.permutation([0.0, 0.1, 0.25]), strict=True))
        self._waves, self._phase = rng.standard_normal((2, dimension)), rng.uniform(0, 2 * np.pi, 2)

    def point(self, params: Params) -> np.ndarray:
        """Return the numbers as an array."""
        return np.array([params[f"x{i}"] for i in range(len(self.centre))])

    def value(self, params: Params) -> float:
        """Return the value of a full training."""
        z = self._axes @ (self.point(params) - self.centre) * 2.0
        ripples = 0.04 * np.mean(1.0 - np.cos(6 * np.pi * z))
        return float(np.sqrt(z @ z) + ripples + self._offsets[params["kind"]])

    def trait(self, params: Params, index: int = 0) -> float:
        """Return a number from 0 to 1 that varies in waves over the space."""
        return 0.5 + 0.5 * float(np.sin(4 * self._waves[index] @ self.point(params) + self._phase[index]))


Curve = Callable[[Landscape, Params], np.ndarray]


def power_law(landscape: Landscape, p: Params) -> np.ndarray:
    """Power laws whose height and exponent depend on the configuration; exact at the end."""
    exponent, height = 0.4 + 0.8 * landscape.trait(p), 0.1 + 1.4 * landscape.trait(p, 1)
    return landscape.value(p) + height * ((STEPS * TIMES) ** -exponent - STEPS**-exponent) / (1 - STEPS**-exponent)


def switched(early: np.ndarray, late: np.ndarray, switch_time: float, width: float) -> np.ndarray:
    """Switch from one curve to another around a time; exact at the end."""
    late_weight = 1 / (1 + np.exp(-(TIMES - switch_time) / width))
    late_weight = late_weight / late_weight[-1]
    return (1 - late_weight) * early + late_weight * late


def uncorrelated(other: Landscape, landscape: Landscape, p: Params) -> np.ndarray:
    """Start with the curve of another landscape, then switch to the curve of this landscape."""
    return switched(power_law(other, p), power_law(landscape, p), 0.6, 0.03)


def reversed_early(landscape: Landscape, p: Params) -> np.ndarray:
    """Start with the reversed curve, then switch to the true curve."""
    curve = power_law(landscape, p)
    return switched(2.0 - curve, curve, 0.6, 0.03)


def rates(landscape: Landscape, p: Params) -> np.ndarray:
    """Decay with a time constant from 3 % of the steps for bad final values to half of them for good final values."""
    final_value, height = landscape.value(p), 1.5 + landscape.trait(p, 1)
    tau = 0.03 * (0.5 / 0.03) ** max(0.0, 1.0 - final_value / 1.2)
    return final_value + (height - final_value) * (np.exp(-TIMES / tau) - np.exp(-1 / tau)) / (1 - np.exp(-1 / tau))


def late(centre: float, landscape: Landscape, p: Params) -> np.ndarray:
    """Stay high until 15 to 70 % of the steps if the first number is near the optimum; otherwise follow a power law."""
    if abs(p["x0"] - centre) > 0.25:
        return power_law(landscape, p)
    final_value = landscape.value(p)
    return switched(
        np.full(STEPS, 1.2 + 0.2 * final_value), np.full(STEPS, final_value), 0.15 + 0.55 * landscape.trait(p), 0.04
    )


def silent_start(landscape: Landscape, p: Params) -> np.ndarray:
    """Show the constant prediction, 1.5, for up to half of the steps."""
    delay = int(landscape.trait(p) * STEPS / 2)
    curve = power_law(landscape, p)
    return np.concatenate([np.full(delay, 1.5), curve[: STEPS - delay - 1], curve[-1:]])


def stairs(landscape: Landscape, p: Params) -> np.ndarray:
    """Show the value at the last of the times 1/6, 2/6, ..., 1; twice the initial height before the first of them."""
    curve = power_law(landscape, p)
    corners = np.floor(TIMES * 6 + 1e-9).astype(int)
    heights = np.append(curve[0] + 0.5, curve[[int(np.ceil(STEPS * k / 6)) - 1 for k in range(1, 7)]])
    return heights[corners]


def price(landscape: Landscape, sign: int, p: Params) -> float:
    """Return 30 to the power of ``x0`` (or ``1 - x0``), divided by its mean."""
    exponent = p["x0"] if sign > 0 else 1.0 - p["x0"]
    return float(SPREAD**exponent * np.log(SPREAD) / (SPREAD - 1))


# For each half: the offset of its landscapes, and their number of dimensions.
HALVES = {"tuning": (0, 4), "report": (100, 6)}
NOISE = {"noise-weak": 0.03, "noise-strong": 0.15}


def kinds(landscape: Landscape, other: Landscape) -> dict[str, Callable[[Params], np.ndarray]]:
    """Return the curves of all kinds on one landscape; ``other`` is the misleading landscape."""
    curves: dict[str, Callable[..., np.ndarray]] = {
        "noise-weak": power_law, "noise-strong": power_law, "misleading-uncorrelated": partial(uncorrelated, other),
        "misleading-reversed": reversed_early, "crossing-rates": rates,
        "crossing-late": partial(late, float(landscape.centre[0])),
        "plateau-start": silent_start, "plateau-stairs": stairs,
        "cost-good-dear": power_law, "cost-good-cheap": power_law,
    }  # fmt: skip
    return {kind: partial(curve, landscape) for kind, curve in curves.items()}


KIND_NAMES = tuple(kinds(Landscape(0, 4), Landscape(1, 4)))


def problem(half: str, position: int) -> Problem:
    """Return one kind in one half."""
    (offset, dimension), kind = HALVES[half], KIND_NAMES[position]
    landscape, other = (Landscape(offset + position + seed_offset, dimension) for seed_offset in (0, 50))
    if kind.startswith("cost"):
        landscape.centre[0] = 0.8
    family, priced = kind.split("-")[0], {}
    if family == "cost":
        priced = {"cost": partial(price, landscape, 1 if kind == "cost-good-dear" else -1)}
    curve = kinds(landscape, other)[kind]
    return Problem(
        f"{kind}-{half}", family, half, landscape.space, STEPS, curve, 0.0, noise=NOISE.get(kind, 0.0), **priced
    )


def problems() -> Iterator[Problem]:
    """Return all kinds in both halves."""
    return (problem(half, position) for half in HALVES for position in range(len(KIND_NAMES)))
