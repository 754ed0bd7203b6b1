"""Problems with black-box constraints.

================  ====================================================================================================
bnh, srn          Binh and Korn (1997), Srinivas and Deb (1994): two numbers, two constraints, a large feasible set
tnk               Tanaka et al. (1995): the front is the border of the feasible set, in pieces
osy               Osyczka and Kundu (1995): six numbers, six constraints, a front of five pieces on their borders
c2dtlz2-m2, -m3   ``dtlz.py``: feasible islands
welded-beam       cost and deflection (Ray and Liew 2002): four numbers, four constraints
disc-brake        mass and stopping time (Ray and Liew 2002): four numbers, four constraints
speed-reducer     weight and stress of a shaft (Kurpati et al. 2002): seven numbers, eleven constraints
car-side-impact   weight and two measures of injury (Jain and Deb 2014): seven numbers, ten constraints
pressure-vessel   cost and volume of a tank whose sheets come in steps of 1/16 inch (the cost of Kannan and Kramer 1994)
================  ====================================================================================================
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benches.objectives.problem import Problem, box, constrained
from benches.objectives.problems import dtlz
from benches.python.peers.space import Parameter, Space

Lists = tuple[list[Any], list[Any]]


def bnh(x: Any, y: Any) -> Lists:
    """Return objectives and constraints of Binh and Korn's problem."""
    objectives = [4 * x**2 + 4 * y**2, (x - 5) ** 2 + (y - 5) ** 2]
    return objectives, [25 - (x - 5) ** 2 - y**2, (x - 8) ** 2 + (y + 3) ** 2 - 7.7]


def srn(x: Any, y: Any) -> Lists:
    """Return objectives and constraints of Srinivas and Deb's problem."""
    objectives = [2 + (x - 2) ** 2 + (y - 1) ** 2, 9 * x - (y - 1) ** 2]
    return objectives, [225 - x**2 - y**2, 3 * y - x - 10]


def tnk(x: Any, y: Any) -> Lists:
    """Return objectives and constraints of Tanaka's problem."""
    wave = x**2 + y**2 - 1 - 0.1 * np.cos(16 * np.arctan2(x, y))
    return [x, y], [wave, 0.5 - (x - 0.5) ** 2 - (y - 0.5) ** 2]


def osy(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any) -> Lists:
    """Return objectives and constraints of Osyczka and Kundu's problem."""
    first = -(25 * (a - 2) ** 2 + (b - 2) ** 2 + (c - 1) ** 2 + (d - 4) ** 2 + (e - 1) ** 2)
    kept = [a + b - 2, 6 - a - b, 2 - b + a, 2 - a + 3 * b, 4 - (c - 3) ** 2 - d, (e - 3) ** 2 + f - 4]
    return [first, a**2 + b**2 + c**2 + d**2 + e**2 + f**2], kept


def welded_beam(h: Any, length: Any, t: Any, b: Any, root: float = 0.707) -> Lists:
    """Return objectives and constraints of the welded beam; authors differ in the ``root`` of its inertia."""
    arm = np.sqrt(0.25 * (length**2 + (h + t) ** 2))
    direct = 6000 / (np.sqrt(2) * h * length)
    inertia = 2 * root * h * length * (length**2 / 12 + 0.25 * (h + t) ** 2)
    bending = 6000 * (14 + 0.5 * length) * arm / inertia
    shear = np.sqrt(direct**2 + bending**2 + length * direct * bending / arm)
    buckling = 64746.022 * (1 - 0.0282346 * t) * t * b**3
    objectives = [1.10471 * h**2 * length + 0.04811 * t * b * (14 + length), 2.1952 / (t**3 * b)]
    return objectives, [13600 - shear, 30000 - 504000 / (t**2 * b), b - h, buckling - 6000]


def disc_brake(inner: Any, outer: Any, force: Any, n: Any) -> Lists:
    """Return objectives and constraints of the disc brake."""
    squares, cubes = outer**2 - inner**2, outer**3 - inner**3
    # The inner radius may exceed the outer one; such designs are infeasible, and their values only have to be finite.
    squares, cubes = np.maximum(squares, 1), np.maximum(cubes, 1)
    objectives = [4.9e-5 * squares * (n - 1), 9.82e6 * squares / (force * n * cubes)]
    torque = 2.66e-2 * force * n * cubes / squares - 900
    heat = 1 - 2.22e-3 * force * cubes / squares**2
    return objectives, [outer - inner - 20, 0.4 - force / (3.14 * squares), heat, torque]


def speed_reducer(a: Any, b: Any, n: Any, d: Any, e: Any, f: Any, g: Any) -> Lists:
    """Return objectives and constraints of the speed reducer."""
    weight = reducer_weight(a, b, n, d, e, f, g)
    first, second = reducer_stresses(b, n, d, e, f, g)
    kept = [
        1 / 27 - 1 / (a * b**2 * n), 1 / 397.5 - 1 / (a * b**2 * n**2), 1 / 1.93 - d**3 / (b * n * f**4),
        1 / 1.93 - e**3 / (b * n * g**4), 40 - b * n, 12 - a / b, a / b - 5, d - 1.9 - 1.5 * f, e - 1.9 - 1.1 * g,
        1300 - first, 1100 - second,
    ]  # fmt: skip
    return [weight, first], kept


