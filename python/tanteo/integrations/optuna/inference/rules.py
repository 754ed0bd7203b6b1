"""Rules for the presence of parameters that no condition of the space explains, such as one that needs A or B.

A rule is a tree that is grown from the trials: a node tests the value of an earlier parameter, a leaf says whether the
parameter is present. It is returned as one combination of values per leaf, in the form of :class:`tanteo.Forbid`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

from ....space.conditions import Range, between
from ....space.labels import Choices
from ....space.parameters import Parameter

# Trees with more leaves, or longer paths, are taken to fit the trials by chance.
_MAX_LEAVES = 8
_MAX_DEPTH = 4

# A configuration, and whether it has the parameter.
_Example: TypeAlias = tuple[Mapping[str, Any], bool]


@dataclass(frozen=True)
class _Test:
    """Whether a parameter has a value: one label of a choice, or a number up to a border."""

    name: str
    label: int | None
    border: float
    choices: Choices | None

    def accepts(self, params: Mapping[str, Any]) -> bool:
        if self.name not in params:
            return False
        value = params[self.name]
        return value <= self.border if self.choices is None else self.choices.find(value) == self.label


_Path: TypeAlias = tuple[tuple[_Test, bool], ...]


@dataclass(frozen=True)
class Leaf:
    """Values of earlier parameters, and whether the parameter is present with them."""

    combination: Mapping[str, Any]
    is_present: bool


def rule(
    parents: Mapping[str, Parameter], having: Sequence[Mapping[str, Any]], lacking: Sequence[Mapping[str, Any]]
) -> Sequence[Leaf]:
    """Return the leaves of the smallest tree found that agrees with all trials; none if it would be large.

    Parameters
    ----------
    parents
        The parameters that may be tested, in the order of the suggestions.
    having, lacking
        The configurations with and without the parameter.
    """
    examples = [*((params, True) for params in having), *((params, False) for params in lacking)]
    varying = {name: parameter for name, parameter in parents.items() if parameter._varies}
    leaves: list[Leaf] = []
    for path, is_present in _grow(examples, varying, ()):
        if path is None or len(leaves) == _MAX_LEAVES:
            return ()
        combination = _combination(path, varying)
        if combination is not None:
            leaves.append(Leaf(combination, is_present))
    return leaves


def _grow(
    examples: Sequence[_Example], parents: Mapping[str, Parameter], path: _Path
) -> Iterator[tuple[_Path | None, bool]]:
    """Iterate over the leaves below a node; a path of None means that no short tree agrees with the examples."""
    outcomes = {is_present for _, is_present in examples}
    if len(outcomes) == 1:
        yield path, outcomes.pop()
        return
    test = _best_test(examples, parents) if len(path) < _MAX_DEPTH else None
    if test is None:
        yield None, False
        return
    for answer in (True, False):
        part = [example for example in examples if test.accepts(example[0]) == answer]
        yield from _grow(part, parents, (*path, (test, answer)))


def _best_test(examples: Sequence[_Example], parents: Mapping[str, Parameter]) -> _Test | None:
    """Return the test that separates best; of equally good ones a label before a border, then the latest parameter."""
    best, least = None, math.inf
    for name in reversed(list(parents)):
        labels = list(_label_tests(name, parents[name], examples))
        for test, impurity in labels or _border_tests(name, parents[name], examples):
            # A border wins only if it is clearly better than a label.
            score = impurity + (0 if test.choices is not None else 1e-9)
            if score < least:
                best, least = test, score
    return best


def _label_tests(name: str, parent: Parameter, examples: Sequence[_Example]) -> Iterator[tuple[_Test, float]]:
    labels = parent._labels()
    if labels is None:
        return
    choices = Choices(labels)
    counts: dict[int | None, list[int]] = {}
    for params, is_present in examples:
        level = choices.find(params[name]) if name in params else None
        counts.setdefault(level, [0, 0])[is_present] += 1
    total = [sum(column) for column in zip(*counts.values(), strict=True)]
    if len(counts) > 1:
        for level in sorted(level for level in counts if level is not None):
            yield _Test(name, level, math.nan, choices), _impurity(counts[level], total)


def _border_tests(name: str, parent: Parameter, examples: Sequence[_Example]) -> Iterator[tuple[_Test, float]]:
    """Iterate over the borders half way between two neighbouring values, on the scale of the parent."""
    number = parent._number()
    if number is None:
        return
    # A trial without the parent counts as one with an infinite value; the last border is then the end of the range.
    counts: dict[float, list[int]] = {}
    for params, is_present in examples:
        counts.setdefault(params.get(name, math.inf), [0, 0])[is_present] += 1
    total = [sum(column) for column in zip(*counts.values(), strict=True)]
    below = [0, 0]
    for low, high in pairwise(sorted(counts)):
        below = [below[0] + counts[low][0], below[1] + counts[low][1]]
        border = number.high if high == math.inf else _middle(low, high, log=number.log)
        yield _Test(name, None, border, None), _impurity(below, total)


def _middle(low: float, high: float, *, log: bool) -> float:
    middle = math.sqrt(low) * math.sqrt(high) if log else low / 2 + high / 2
    return middle if low <= middle < high else low


def _impurity(accepted: Sequence[int], total: Sequence[int]) -> float:
    """Return the number of examples times the Gini impurity, summed over both sides of a test."""
    rest = [total[0] - accepted[0], total[1] - accepted[1]]
    return sum(side[0] * side[1] / (side[0] + side[1]) for side in (accepted, rest) if sum(side))


def _combination(path: _Path, parents: Mapping[str, Parameter]) -> dict[str, Any] | None:
    """Return the values that a path leads to, or None if it leads to the absence of a parameter."""
    combination: dict[str, Any] = {}
    for name in dict.fromkeys(test.name for test, _ in path):
        own = [(test, answer) for test, answer in path if test.name == name]
        accepted = _labels(own, parents[name]) if own[0][0].choices else _interval(own, parents[name])
        if accepted is None:
            return None
        combination[name] = accepted
    return combination


def _labels(own: Sequence[tuple[_Test, bool]], parent: Parameter) -> list[Any] | None:
    labels = parent._labels() or ()
    kept = [label for k, label in enumerate(labels) if all((test.label == k) == answer for test, answer in own)]
    return kept or None


def _interval(own: Sequence[tuple[_Test, bool]], parent: Any) -> Range | None:
    highest = min((test.border for test, answer in own if answer), default=parent.high)
    lowest = max((test.border for test, answer in own if not answer), default=parent.low)
    if any(not answer for _, answer in own):
        if lowest >= parent.high:
            return None
        lowest = math.floor(lowest) + 1 if parent._type is int else lowest
    return between(parent._type(lowest), parent._type(math.floor(highest) if parent._type is int else highest))
