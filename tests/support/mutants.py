"""Mutants of the reference optimizer. Each breaks one promise, and names the checks that must catch it."""

from __future__ import annotations

import copy
import math
import os
import random
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import pstdev
from typing import Any, TypeVar

import numpy as np

from support.reference import Handle, Reference, Row
from tanteo.exceptions import SpaceExhausted
from tanteo.optimizer import Optimizer
from tanteo.samplers import View
from tanteo.space.parameters import Categorical, Constant, Float, Int
from tanteo.space.search_space import SearchSpace
from tanteo.testing.protocol import Factory

#: Mutants by name, each with the checks that must catch it.
MUTANTS: dict[str, tuple[Factory, tuple[str, ...]]] = {}
M = TypeVar("M", bound=type[Any])


def caught_by(*checks: str) -> Callable[[M], M]:
    """Register a mutant with the checks that must catch it."""

    def add(mutant: M) -> M:
        MUTANTS[mutant.__name__] = mutant, tuple(f"check_{check}" for check in checks)
        return mutant

    return add


# --- valid ------------------------------------------------------------------------------------------------------------


@caught_by("suggestions_lie_in_their_domain")
class IntegersOneStepTooHigh(Reference):
    def integer_at(self, parameter: Int, u: float) -> int:
        return super().integer_at(parameter, u) + parameter.step


@caught_by("suggestions_lie_in_their_domain")
class StepIgnored(Reference):
    def value_at(self, parameter: Any, u: float) -> Any:
        return (
            parameter.low + u * (parameter.high - parameter.low)
            if isinstance(parameter, Float)
            else super().value_at(parameter, u)
        )


@caught_by("narrow_logarithmic_ranges_are_kept")
class NotClipped(Reference):
    def clip(self, parameter: Float, x: float) -> float:
        return x


@caught_by("large_integers_stay_exact", "suggestions_lie_in_extreme_domains")
class IntegersThroughFloats(Reference):
    def integer_at(self, parameter: Int, u: float) -> int:
        return int(float(super().integer_at(parameter, u)))


@caught_by("every_level_of_a_step_is_reached")
class LastLevelLost(Reference):
    def value_at(self, parameter: Any, u: float) -> Any:
        value = super().value_at(parameter, u)
        is_last = parameter.step is not None and value + parameter.step > parameter.high * (1 + 1e-12)
        return parameter.low if is_last else value


@caught_by("every_level_of_a_step_is_reached")
class HighestIntegerLost(Reference):
    def value_at(self, parameter: Any, u: float) -> Any:
        value = super().value_at(parameter, u)
        return (
            value - parameter.step if isinstance(parameter, Int) and value == parameter.high > parameter.low else value
        )


@caught_by("every_choice_is_reached")
class LastChoiceLost(Reference):
    def draw(self, parameter: Any) -> Any:
        value = super().draw(parameter)
        return value if parameter._number() or not parameter._varies else parameter._labels()[0]


@caught_by("a_top_step_stays_within_its_bounds")
class TopStepRoundsOutOfItsRange(Reference):
    def value_at(self, parameter: Any, u: float) -> Any:
        if not isinstance(parameter, Float) or parameter.step is None:
            return super().value_at(parameter, u)
        count = parameter._n_steps() + 1
        return parameter.low + int(u * count) * parameter.step


@caught_by("every_level_of_a_step_is_reached")
class HighestLogarithmicIntegerLost(Reference):
    def integer_at(self, parameter: Int, u: float) -> int:
        if not parameter.log:
            return super().integer_at(parameter, u)
        return int(parameter.low * (parameter.high / parameter.low) ** u)


@caught_by("every_choice_is_reached")
class FourthOfFourChoicesLost(Reference):
    def draw(self, parameter: Any) -> Any:
        if isinstance(parameter, Categorical) and len(parameter.choices) == 4:
            return parameter.choices[self.rng.randrange(3)]
        return super().draw(parameter)


@caught_by("every_choice_is_reached")
class EqualChoicesMerged(Reference):
    def draw(self, parameter: Any) -> Any:
        if parameter._number() or not parameter._varies or parameter.choices[0].__hash__ is None:
            return super().draw(parameter)
        return self.rng.choice(list(dict.fromkeys(parameter.choices)))


@caught_by("values_have_builtin_types")
class NumpyScalars(Reference):
    def clip(self, parameter: Float, x: float) -> float:
        return np.float64(super().clip(parameter, x))


