"""What to take of a search, as text: the recommended trial, how sure it is, and the trials on the front."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from tanteo import inside
from tanteo._internal.equality import same
from tanteo._internal.text import counted, show_rounded, show_value, tell_apart
from tanteo.optimizer import Optimizer
from tanteo.run.report import with_error
from tanteo.trials.comparison import Comparison, is_disagreement
from tanteo.trials.front import Compromise, FrontTrial, ParetoFront
from tanteo.trials.objectives import labels
from tanteo.trials.trial import FrozenTrial

#: What to do with two configurations that no affordable number of runs tells apart.
TIE = "they are as good as equal, and either can be taken"
#: What the states of unfinished trials mean.
UNFINISHED = {"pending": "still runs", "paused": "is paused", "pruned": "was stopped"}
_NOISY = ", as results are noisy"
# How many trials of one configuration are listed before the last one.
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one configuration.

    Attributes
    ----------
    trials : list of int
        The ids of those of its trials that may be the best.
    n : int
        The number of runs, which are the replicates of trials that have some.
    mean : float
        The mean of all runs.
    """

    trials: list[int]
    n: int
    mean: float

    @property
    def names(self) -> str:
        """The trials as text; of many, the first and the last."""
        *others, last = self.trials
        shown = [str(number) for number in others[:_SHOWN]]
        more = [f"{len(others) - _SHOWN} more"] if len(others) > _SHOWN else []
        return f"trials {', '.join([*shown, *more])} and {last}"

    def __str__(self) -> str:
        return f"{self.names} ({self.n} runs of one configuration, mean {show_value(self.mean)})"


def runs_of(optimizer: Optimizer, trial: FrozenTrial) -> Runs:
    """Return the runs of the configuration of a complete trial, in a search with one objective."""
    equal, eligible = inside.with_configuration(optimizer, trial.params), optimizer.view().eligible
    counting = [each for each in equal if eligible[each.id]]
    values = [value for each in counting for value in (each.replicates[0] if each.replicates else (each.value,))]
    return Runs([each.id for each in counting], len(values), sum(values) / max(len(values), 1))


def _recommended(optimizer: Optimizer, comparison: Comparison | None) -> FrozenTrial | None:
    """Return the recommended trial if the search is noisy or that trial is unfinished; else None.

    In a noisy search it is the first trial of the comparison, for which a model was fitted already. Without a
    comparison, noise is known from standard errors only. A model is fitted again only if this can change the answer.
    """
    if comparison is not None:
        return comparison.first
    is_noisy = (optimizer.view().sems > 0.0).any()
    recommended: FrozenTrial | None = optimizer.recommend() if is_noisy or inside.reporting(optimizer) else None
    is_complete = recommended is not None and recommended.state == "complete"
    return None if is_complete and not is_noisy else recommended


def recommended_instead(optimizer: Optimizer, comparison: Comparison | None) -> FrozenTrial | None:
    """Return the recommended trial unless it has the configuration of the best trial; None otherwise."""
    best, recommended = optimizer.best, _recommended(optimizer, comparison)
    is_best = recommended is not None and best is not None and same(recommended.params, best.params)
    return None if is_best else recommended


def recommendation(optimizer: Optimizer, comparison: Comparison | None) -> tuple[FrozenTrial | None, str]:
    """Return the trial to take, and what to say of it; that is empty if it is simply the best one."""
    best, trial = optimizer.best, _recommended(optimizer, comparison)
    if trial is None:
        return best, ""
    if trial.state != "complete":
        expected = f": {reached_text(trial, value_name(optimizer))}" if best is None else f" and {estimate_text(trial)}"
        return trial, f"trial {trial.id}, which {UNFINISHED[trial.state]}{expected}"
    is_best, runs = best is not None and same(trial.params, best.params), runs_of(optimizer, trial)
    if len(runs.trials) < 2:
        return trial, "" if is_best else f"trial {trial.id} ({with_error(trial.value, trial.sem)}){_NOISY}"
    return trial, str(runs) if is_best else f"{runs}{_NOISY}"


def value_name(optimizer: Optimizer) -> str:
    """Return what the value is called in a search with one objective."""
    return "value" if optimizer.objective_names is None else optimizer.objective_names[0]


