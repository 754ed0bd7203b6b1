"""Curves that are known as formulas, each kind in either half, there with another landscape.

The value of a configuration at the end is a ``Landscape``; the kinds differ in how its curve gets there:

========================  ============================================================================================
noise-weak, noise-strong  power laws; every value is shown with a deviation of 0.03 or 0.15 (that of the landscape over
                          uniform configurations is about 0.25)
misleading-uncorrelated   for the first 60 % of the steps the curve is that of another landscape
misleading-reversed       for the first 60 % of the steps the better configurations look worse
crossing-rates            exponential decays, the slower the better the end
crossing-late             half of the configurations, among them the best, stay high until late and then fall
plateau-start             nothing but one and the same value until a step that depends on the configuration
plateau-stairs            power laws seen through stairs of a sixth of the steps
cost-good-dear            power laws; one parameter makes a training up to 30 times dearer, and the best is dear
cost-good-cheap           the same; the best is cheap
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
    """Numbers in the unit cube and a choice of three: a bowl on rotated axes under a root, ripples, and an offset.

    Its least value is 0, at ``centre`` with the best choice. ``trait`` gives two things that a curve may depend on,
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
        """The numbers."""
        return np.array([params[f"x{i}"] for i in range(len(self.centre))])

    def value(self, params: Params) -> float:
        """What a full training is worth."""
        z = self._axes @ (self.point(params) - self.centre) * 2.0
        ripples = 0.04 * np.mean(1.0 - np.cos(6 * np.pi * z))
        return float(np.sqrt(z @ z) + ripples + self._offsets[params["kind"]])

    def trait(self, params: Params, index: int = 0) -> float:
        """From 0 to 1, in waves."""
        return 0.5 + 0.5 * float(np.sin(4 * self._waves[index] @ self.point(params) + self._phase[index]))


Curve = Callable[[Landscape, Params], np.ndarray]


def power_law(land: Landscape, p: Params) -> np.ndarray:
    """From a height that, as the exponent does, depends on the configuration; exact at the end."""
    exponent, height = 0.4 + 0.8 * land.trait(p), 0.1 + 1.4 * land.trait(p, 1)
    return land.value(p) + height * ((STEPS * TIMES) ** -exponent - STEPS**-exponent) / (1 - STEPS**-exponent)


def switched(early: np.ndarray, late: np.ndarray, at: float, width: float) -> np.ndarray:
    """From one curve to another around a time; exact at the end."""
    share = 1 / (1 + np.exp(-(TIMES - at) / width))
    share = share / share[-1]
    return (1 - share) * early + share * late


def uncorrelated(other: Landscape, land: Landscape, p: Params) -> np.ndarray:
    """The curve of another landscape, then its own."""
    return switched(power_law(other, p), power_law(land, p), 0.6, 0.03)


def reversed_early(land: Landscape, p: Params) -> np.ndarray:
    """Upside down at first."""
    curve = power_law(land, p)
    return switched(2.0 - curve, curve, 0.6, 0.03)


def rates(land: Landscape, p: Params) -> np.ndarray:
    """Decays with a time constant of 3 % of the steps where the end is bad and of half of them where it is good."""
    end, height = land.value(p), 1.5 + land.trait(p, 1)
    tau = 0.03 * (0.5 / 0.03) ** max(0.0, 1.0 - end / 1.2)
    return end + (height - end) * (np.exp(-TIMES / tau) - np.exp(-1 / tau)) / (1 - np.exp(-1 / tau))


def late(centre: float, land: Landscape, p: Params) -> np.ndarray:
    """High until 15 to 70 % of the steps where the first number is near the best one's, a power law elsewhere."""
    if abs(p["x0"] - centre) > 0.25:
        return power_law(land, p)
    end = land.value(p)
    return switched(np.full(STEPS, 1.2 + 0.2 * end), np.full(STEPS, end), 0.15 + 0.55 * land.trait(p), 0.04)


def silent_start(land: Landscape, p: Params) -> np.ndarray:
    """The constant prediction, 1.5, until up to half of the steps."""
    delay = int(land.trait(p) * STEPS / 2)
    curve = power_law(land, p)
    return np.concatenate([np.full(delay, 1.5), curve[: STEPS - delay - 1], curve[-1:]])


def stairs(land: Landscape, p: Params) -> np.ndarray:
    """The value at the last of the times 1/6, 2/6, ..., 1, and twice the height before the first of them."""
    curve = power_law(land, p)
    corners = np.floor(TIMES * 6 + 1e-9).astype(int)
    at = np.append(curve[0] + 0.5, curve[[int(np.ceil(STEPS * k / 6)) - 1 for k in range(1, 7)]])
    return at[corners]


def price(land: Landscape, sign: int, p: Params) -> float:
    """30 to the power of how far ``x0`` is up (or down), over the mean of that."""
    up = p["x0"] if sign > 0 else 1.0 - p["x0"]
    return float(SPREAD**up * np.log(SPREAD) / (SPREAD - 1))


# For either half: what tells its landscapes from the other's, and how many numbers they have.
HALVES = {"tuning": (0, 4), "report": (100, 6)}
NOISE = {"noise-weak": 0.03, "noise-strong": 0.15}


def kinds(land: Landscape, other: Landscape) -> dict[str, Callable[[Params], np.ndarray]]:
    """The curves of every kind over one landscape; ``other`` is the one that misleads."""
    curves: dict[str, Callable[..., np.ndarray]] = {
        "noise-weak": power_law, "noise-strong": power_law, "misleading-uncorrelated": partial(uncorrelated, other),
        "misleading-reversed": reversed_early, "crossing-rates": rates,
        "crossing-late": partial(late, float(land.centre[0])), "plateau-start": silent_start, "plateau-stairs": stairs,
        "cost-good-dear": power_law, "cost-good-cheap": power_law,
    }  # fmt: skip
    return {kind: partial(curve, land) for kind, curve in curves.items()}


KIND_NAMES = tuple(kinds(Landscape(0, 4), Landscape(1, 4)))


def problem(half: str, position: int) -> Problem:
    """One kind in one half."""
    (offset, dimension), kind = HALVES[half], KIND_NAMES[position]
    land, other = (Landscape(offset + position + more, dimension) for more in (0, 50))
    if kind.startswith("cost"):
        land.centre[0] = 0.8
    family, priced = kind.split("-")[0], {}
    if family == "cost":
        priced = {"cost": partial(price, land, 1 if kind == "cost-good-dear" else -1)}
    curve = kinds(land, other)[kind]
    return Problem(f"{kind}-{half}", family, half, land.space, STEPS, curve, 0.0, noise=NOISE.get(kind, 0.0), **priced)


def problems() -> Iterator[Problem]:
    """Every kind in both halves."""
    return (problem(half, position) for half in HALVES for position in range(len(KIND_NAMES)))
