"""What to take: the recommended trial, how sure it is, the next best, and how many runs would separate the two."""

from __future__ import annotations

from collections.abc import Iterator

from tanteo._internal.text import counted, show_value
from tanteo.report.document import Part, Section, Table, lead, missing
from tanteo.report.sections.configuration import configuration_parts
from tanteo.report.sections.front import front_parts
from tanteo.report.subject import Subject, few
from tanteo.run.answer_text import TIE, UNFINISHED, disagreement_text, estimate_text, reached_text, runs_of
from tanteo.run.gain import default_trial, gain_text
from tanteo.run.history import FEW, NO_RESULT
from tanteo.run.report import with_error
from tanteo.trials.comparison import is_disagreement
from tanteo.trials.trial import FrozenTrial


def take(subject: Subject) -> Section:
    """Return the section."""
    return Section(id="take", title="What to take", parts=list(_parts(subject)))


def _parts(subject: Subject) -> Iterator[Part]:
    if not subject.is_single:
        yield from front_parts(subject)
        return
    trial = subject.recommended
    if trial is None:
        yield missing(f"{NO_RESULT.capitalize()} yet, so there is nothing to take.")
        return
    if trial.state == "complete":
        yield lead(_answer(subject, trial))
        yield Table(title="", head=["", ""], rows=[list(row) for row in _rows(subject, trial)])
    else:
        yield lead(_unfinished_answer(subject.objectives[0], trial, subject.best))
    yield from configuration_parts(subject, trial)


def _answer(subject: Subject, trial: FrozenTrial) -> str:
    name, value = subject.objectives[0], with_error(trial.value, trial.sem)
    best, runs = subject.best, runs_of(subject.search, trial)
    if best is None or best.id == trial.id:
        answer = f"Take trial {trial.id}: its {name} of {value} is the best of the search."
    elif best.id in runs.trials:
        answer = f"Take the configuration of trial {best.id}, whose {name} of {show_value(best.value)} is the best."
    else:
        answer = (
            f"Take trial {trial.id}, with a {name} of {value}. Results are noisy, so this choice is safer than trial "
            f"{best.id}, whose result of {show_value(best.value)} is the best."
        )
    if len(runs.trials) < 2:
        return answer
    return f"{answer} This configuration was run {runs.n} times ({runs.names}), with a mean of {show_value(runs.mean)}."


def _unfinished_answer(name: str, trial: FrozenTrial, best: FrozenTrial | None) -> str:
    reached = f"Take trial {trial.id}, which {UNFINISHED[trial.state]}: {reached_text(trial, name)}."
    if best is None:
        return f"{reached} {NO_RESULT.capitalize()} yet."
    value = show_value(best.value)
    return f"{reached} It {estimate_text(trial)}, better than trial {best.id}, whose {name} of {value} is the best."


def _rows(subject: Subject, trial: FrozenTrial) -> Iterator[tuple[str, str]]:
    yield "how sure", _interval(subject, trial)
    yield "next best", _next_best(subject, trial)
    default = default_trial(subject.search)
    if default is None:
        return
    gain = "being computed" if subject.quick else gain_text(subject.search, subject.comparison)
    if gain is not None:
        yield "gain over the defaults", gain


def _interval(subject: Subject, trial: FrozenTrial) -> str:
    """Return the interval of the model, which is informed by all trials; else that of the measurement."""
    if subject.quick:
        return "being computed"
    reason = few(subject, FEW, "An interval of the model")
    predicted = None if reason else subject.search.predict([trial.params])
    if predicted:
        median, low, high = predicted[0]
        between = f"between {show_value(low)} and {show_value(high)}"
        return f"without the noise of a single run, the model expects {show_value(median)} (95 % {between})"
    if trial.sem:
        low, high = trial.value - 1.96 * trial.sem, trial.value + 1.96 * trial.sem
        return f"its measurements place it between {show_value(low)} and {show_value(high)} (95 %)"
    return reason or "all results are equal, so their spread is unknown"


def _next_best(subject: Subject, trial: FrozenTrial) -> str:
    if subject.quick:
        return "being computed"
    comparison = subject.comparison
    if comparison is None:
        return _second(subject, trial)
    first, second = comparison.first, comparison.second
    text = f"trial {second.id} with {with_error(second.value, second.sem)}"
    if is_disagreement(comparison):
        return f"{text}: {disagreement_text(comparison)}"
    text += f": trial {first.id} is better with a probability of {100 * comparison.probability:.0f} %"
    return f"{text}; {TIE if comparison.is_tie else _more_runs(comparison.runs or 0)}"


def _more_runs(runs: int) -> str:
    if runs == 0:
        return "no more runs are needed to separate them"
    return f"{counted(runs, 'more run')} of both would separate them (95 %)"


def _second(subject: Subject, trial: FrozenTrial) -> str:
    """Return the next best trial of a search whose noise is unknown."""
    import numpy as np

    losses = subject.trials.losses.copy()
    losses[trial.id] = np.inf
    if not np.isfinite(losses).any():
        return "there is no other complete, feasible trial"
    second = int(losses.argmin())
    value = float(subject.trials.values[second, 0])
    return (
        f"trial {second} with {show_value(value)}; the noise of the results is unknown, and running both again would "
        "show it"
    )