@caught_by("params_have_the_declared_names")
class ConstantsMissing(Reference):
    def configuration(self, value: Any) -> dict[str, Any]:
        flat = super().configuration(value)
        return {name: item for name, item in flat.items() if not isinstance(self.space[name], Constant)}


@caught_by("conditions_are_kept")
class ConditionsIgnored(Reference):
    def configuration(self, value: Any) -> dict[str, Any]:
        return {name: value(name, parameter) for name, parameter in self.space.parameters.items()}


@caught_by("hostile_names_are_kept")
class NamesAsFormatStrings(Reference):
    def configuration(self, value: Any) -> dict[str, Any]:
        for name in self.space:
            name.format()
        return super().configuration(value)


@caught_by("the_whole_range_is_searched")
class UpperEndNeverSearched(Reference):
    def value_at(self, parameter: Any, u: float) -> Any:
        return super().value_at(parameter, 0.7 * u)


@caught_by("the_whole_range_is_searched")
class OuterTwentiethsNeverSearched(Reference):
    def value_at(self, parameter: Any, u: float) -> Any:
        return super().value_at(parameter, 0.05 + 0.9 * u)


@caught_by("the_whole_range_is_searched")
class OuterFortiethsNeverSearched(Reference):
    def value_at(self, parameter: Any, u: float) -> Any:
        return super().value_at(parameter, 0.025 + 0.95 * u)


@caught_by("known_constraints_are_kept")
class ConstraintsIgnored(Reference):
    def draw_new(self, draw: Any) -> dict[str, Any]:
        return draw()


# --- history ----------------------------------------------------------------------------------------------------------


class Raising(Reference):
    """Raises at an ask if the results meet a condition."""

    def ask(self) -> Handle:
        results = [row.value for row in self.finished()]
        if results and self.raises_after([value for value in results if isinstance(value, float)], results):
            raise self.error()
        return super().ask()

    def error(self) -> BaseException:
        return ZeroDivisionError("division by zero")

    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        return False


@caught_by("ask_after_any_history", "ask_after_failures", "ask_after_nan")
class RaisesAfterFailuresOnly(Raising):
    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        return not values


@caught_by("ask_after_infinities", "ask_after_hard_objectives")
class RaisesAfterInfinity(Raising):
    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        return math.inf in values


@caught_by("ask_after_equal_values")
class RaisesAfterEqualValues(Raising):
    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        return len(values) > 4 and all(map(math.isfinite, values)) and pstdev(values) == 0


class PanicException(BaseException):
    """Has the name of the exception that PyO3 raises for a panic."""


@caught_by("ask_after_the_largest_floats")
class Panics(Raising):
    def error(self) -> BaseException:
        return PanicException("called `Option::unwrap()` on a `None` value")

    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        finite = [value for value in values if math.isfinite(value)]
        return bool(finite) and max(finite) - min(finite) == math.inf


@caught_by("ask_after_the_smallest_floats")
class DividesByTheSpread(Raising):
    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        return len(values) > 2 and 0 < max(values) - min(values) < 1e-300


@caught_by("ask_after_all_magnitudes")
class DividesLargeBySmall(Raising):
    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        sizes = [abs(value) for value in values if 0 < abs(value) < math.inf]
        return bool(sizes) and max(sizes) / min(sizes) == math.inf


@caught_by("ask_after_large_integers")
class RaisesAfterLargeIntegers(Raising):
    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        return any(2**53 <= value < 1e21 for value in values)


@caught_by("ask_after_pruned_trials")
class RaisesAfterPrunedOnly(Raising):
    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        return all(row.state == "pruned" for row in self.finished())


@caught_by("ask_after_one_configuration")
class SingularMatrix(Raising):
    def error(self) -> BaseException:
        return np.linalg.LinAlgError("Singular matrix")

    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        points = [tuple(row.units.values()) for row in self.finished()]
        return len(points) > 2 and len(set(points)) == 1


@caught_by("ask_after_two_objectives")
class HypervolumeOverflows(Raising):
    def raises_after(self, values: list[float], results: list[Any]) -> bool:
        return any(isinstance(pair, tuple) and abs(pair[0] * pair[1]) == math.inf for pair in results)


# --- tell -------------------------------------------------------------------------------------------------------------


@caught_by("told_values_are_kept")
class ValuesRounded(Reference):
    def parse_value(self, value: Any) -> Any:
        number = super().parse_value(value)
        return float(np.float32(number)) if isinstance(number, float) and abs(number) < 1e38 else number