def reducer_weight(
    a: Any, b: Any, n: Any, d: Any, e: Any, f: Any, g: Any, linear: float = 14.933, cubic: float = 7.477
) -> Any:
    """Return the weight of the speed reducer; authors round two coefficients differently."""
    return (
        0.7854 * a * b**2 * (10 * n**2 / 3 + linear * n - 43.0934)
        - 1.508 * a * (f**2 + g**2) + cubic * (f**3 + g**3) + 0.7854 * (d * f**2 + e * g**2)
    )  # fmt: skip


def reducer_stresses(b: Any, n: Any, d: Any, e: Any, f: Any, g: Any) -> tuple[Any, Any]:
    """Return the stresses of both shafts of the speed reducer."""
    first = np.sqrt((745 * d / (b * n)) ** 2 + 1.69e7) / (0.1 * f**3)
    return first, np.sqrt((745 * e / (b * n)) ** 2 + 1.575e8) / (0.1 * g**3)


def car_side_impact(a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any) -> Lists:
    """Return objectives and constraints of the car."""
    weight = 1.98 + 4.9 * a + 6.67 * b + 6.98 * c + 4.01 * d + 1.78 * e + 1e-5 * f + 2.73 * g
    force = 4.72 - 0.5 * d - 0.19 * b * c
    pillar, door = 10.58 - 0.674 * a * b - 0.67275 * b, 16.45 - 0.489 * c * g - 0.843 * e * f
    kept = [
        1 - (1.16 - 0.3717 * b * d - 0.0092928 * c),
        0.32 - (0.261 - 0.0159 * a * b - 0.06486 * a - 0.019 * b * g + 0.0144 * c * e + 0.0154464 * f),
        0.32 - (0.214 + 0.00817 * e - 0.0587118 * a + 0.03099 * b * f - 0.018 * b * g + 0.030408 * c
                - 0.00364 * e * f - 0.018 * b**2),
        0.32 - (0.74 - 0.61 * b - 0.031296 * c - 0.031872 * g + 0.227 * b**2),
        32 - (28.98 + 3.818 * c - 4.2 * a * b + 1.27296 * f - 2.68065 * g),
        32 - (33.86 + 2.95 * c - 5.057 * a * b - 3.795 * b - 3.4431 * g + 1.45728),
        32 - (46.36 - 9.9 * b - 4.4505 * a), 4 - force, 9.9 - pillar, 15.7 - door,
    ]  # fmt: skip
    return [weight, force, 0.5 * (pillar + door)], kept


def pressure_vessel(shell: Any, head: Any, radius: Any, length: Any) -> Lists:
    """Return objectives and constraints of the pressure vessel."""
    shell, head = shell / 16, head / 16
    cost = (
        0.6224 * shell * radius * length + 1.7781 * head * radius**2
        + 3.1661 * shell**2 * length + 19.84 * shell**2 * radius
    )  # fmt: skip
    volume = np.pi * radius**2 * length + 4 / 3 * np.pi * radius**3
    return [cost, -volume], [shell - 0.0193 * radius, head - 0.00954 * radius, 1.296e6 - volume]


def problems() -> list[Problem]:
    """Return the family."""

    def problem(name: str, space: Space, m: int, function: Any) -> Problem:
        return Problem(name, "constrained", space, m, constrained(function))

    teeth = Parameter("x2", "int", 17, 28)
    reducer = box((2.6, 3.6), (0.7, 0.8), (0, 1), (7.3, 8.3), (7.3, 8.3), (2.9, 3.9), (5, 5.5))
    sheets = (Parameter("shell", "int", 1, 32), Parameter("head", "int", 1, 32))
    car = box((0.5, 1.5), (0.45, 1.35), (0.5, 1.5), (0.5, 1.5), (0.875, 2.625), (0.4, 1.2), (0.4, 1.2))
    return [
        problem("bnh", box((0, 5), (0, 3)), 2, bnh),
        problem("srn", box((-20, 20), (-20, 20)), 2, srn),
        dtlz.c2_problem(2, 0.2),
        problem("tnk", box((0, np.pi), (0, np.pi)), 2, tnk),
        problem("osy", box((0, 10), (0, 10), (1, 5), (0, 6), (1, 5), (0, 10)), 2, osy),
        dtlz.c2_problem(3, 0.4),
        problem("disc-brake", box((55, 80), (75, 110), (1000, 3000), (11, 20)), 2, disc_brake),
        problem("welded-beam", box((0.125, 5), (0.1, 10), (0.1, 10), (0.125, 5)), 2, welded_beam),
        problem("speed-reducer", Space([*reducer[:2], teeth, *reducer[3:]]), 2, speed_reducer),
        problem("car-side-impact", car, 3, car_side_impact),
        problem("pressure-vessel", Space([*sheets, *box((10, 60), (10, 240))]), 2, pressure_vessel),
    ]