def estimate_text(trial: FrozenTrial) -> str:
    """Return what an unfinished trial that is recommended before the best one is expected to end at."""
    return f"is expected to end at {with_error(trial.estimate, trial.deviation or None)}"


def reached_text(trial: FrozenTrial, name: str) -> str:
    """Return the last value that an unfinished trial reported, and where; ``name`` is that of the objective."""
    step, value = list(trial.steps.items())[-1]
    at = f"after {counted(step, 'fold')}" if trial.folds else f"at step {step}"
    return f"its {name} was {show_value(value)} {at}"


def comparison_text(comparison: Comparison) -> str:
    """Return one line: how sure it is that the recommended trial is better than the second, or that they disagree."""
    if is_disagreement(comparison):
        return f"{disagreement_text(comparison)} ({comparison.method})"
    first, second = comparison.first.id, comparison.second.id
    chance = f"{100 * comparison.probability:.0f} % sure that trial {first} is better than trial {second}"
    return f"{chance} ({comparison.method}{_what_decides(comparison)})"


def disagreement_text(comparison: Comparison) -> str:
    """Return what is said if the second trial is more likely to be better than the recommended one.

    The recommendation is that of a model, or with few trials of means that are shrunk to the mean of all.
    """
    first, second = comparison.first.id, comparison.second.id
    chance = f"trial {second} is better with a probability of {100 * (1 - comparison.probability):.0f} %"
    if comparison.method == "model":
        return f"{chance}, but less is known of it than of trial {first}; run both once more"
    return f"by their own runs {chance}, but by all trials together trial {first} is recommended; run both once more"


def _what_decides(comparison: Comparison) -> str:
    """Return how many more runs would decide, or that none need to."""
    if comparison.is_tie:
        return f"; {TIE}"
    return f"; {counted(comparison.runs, 'more run')} of both would settle it" if comparison.runs else ""


def choice_text(chosen: Compromise, names: Sequence[str]) -> str:
    """Return how a trial was chosen by thresholds: within them, or as the nearest to them, with what it misses."""
    missed = [f"{name} by {show_rounded(miss, 3)}" for name, miss in zip(names, chosen.misses, strict=True) if miss]
    return f"nearest to the thresholds, misses {' and '.join(missed)}" if missed else "by thresholds"


def front_title(search: Optimizer, front: ParetoFront) -> str:
    """Return the number of trials on a front, and what their values are."""
    names = search.objective_names
    values = "" if names is None else f", values: {', '.join(names)}"
    note = ", estimated as results are noisy, with the chance to be on the front" if is_estimated(front) else ""
    return f"{counted(len(front), 'trial')}{values}{note}"


def is_estimated(front: ParetoFront) -> bool:
    """Return whether the values of a front are estimates."""
    return inside.compared(front) is not None


def front_values(member: FrontTrial, texts: Mapping[float, str]) -> list[str]:
    """Return the values of a trial on a front from their texts, those that are estimates with standard deviations."""
    pairs = zip(member.values, member.deviations, strict=True)
    return [with_error(value, deviation or None, texts) for value, deviation in pairs]


def front_texts(members: Iterable[FrontTrial]) -> dict[float, str]:
    """Return texts of the values of trials on a front that tell them apart."""
    return tell_apart(chain.from_iterable(member.values for member in members))


def front_notes(front: ParetoFront, marks: Mapping[int, Sequence[str]]) -> dict[int, list[str]]:
    """Return notes about trials on a front, by their ids: how sure they are if values are estimates, and marks."""
    estimates = front if is_estimated(front) else ()
    notes = {member.trial.id: [f"{100 * member.probability:.0f} % sure"] for member in estimates}
    for number, texts in marks.items():
        notes.setdefault(number, []).extend(texts)
    return notes


def front_marks(search: Optimizer, front: ParetoFront) -> dict[int, list[str]]:
    """Return the marks of the trials that have one: the knee, and the choice by the thresholds of the search."""
    by_thresholds = front.by_thresholds() if search.thresholds is not None else None
    marks: dict[int, list[str]] = {}
    if front.knee is not None:
        marks.setdefault(front.knee.trial.id, []).append("knee")
    if by_thresholds is not None:
        names = labels(len(search.directions), search.objective_names)
        marks.setdefault(by_thresholds.trial.id, []).append(choice_text(by_thresholds, names))
    return marks