@caught_by("ids_are_unique")
class IdsReused(Reference):
    def next_id(self) -> int:
        return sum(row.state == "pending" for row in self.rows)


@caught_by("a_trial_is_told_once")
class SecondTellAccepted(Reference):
    def pending_row(self, trial: Handle) -> Row:
        row = self.rows[trial.id]
        return row if row.state != "pending" else super().pending_row(trial)


@caught_by("unknown_trials_are_refused")
class UnknownTrialAccepted(Reference):
    def pending_row(self, trial: Handle) -> Row:
        if trial.search != self.search:
            return self.row(0, {})
        return super().pending_row(trial)


@caught_by("a_refused_value_can_be_corrected")
class RefusalFailsTheTrial(Reference):
    def tell(self, trial: Handle, value: Any = None, *, state: str = "complete") -> None:
        row = self.pending_row(trial)
        row.state, row.value = "failed", None
        number = self.parse_value(value)
        row.state, row.value = (state, number) if number is not None else ("failed", None)


@caught_by("a_refused_value_can_be_corrected")
class TextAccepted(Reference):
    def parse_value(self, value: Any) -> Any:
        return None if isinstance(value, str) else super().parse_value(value)


@caught_by("text_is_never_a_number", "a_refused_value_can_be_corrected")
class BytesAreLists(Reference):
    def parse_value(self, value: Any) -> Any:
        return (
            float(next(iter(value))) if isinstance(value, bytes | bytearray) and value else super().parse_value(value)
        )


@caught_by("text_is_never_a_number")
class TextIsParsed(Reference):
    def parse_value(self, value: Any) -> Any:
        return float(value) if isinstance(value, str) and value.isdigit() else super().parse_value(value)


@caught_by("a_refused_tell_changes_nothing")
class RefusalAdvancesTheGenerator(Reference):
    def parse_value(self, value: Any) -> Any:
        if not isinstance(value, float | None):
            self.rng.random()
        return super().parse_value(value)


@caught_by("best_is_the_smallest_value")
class BestIsTheLast(Reference):
    @property
    def best(self) -> Row | None:
        return next((row for row in reversed(self.rows) if row.state == "complete"), None)


@caught_by("best_is_the_largest_value_when_maximizing")
class BestIgnoresTheDirection(Reference):
    @property
    def best(self) -> Row | None:
        complete = [row for row in self.rows if row.state == "complete"]
        return min(complete, key=lambda row: row.value, default=None)


@caught_by("best_is_not_infinite")
class InfinityIsBest(Reference):
    @property
    def best(self) -> Row | None:
        return next((row for row in self.rows if row.value in (math.inf, -math.inf)), super().best)


@caught_by("best_is_never_nan")
class NanIsBest(Reference):
    def parse_value(self, value: Any) -> Any:
        return value if isinstance(value, float) else super().parse_value(value)

    @property
    def best(self) -> Row | None:
        with_values = [row for row in self.rows if row.value is not None]
        return next((row for row in with_values if row.value != row.value), super().best)


@caught_by("best_of_nothing_is_none")
class PendingIsBest(Reference):
    @property
    def best(self) -> Row | None:
        return super().best or next(iter(self.rows), None)


@caught_by("trials_are_told_in_any_order")
class MustTellTheOldestFirst(Reference):
    def pending_row(self, trial: Handle) -> Row:
        row = super().pending_row(trial)
        if any(other.state == "pending" for other in self.rows[: trial.id]):
            raise ValueError("an older trial is pending")
        return row


@caught_by("numbers_of_other_types_are_taken")
class OnlyPythonNumbersAccepted(Reference):
    def parse_value(self, value: Any) -> Any:
        if value is not None and type(value) not in (int, float):
            raise TypeError(f"{value!r} is no float")
        return super().parse_value(value)


@caught_by("queued_params_come_next")
class QueueIsAStack(Reference):
    def enqueue(self, params: dict[str, Any]) -> None:
        super().enqueue(params)
        self.queue.insert(0, self.queue.pop())


@caught_by("params_belong_to_the_user")
class ParamsShared(Reference):
    def params_for_user(self, params: dict[str, Any]) -> dict[str, Any]:
        return params


@caught_by("observed_params_are_left_alone")
class ArgumentChanged(Reference):
    def observe(self, params: dict[str, Any], value: Any) -> None:
        super().observe(params, value)
        params["value"] = value


