"""Engineering designs without constraints, most of them from the RE suite (Tanabe and Ishibuchi 2020).

===================  =================================================================================================
four-bar-truss       RE21: volume and displacement of a truss, four bars
rocket-injector      RE37: temperatures of the wall, the tip and the gas, four shares
vehicle-crash        RE34: mass, deceleration and intrusion of a vehicle's front, five thicknesses
viennet              three quadratic and trigonometric functions of two numbers (Viennet et al. 1996)
===================  =================================================================================================
"""

from __future__ import annotations

import math

import numpy as np

from benches.objectives.problem import Problem, box, unconstrained

S2 = math.sqrt(2)


def four_bar_truss(x: np.ndarray) -> np.ndarray:
    """Return the objectives of RE21."""
    a, b, c, d = x.T
    volume = 200 * (2 * a + S2 * b + np.sqrt(c) + d)
    return np.stack([volume, 0.01 * (2 / a + 2 * S2 / b - 2 * S2 / c + 2 / d)], axis=1)


def rocket_injector(x: np.ndarray) -> np.ndarray:
    """Return the objectives of RE37."""
    a, h, o, t = x.T
    wall = (
        0.692 + 0.477 * a - 0.687 * h - 0.080 * o - 0.0650 * t - 0.167 * a**2 - 0.0129 * h * a + 0.0796 * h**2
        - 0.0634 * o * a - 0.0257 * o * h + 0.0877 * o**2 - 0.0521 * t * a + 0.00156 * t * h + 0.00198 * t * o
        + 0.0184 * t**2
    )  # fmt: skip
    tip = (
        0.153 - 0.322 * a + 0.396 * h + 0.424 * o + 0.0226 * t + 0.175 * a**2 + 0.0185 * h * a - 0.0701 * h**2
        - 0.251 * o * a + 0.179 * o * h + 0.0150 * o**2 + 0.0134 * t * a + 0.0296 * t * h + 0.0752 * t * o
        + 0.0192 * t**2
    )  # fmt: skip
    gas = (
        0.370 - 0.205 * a + 0.0307 * h + 0.108 * o + 1.019 * t - 0.135 * a**2 + 0.0141 * h * a + 0.0998 * h**2
        + 0.208 * o * a - 0.0301 * o * h - 0.226 * o**2 + 0.353 * t * a - 0.0497 * t * o - 0.423 * t**2
        + 0.202 * h * a**2 - 0.281 * o * a**2 - 0.342 * h**2 * a - 0.245 * h**2 * o + 0.281 * o**2 * h
        - 0.184 * t**2 * a - 0.281 * h * a * o
    )  # fmt: skip
    return np.stack([wall, tip, gas], axis=1)


def vehicle_crash(x: np.ndarray) -> np.ndarray:
    """Return the objectives of RE34."""
    a, b, c, d, e = x.T
    mass = 1640.2823 + 2.3573285 * a + 2.3220035 * b + 4.5688768 * c + 7.7213633 * d + 4.4559504 * e
    deceleration = (
        6.5856 + 1.15 * a - 1.0427 * b + 0.9738 * c + 0.8364 * d - 0.3695 * a * d + 0.0861 * a * e + 0.3628 * b * d
        - 0.1106 * a**2 - 0.3437 * c**2 + 0.1764 * d**2
    )  # fmt: skip
    intrusion = (
        -0.0551 + 0.0181 * a + 0.1024 * b + 0.0421 * c - 0.0073 * a * b + 0.0240 * b * c - 0.0118 * b * d
        - 0.0204 * c * d - 0.0080 * c * e - 0.0241 * b**2 + 0.0109 * d**2
    )  # fmt: skip
    return np.stack([mass, deceleration, intrusion], axis=1)


def viennet(x: np.ndarray) -> np.ndarray:
    """Return the objectives of Viennet's third problem."""
    a, b = x.T
    r = a**2 + b**2
    first = 0.5 * r + np.sin(r)
    second = (3 * a - 2 * b + 4) ** 2 / 8 + (a - b + 1) ** 2 / 27 + 15
    return np.stack([first, second, 1 / (r + 1) - 1.1 * np.exp(-r)], axis=1)


def problems() -> list[Problem]:
    """Return the family."""
    truss = box((1, 3), (S2, 3), (S2, 3), (1, 3))
    return [
        Problem("four-bar-truss", "engineering", truss, 2, unconstrained(four_bar_truss)),
        Problem("vehicle-crash", "engineering", box(*[(1, 3)] * 5), 3, unconstrained(vehicle_crash)),
        Problem("rocket-injector", "engineering", box(*[(0, 1)] * 4), 3, unconstrained(rocket_injector)),
        Problem("viennet", "engineering", box((-3, 3), (-3, 3)), 3, unconstrained(viennet)),
    ]
