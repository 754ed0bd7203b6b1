"""A small optimizer in pure Python that keeps every promise of `tanteo.testing`; each of its mutants breaks one.

It draws candidates, two thirds of them near the best trials, and suggests the one whose nearest finished trial has the
best rank. Failures have the worst rank. Because of the ranks, the scale of the values does not matter.
"""

from __future__ import annotations

import bisect
import math
import random
import threading
from typing import Any, ClassVar

from tanteo._internal.equality import same
from tanteo.exceptions import SpaceExhausted
from tanteo.space.parameters import Float, Int, Parameter
from tanteo.space.search_space import SearchSpace, flat_params
from tanteo.testing.domain import constraint_fault, is_active, nested, unit

N_STARTUP, N_CANDIDATES = 8, 12


class Handle:
    """A trial as the user sees it."""

    def __init__(self, number: int, params: dict[str, Any], search: float) -> None:
        self.id, self.params, self.search = number, params, search


class Row:
    """A trial as the optimizer stores it."""

    def __init__(self, number: int | None, params: dict[str, Any], units: dict[str, float]) -> None:
        self.id, self.params, self.units = number, params, units
        self.state, self.value = "pending", None


class Reference:
    """One search."""

    capabilities: ClassVar = {"constraints": True, "threads": True}

    def __init__(
        self, space: SearchSpace, seed: int, direction: str = "minimize", directions: list[str] | None = None
    ) -> None:
        self.space, self.signs = space, [1.0 if goal == "minimize" else -1.0 for goal in directions or [direction]]
        self.rng = self.generator(seed)
        self.search = self.rng.random()
        self.rows: list[Row] = []
        self.queue: list[dict[str, Any]] = []
        self.lock = threading.Lock()

    def generator(self, seed: int) -> random.Random:
        return random.Random(seed)

    # --- ask ------------------------------------------------------------------------------------

    def ask(self) -> Handle:
        with self.lock:
            flat = self.queue.pop(0) if self.queue else self.suggest()
            row = self.row(self.next_id(), flat)
            self.rows.append(row)
            return Handle(row.id, self.params_for_user(row.params), self.search)

    def params_for_user(self, params: dict[str, Any]) -> dict[str, Any]:
        return _copied(params)

    def next_id(self) -> int:
        return len(self.rows)

    def row(self, number: int, flat: dict[str, Any]) -> Row:
        units = {name: unit(self.space[name], value) for name, value in flat.items()}
        return Row(number, nested(flat, self.space), units)

    def suggest(self) -> dict[str, Any]:
        finished = self.finished()
        if len(finished) < N_STARTUP:
            return self.draw_new(self.draw_configuration)
        ranks = self.ranks(finished)
        best = sorted(zip(ranks, finished, strict=True), key=lambda pair: (pair[0], pair[1].id))[:3]
        candidates = [
            self.draw_new(lambda k=k: self.draw_near(best[k % len(best)][1]) if k % 3 else self.draw_configuration())
            for k in range(N_CANDIDATES)
        ]
        scores = [self.score(candidate, finished, ranks) for candidate in candidates]
        return candidates[scores.index(min(scores))]

    def finished(self) -> list[Row]:
        return [row for row in self.rows if row.state != "pending"]

    def ranks(self, finished: list[Row]) -> list[float]:
        """Rank the better half in order. The worse half is tied at the worst rank, failures included."""
        losses = sorted(self.loss(row) for row in finished)
        worst_rank = (len(losses) + 1) // 2
        return [float(min(bisect.bisect_left(losses, self.loss(row)), worst_rank)) for row in finished]

    def loss(self, row: Row) -> float:
        if row.state != "complete" or row.value is None:
            return math.inf
        return sum(sign * value for sign, value in zip(self.signs, _pair(row.value), strict=True))

    def score(self, flat: dict[str, Any], finished: list[Row], ranks: list[float]) -> float:
        units = self.row(-1, flat).units
        nearest = min(range(len(finished)), key=lambda k: (_distance(units, finished[k].units), finished[k].id))
        return ranks[nearest]

    def draw_new(self, draw: Any) -> dict[str, Any]:
        """Draw until the configuration is new; a finite space may have no new one."""
        for _ in range(20):
            flat = draw()
            while self.space.constraints and constraint_fault(self.space, nested(flat, self.space)):
                flat = self.draw_configuration()
            if not any(same(flat, previous) for previous in self.previous()):
                return flat
        if self.space.size <= len(self.rows):
            raise SpaceExhausted("every configuration was suggested")
        return draw() if not self.space.constraints else flat

    def previous(self) -> list[dict[str, Any]]:
        return [flat_params(row.params, self.space) for row in self.rows] if self.space.size < 100 else []

    def draw_configuration(self) -> dict[str, Any]:
        return self.configuration(lambda name, parameter: self.draw(parameter))

    def draw_near(self, row: Row) -> dict[str, Any]:
        centre = flat_params(row.params, self.space)

        def step(name: str, parameter: Parameter) -> Any:
            return self.step(parameter, centre[name]) if name in centre else self.draw(parameter)

        return self.configuration(step)

    def configuration(self, value: Any) -> dict[str, Any]:
        flat: dict[str, Any] = {}
        for name, parameter in self.space.parameters.items():
            if is_active(parameter, flat):
                flat[name] = value(name, parameter)
        return flat

    # --- parameters -----------------------------------------------------------------------------

    def draw(self, parameter: Parameter) -> Any:
        if (labels := parameter._labels()) is not None:
            return labels[self.rng.randrange(len(labels))] if parameter._varies else labels[0]
        return self.value_at(parameter, self.rng.random())

    def step(self, parameter: Parameter, value: Any) -> Any:
        if not parameter._varies:
            return value
        if parameter._number() is None:
            return value if self.rng.random() < 0.8 else self.draw(parameter)
        moved = unit(parameter, value) + self.rng.gauss(0.0, 0.1)
        return self.value_at(parameter, min(max(moved, 0.0), 1.0))

    def value_at(self, parameter: Parameter, u: float) -> Any:
        """Return the value of a numeric parameter at `u` in [0, 1)."""
        if isinstance(parameter, Int):
            return self.integer_at(parameter, u)
        assert isinstance(parameter, Float)
        if parameter.step is not None:
            count = parameter._n_steps() + 1
            return min(parameter.low + min(int(u * count), count - 1) * parameter.step, parameter.high)
        if parameter.log:
            x = math.exp(_between(math.log(parameter.low), math.log(parameter.high), u))
        else:
            x = _between(parameter.low, parameter.high, u)
        return self.clip(parameter, x)

    def clip(self, parameter: Float, x: float) -> float:
        return min(max(x, parameter.low), parameter.high)

    def integer_at(self, parameter: Int, u: float) -> int:
        if parameter.log:
            x = math.exp(_between(math.log(parameter.low), math.log(parameter.high), u))
            return min(max(round(x), parameter.low), parameter.high)
        count = (parameter.high - parameter.low) // parameter.step + 1
        # In integer arithmetic, because a float holds only 53 bits of the position.
        position = int(u * 2**53) * count // 2**53
        if count > 2**53:
            position = min(max(position + self.rng.randrange(count // 2**53), 0), count - 1)
        return parameter.low + min(position, count - 1) * parameter.step

    # --- tell -----------------------------------------------------------------------------------

    def tell(self, trial: Handle, value: Any = None, *, state: str = "complete") -> None:
        with self.lock:
            row = self.pending_row(trial)
            number = self.parse_value(value) if state == "complete" else None
            row.state, row.value = (state, number) if number is not None else (self.final_state(state), None)

    def final_state(self, state: str) -> str:
        return "failed" if state == "complete" else state

    def pending_row(self, trial: Handle) -> Row:
        if trial.search != self.search or not 0 <= trial.id < len(self.rows):
            raise KeyError(f"unknown trial {trial.id}")
        row = self.rows[trial.id]
        if row.state != "pending":
            raise ValueError(f"trial {trial.id} was already told")
        return row

    def parse_value(self, value: Any) -> Any:
        """Return a told value as a number, None for a failure."""
        if value is None:
            return None
        if isinstance(value, str | bytes | bytearray):
            raise TypeError(f"value must be a number, got {value!r}")
        if len(self.signs) > 1:
            return tuple(float(item) for item in value)
        number = float(value)
        return None if math.isnan(number) else number

    def observe(self, params: dict[str, Any], value: Any) -> None:
        with self.lock:
            number = self.parse_value(value)
            row = self.row(len(self.rows), flat_params(_copied(params), self.space))
            row.state, row.value = ("failed", None) if number is None else ("complete", number)
            self.rows.append(row)

    def enqueue(self, params: dict[str, Any]) -> None:
        self.queue.append(flat_params(_copied(params), self.space))

    # --- read -----------------------------------------------------------------------------------

    @property
    def trials(self) -> list[Row]:
        return list(self.rows)

    @property
    def best(self) -> Row | None:
        complete = [row for row in self.rows if row.state == "complete"]
        return min(complete, key=self.loss, default=None)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.lock = threading.Lock()


def _pair(value: Any) -> tuple[float, ...]:
    return value if isinstance(value, tuple) else (value,)


def _between(low: float, high: float, u: float) -> float:
    return low * (1 - u) + high * u


def _distance(left: dict[str, float], right: dict[str, float]) -> float:
    return sum((left.get(name, 2.0) - right.get(name, 2.0)) ** 2 for name in {*left, *right})


def _copied(params: dict[str, Any]) -> dict[str, Any]:
    """Copy the nested dicts; labels stay the same objects."""
    return {key: _copied(value) if type(value) is dict else value for key, value in params.items()}