# --- reproducible -----------------------------------------------------------------------------------------------------


@caught_by("one_seed_asks_the_same")
class Unseeded(Reference):
    def generator(self, seed: int) -> random.Random:
        return random.Random(os.urandom(8))


@caught_by("global_generators_do_not_matter", "global_generators_are_left_alone")
class GlobalGenerator(Reference):
    def generator(self, seed: int) -> Any:
        return random._inst  # type: ignore[attr-defined]  # the generator behind the functions of `random`


@caught_by("seeds_differ")
class SeedIgnored(Reference):
    def generator(self, seed: int) -> random.Random:
        return random.Random(0)


@caught_by("searches_do_not_share_state")
class SharedGenerators(Reference):
    generators: dict[int, random.Random] = {}  # noqa: RUF012 - sharing is the fault

    def generator(self, seed: int) -> random.Random:
        shared = self.generators.setdefault(0, random.Random(0))
        shared.seed(seed)
        return shared


@caught_by("another_process_asks_the_same")
class SeedFromHash(Reference):
    def generator(self, seed: int) -> random.Random:
        return random.Random(hash(("salted", seed)))


@caught_by("reading_changes_nothing")
class ReadingAdvancesTheGenerator(Reference):
    @property
    def trials(self) -> list[Row]:
        self.rng.random()
        return super().trials


# --- metamorphic ------------------------------------------------------------------------------------------------------


@caught_by("maximizing_is_minimizing_the_negative", "learns_when_maximizing")
class DirectionIgnored(Reference):
    def loss(self, row: Row) -> float:
        return super().loss(row) * (self.signs[0] if math.isfinite(super().loss(row)) else 1)


@caught_by("a_power_of_two_changes_nothing")
class ScaleMatters(Reference):
    def ranks(self, finished: list[Row]) -> list[float]:
        return [0.1 * self.loss(row) for row in finished]

    def score(self, flat: dict[str, Any], finished: list[Row], ranks: list[float]) -> float:
        return super().score(flat, finished, ranks) + self.rng.random()


@caught_by("stretching_the_worse_half_changes_nothing")
class LossesRelativeToTheMean(Reference):
    def ranks(self, finished: list[Row]) -> list[float]:
        losses = [min(self.loss(row), 1e6) for row in finished]
        return [loss * len(losses) / sum(losses) for loss in losses]

    def score(self, flat: dict[str, Any], finished: list[Row], ranks: list[float]) -> float:
        return super().score(flat, finished, ranks) + sum(self.row(-1, flat).units.values())


@caught_by("nan_is_a_failure")
class NanIsLarge(Reference):
    def parse_value(self, value: Any) -> Any:
        is_nan = value is not None and not isinstance(value, tuple) and value != value
        return 1e-3 if is_nan else super().parse_value(value)


@caught_by("integers_are_told_as_floats")
class IntegersTruncated(Reference):
    def parse_value(self, value: Any) -> Any:
        return float(value // 3) if type(value) is int else super().parse_value(value)


@caught_by("the_order_of_tells_changes_nothing")
class TellReseedsTheGenerator(Reference):
    def tell(self, trial: Handle, value: Any = None, *, state: str = "complete") -> None:
        super().tell(trial, value, state=state)
        self.rng.seed(trial.id)


@caught_by("names_change_nothing")
class SeedFromNames(Reference):
    def suggest(self) -> dict[str, Any]:
        self.rng.seed(f"{list(self.space)} {self.rng.random()}")
        return super().suggest()


class DrawsInOrderOfNames(Reference):
    """No mutant: samplers may draw in this order."""

    def configuration(self, value: Any) -> dict[str, Any]:
        flat = super().configuration(value)
        return {**flat, **{name: value(name, self.space[name]) for name in sorted(flat)}}


# --- state ------------------------------------------------------------------------------------------------------------


@caught_by("a_copy_keeps_pending_trials", "any_order_of_calls")
class PendingLost(Reference):
    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return {**state, "rows": [row for row in self.rows if row.state != "pending"]}


@caught_by("a_copy_continues_identically", "a_fresh_process_continues_identically")
class GeneratorNotSaved(Reference):
    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name != "rng"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.rng = random.Random(0)


class CountsItsCalls:
    """A sampler in Python whose points depend on how often it was called."""

    def __init__(self) -> None:
        self.calls = 0

    def suggest(self, view: View, n: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
        self.calls += 1
        return np.modf(rng.random((n, len(view.axes))) + 0.618 * self.calls)[0]


@caught_by("a_fresh_sampler_continues_identically")
class StateOfASamplerNotSaved(Optimizer):
    def __init__(self, space: SearchSpace, seed: int) -> None:
        super().__init__(space, sampler=CountsItsCalls(), seed=seed)


@caught_by("a_copy_keeps_the_direction")
class DirectionLostOnLoading(Reference):
    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({**state, "signs": [1.0] * len(state["signs"])})


@caught_by("a_copy_keeps_the_direction")
class DirectionOfTheModelLostOnLoading(DirectionLostOnLoading):
    @property
    def best(self) -> Row | None:
        complete = [row for row in self.rows if row.state == "complete"]
        return max(complete, key=lambda row: row.value, default=None)


@caught_by("a_deep_copy_continues_identically")
class DeepCopySharesTheGenerator(Reference):
    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        memo[id(self.rng)] = self.rng
        copied = object.__new__(type(self))
        copied.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return copied


@caught_by("a_copy_is_independent")
class CopiesShareTrials(Reference):
    shared_rows: dict[float, Any] = {}  # noqa: RUF012 - sharing is the fault

    def __getstate__(self) -> dict[str, Any]:
        self.shared_rows[self.search] = self.rows
        return super().__getstate__()

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.rows = self.shared_rows.get(self.search, self.rows)


@caught_by("saving_changes_nothing")
class SavingAdvancesTheGenerator(Reference):
    def __getstate__(self) -> dict[str, Any]:
        self.rng.random()
        return super().__getstate__()


@caught_by("saving_is_deterministic")
class SavedBytesVary(Reference):
    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "saved": os.urandom(8)}


# --- learns -----------------------------------------------------------------------------------------------------------


@caught_by(
    "learns_a_bowl",
    "learns_when_maximizing",
    "an_outlier_does_not_blind",
    "failures_do_not_blind",
    "infinities_do_not_blind",
    "learns_at_any_scale",
    "later_results_still_count",
    "learns_from_observed_results",
    "crash_regions_repel",
    "a_good_choice_is_found",
    "a_good_integer_is_found",
)
class IgnoresResults(Reference):
    def suggest(self) -> dict[str, Any]:
        return self.draw_new(self.draw_configuration)


@caught_by("crash_regions_repel")
class FailuresAttract(Reference):
    def loss(self, row: Row) -> float:
        return -math.inf if row.state == "failed" else super().loss(row)


@caught_by("an_outlier_does_not_blind")
class OutlierHidesTheRest(Reference):
    def ranks(self, finished: list[Row]) -> list[float]:
        losses = [self.loss(row) for row in finished]
        return [round(10 * loss / max(losses)) for loss in losses]

    def draw_near(self, row: Row) -> dict[str, Any]:
        return self.draw_configuration()


@caught_by("infinities_do_not_blind")
class InfinityStopsLearning(Reference):
    def suggest(self) -> dict[str, Any]:
        is_blind = any(row.value == math.inf for row in self.rows)
        return self.draw_new(self.draw_configuration) if is_blind else super().suggest()


@caught_by("infinite_regions_repel")
class InfinityAttracts(Reference):
    def loss(self, row: Row) -> float:
        return -math.inf if row.value == math.inf else super().loss(row)


@caught_by("later_results_still_count")
class LearningStopsAfterTwentyResults(Reference):
    def finished(self) -> list[Row]:
        return super().finished()[:20]


@caught_by("early_results_still_count")
class OlderResultsForgotten(Reference):
    def finished(self) -> list[Row]:
        return super().finished()[-30:]


@caught_by("learns_at_any_scale")
class SmallValuesAreEqual(Reference):
    def loss(self, row: Row) -> float:
        return round(super().loss(row), 12) if math.isfinite(super().loss(row)) else math.inf

    def draw_near(self, row: Row) -> dict[str, Any]:
        return self.draw_configuration()


# --- scale ------------------------------------------------------------------------------------------------------------


@caught_by("many_pending_trials")
class FailsWithManyPending(Reference):
    def next_id(self) -> int:
        if sum(row.state == "pending" for row in self.rows) >= 64:
            raise IndexError("the buffer of pending trials is full")
        return super().next_id()


@caught_by("pending_trials_stay_apart")
class PendingRepeated(Reference):
    def suggest(self) -> dict[str, Any]:
        self.rng.seed(len(self.finished()))
        return super().suggest()


@caught_by("many_parameters")
class FailsWithManyParameters(Reference):
    def configuration(self, value: Any) -> dict[str, Any]:
        if len(self.space) > 64:
            raise OverflowError("the mask of active parameters has 64 bits")
        return super().configuration(value)


@caught_by("many_choices")
class ChoicesInAByte(Reference):
    def row(self, number: int, flat: dict[str, Any]) -> Row:
        for name, value in flat.items():
            if isinstance(self.space[name], Categorical):
                bytes([list(self.space[name].choices).index(value)])
        return super().row(number, flat)


@caught_by("many_trials")
class FailsWithManyTrials(Reference):
    def next_id(self) -> int:
        if len(self.rows) >= 48:
            raise IndexError("the history is full")
        return super().next_id()


@caught_by("many_trials")
class HistoryCutToThirty(Reference):
    @property
    def trials(self) -> list[Row]:
        return super().trials[-30:]


@caught_by("an_ask_is_not_quadratic")
class ComparesAllPairs(Reference):
    def ranks(self, finished: list[Row]) -> list[float]:
        return [float(sum(self.loss(other) < self.loss(row) for other in finished)) for row in finished]


@caught_by("a_trial_leaves_little_memory")
class LeaksAMegabyte(Reference):
    def suggest(self) -> dict[str, Any]:
        self.leaked = [*getattr(self, "leaked", ()), bytearray(2**20)]
        return super().suggest()


@caught_by("small_spaces")
class WrongErrorWhenExhausted(Reference):
    def ask(self) -> Handle:
        try:
            return super().ask()
        except SpaceExhausted:
            raise RuntimeError("no configuration is left") from None


@caught_by("learns_a_bowl", "many_trials")
class ExhaustedTooSoon(Reference):
    def suggest(self) -> dict[str, Any]:
        if len(self.rows) >= 20:
            raise SpaceExhausted("twenty trials are enough")
        return super().suggest()


# --- threads ----------------------------------------------------------------------------------------------------------


class NoLock:
    """Replaces a lock and does nothing."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


@caught_by("threads_share_a_search")
class WithoutALock(Reference):
    def ask(self) -> Handle:
        self.lock = NoLock()  # type: ignore[assignment]  # the missing lock is the fault
        return super().ask()

    def next_id(self) -> int:
        number = super().next_id()
        time.sleep(0.001)
        return number


@caught_by("another_thread_may_ask")
class BoundToOneThread(Reference):
    def suggest(self) -> dict[str, Any]:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("objects created in a thread can only be used in that same thread")
        return super().suggest()


@caught_by("searches_in_threads_do_not_meet")
class SharedScratch(Reference):
    scratch: dict[str, Any] = {}  # noqa: RUF012 - sharing is the fault

    def suggest(self) -> dict[str, Any]:
        flat = super().suggest()
        self.scratch.update(flat)
        time.sleep(0.02)  # long enough for the other thread on a busy machine
        return {name: self.scratch[name] for name in flat}


# --- hygiene ----------------------------------------------------------------------------------------------------------


@caught_by("nothing_is_printed")
class Prints(Reference):
    def suggest(self) -> dict[str, Any]:
        sys.stdout.write("asking\n")
        return super().suggest()


@caught_by("nothing_is_printed")
class PrintsNatively(Reference):
    def suggest(self) -> dict[str, Any]:
        os.write(2, b"asking\n")
        return super().suggest()


@caught_by("no_warning")
class Warns(Reference):
    def suggest(self) -> dict[str, Any]:
        warnings.warn("experimental", FutureWarning, stacklevel=2)
        return super().suggest()


@caught_by("numpy_may_raise")
class DividesByZero(Reference):
    def suggest(self) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.float64(1.0) / np.float64(0.0)
        return super().suggest()


@caught_by("no_file_is_left")
class LeavesAFile(Reference):
    def suggest(self) -> dict[str, Any]:
        Path("search.log").write_text("asked")
        return super().suggest()


@caught_by("the_process_is_left_alone")
class ChangesTheEnvironment(Reference):
    def suggest(self) -> dict[str, Any]:
        os.environ["OMP_NUM_THREADS"] = os.urandom(4).hex()
        return super().suggest()


@caught_by("no_thread_is_left")
class LeavesAThread(Reference):
    end = threading.Event()

    def suggest(self) -> dict[str, Any]:
        threading.Thread(target=self.end.wait, args=(20,)).start()
        return super().suggest()
