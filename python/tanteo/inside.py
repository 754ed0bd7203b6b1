"""What runs, commands, figures and integrations do with a search or a space beyond the public methods.

This is the only place outside the inner rooms that uses private names of others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ._internal.equality import same
from ._internal.states import called as _called
from .optimizer import Optimizer
from .pruners.settings import Settings as PrunerSettings
from .samplers.settings import Settings as SamplerSettings
from .trials.pruning_notes import PruningNotes

if TYPE_CHECKING:
    from ._core import CoreOptimizer
    from ._internal.named_settings import CoreSettings
    from .options import AnySampler
    from .pruners.user_objects import UserObjects
    from .space.codec import Row
    from .space.parameters import Parameter
    from .space.search_space import SearchSpace
    from .study import Study
    from .study.sharing import Shared
    from .trials.front import Compromise, ParetoFront
    from .trials.objectives import Names
    from .trials.outcome import CoreArguments
    from .trials.trial import FrozenTrial, Trial


def n_ended(search: Optimizer) -> int:
    """Return the number of trials that have ended."""
    return len(search) - len(search._core.pending())


def pending(search: Optimizer) -> set[int]:
    """Return the ids of pending trials."""
    return set(search._core.pending())


def paused(search: Optimizer) -> list[int]:
    """Return the ids of paused trials."""
    return search._core.paused()


def committed(search: Optimizer) -> float:
    """Return what was spent plus the expected costs of the pending trials."""
    return search._core.committed()


def columns(search: Optimizer) -> dict[str, Any]:
    """Return what the core has of all trials, column by column."""
    return search._core.columns()


def reasons(search: Optimizer, trials: Iterable[int]) -> list[str | None]:
    """Return why trials failed or were stopped."""
    return [search._core.trial(int(number))["reason"] for number in trials]


def is_cancelled(search: Optimizer, trial: int) -> bool:
    """Return whether a failure is excluded, and not because a change of the space set it aside."""
    return search._core.is_cancelled(trial)


def called(search: Optimizer, trial: FrozenTrial) -> str:
    """Return the state of a trial in lists."""
    return _called(trial.state, cancelled=is_cancelled(search, trial.id))


def runs(study: Study) -> list[int]:
    """Return, for each trial, the number of the run of a study that told it or, if none did, that has it."""
    record = study._session.state.record
    return [record.run_of(number) for number in range(len(study))]


def asked(study: Study) -> list[float | None]:
    """Return when each trial of a study was asked for; None for observed ones and those of remote workers."""
    record = study._session.state.record
    remote = {number for number, run in enumerate(record.runs) if "worker" in run}
    return [None if run in remote else time for run, time in zip(runs(study), record.started, strict=True)]


def without_file(search: Optimizer) -> Optimizer:
    """Return a copy of a search in memory."""
    from ._core import CoreOptimizer

    core, _ = CoreOptimizer.restore(search._core.snapshot(b""))
    notes = PruningNotes.from_data(search._pruning_notes.to_data())
    return Optimizer._restored(core, search.space, search._user_objects, search.objective_names, notes)


@contextmanager
def leaving_out(search: Optimizer, trials: Collection[int]) -> Iterator[None]:
    """Exclude some told trials of a search in memory from its models for a while; none may be excluded already."""
    for trial in trials:
        search._core.exclude(trial)
    try:
        yield
    finally:
        for trial in trials:
            search._core.include(trial)


def reporting(search: Optimizer) -> list[int]:
    """Return the ids of the trials that reported values and are not excluded."""
    return sorted(number for number, (_, _, steps, _) in search._core.curves().items() if steps)


def revision(search: Optimizer) -> tuple[int, ...]:
    """Return numbers that change with every operation of a study, and with every ask and tell of other searches."""
    if (session := getattr(search, "_session", None)) is not None:
        return (session.seq,)
    return len(search._core), len(search._core.pending())


def stored(search: Optimizer, trial: int) -> dict[str, Any]:
    """Return what the core has of a trial."""
    return search._core.trial(trial)


def settings(search: Optimizer) -> dict[str, Any]:
    """Return the settings of a search in the form of the core."""
    return search._core.settings()


def ask_new(search: Optimizer) -> int:
    """Ask for a new trial, never for a paused one that may go on; return its id."""
    return search._core.ask()[0]


def with_configuration(search: Optimizer, params: Mapping[str, Any]) -> list[FrozenTrial]:
    """Return the trials with a configuration, in the order of their ids."""
    import numpy as np

    (point,), points = search.space._core.encode([raw(search.space, params)]), search._core.view()["unit"]
    # Two numbers may have the same coordinate, so the values decide.
    (near,) = ((points == point) | (np.isnan(points) & np.isnan(point))).all(axis=1).nonzero()
    trials = [search.trials[number] for number in near.tolist()]
    return [trial for trial in trials if same(trial.params, params)]


def know_constraints(search: Optimizer, names: Iterable[str]) -> None:
    """Let a search know names of constraints, so that none of them gives a warning as a new one."""
    search._constraint_names.learn(names)


def left_out(search: Optimizer, trial: int) -> list[str]:
    """Return the names of the constraints that concern a complete trial and that it lacks."""
    names: list[str] = search._core.trial(trial)["left_out"]
    return names


def compared(front: ParetoFront) -> Mapping[int, tuple[float, ...]] | None:
    """Return the values of all trials among which a front of estimates was chosen, by ids; None if values are told."""
    return front._compared


def shares_given_up(front: ParetoFront, taken: Compromise) -> list[float]:
    """Return what a trial of a front gives up of each objective, as a share of the front's range."""
    return front._shares(front[front.trials.index(taken.trial)])


def n_queued(search: Optimizer) -> int:
    """Return the number of queued points."""
    return len(_queued(search))


def queued(search: Optimizer) -> list[dict[str, Any]]:
    """Return the queued points by flat names, completed as the next asks will complete them."""
    return [search.space._codec.flat(search.space._codec.params(row)) for row in _queued(search)]


def _queued(search: Optimizer) -> list[Row]:
    from .trials.points import queued as rows_of_queue

    session = getattr(search, "_session", None)
    # The core itself: a study that is open for reading refuses what may change it.
    return list(rows_of_queue(search._core if session is None else session.state.core, None))


def resume(search: Optimizer, trial: int) -> None:
    """Make a paused trial pending, whatever the pruner says."""
    search._core.resume(trial)


def promoted(search: Optimizer) -> Trial | None:
    """Hand out the paused trial that should go on, if there is one."""
    return search._promoted()


def adopt(search: Optimizer, trials: Sequence[tuple[Row, str]]) -> None:
    """Add pending trials with these rows and origins, as if the search had handed them out."""
    counts = search._core.stats()
    search._core.adopt(trials, counts["duplicates"], counts["fallbacks"])


def report(search: Optimizer, trial: int, step: int, values: Sequence[float]) -> None:
    """Record the values of a pending trial at a step, without constraints."""
    search._core.report(trial, step, values, [])


def has_value(search: Optimizer, trial: int) -> bool:
    """Return whether a pending trial reported folds or told all its objectives, which are then its value."""
    return search._has_value(trial)


def finish(search: Optimizer, trial: int, outcome: CoreArguments) -> None:
    """End a pending trial."""
    search._core.tell(trial, outcome)
    search._pruning_notes.forget(trial)


def exclude(search: Optimizer, trial: int) -> None:
    """Exclude a finished trial, so that no model uses it."""
    search._core.exclude(trial)


def exclude_told(search: Optimizer, trial: int) -> None:
    """Exclude a told trial, and record it in a study."""
    search._exclude(trial)


def attach(search: Optimizer, trial: int, attributes: Mapping[str, str]) -> None:
    """Attach values that are given as JSON."""
    for name, text in attributes.items():
        search._core.set_attribute(trial, name, text)


def note_evaluation(
    search: Optimizer, trial: int, started: float | None, finished: float | None, traceback: str | None
) -> None:
    """Record when a trial was evaluated, and the traceback of its failure."""
    search._core.set_evaluation(trial, started, finished, traceback)


def check_enqueue(search: Optimizer, params: Mapping[str, Any], n_before: int) -> None:
    """Raise the error of ``enqueue`` once ``n_before`` more points are queued; queue nothing."""
    search._check_enqueue(params, n_before)


def new_points(search: Optimizer, points: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the points that the search neither has as a trial nor has queued."""
    from .trials.points import new_points

    return new_points(search._core, search.space, points, search._rule())


def change_budget(search: Optimizer, budget: float | None) -> None:
    """Replace the budget, unless the new one is None."""
    search._change_budget(budget)


def with_initial_budget(path: Any, space: Any, **options: Any) -> Study:
    """Open or create a study; ``budget`` is that of a new one only."""
    from .study import Study

    return Study._with_initial_budget(path, space, **options)


def restored(
    core: CoreOptimizer, space: SearchSpace, user_objects: UserObjects, names: Names, notes: PruningNotes
) -> Optimizer:
    """Return the optimizer of a core."""
    return Optimizer._restored(core, space, user_objects, names, notes)


def fields(trial: FrozenTrial) -> dict[str, Any]:
    """Return all attributes of a trial by name."""
    return trial._named_fields()


def shared(search: Optimizer) -> Shared | None:
    """Return the coordination of a study with other processes; None for a search in memory."""
    sharing: Callable[[], Shared] | None = getattr(search, "_sharing", None)
    return None if sharing is None else sharing()


def header(study: Study) -> Mapping[str, Any]:
    """Return the space and the settings of a study as its file has them."""
    return study._session.state.header


def names(space: SearchSpace) -> list[str]:
    """Return the flat names of the parameters, parents first."""
    return space._codec.names


def sampler(chosen: AnySampler) -> AnySampler:
    """Return the settings of the sampler of this name; settings and objects are returned as they are.

    Raises
    ------
    ArgumentError
        If there is no such sampler.
    """
    settings: AnySampler = SamplerSettings._chosen(chosen)
    return settings


def pruner(described: CoreSettings) -> PrunerSettings:
    """Return the pruner that the core describes."""
    return PrunerSettings._from_core(described)


def paths(space: SearchSpace) -> dict[str, tuple[str, ...]]:
    """Return the keys under which each parameter is nested, by flat name in the order of the declaration."""
    return {entry.name: entry.path for entry in space._declared.values()}


def raw(space: SearchSpace, params: Mapping[str, Any]) -> Row:
    """Return the checked raw values of a configuration that may be incomplete."""
    return space._raw(params, partial=True)


def row(space: SearchSpace, params: Mapping[str, Any]) -> Row:
    """Return the raw values of a complete configuration, checked and snapped to the levels of the space."""
    return space._row(params)


def without_inactive(space: SearchSpace, params: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return flat parameters without those among ``names`` that do not exist beside the others."""
    return space._codec.without_inactive(params, names)


def value(parameter: Parameter, raw: Any) -> Any:
    """Return the value of a raw value."""
    labels = parameter._labels()
    return raw if labels is None else labels[raw]


def ordered_choices(parameter: Parameter) -> Sequence[Any]:
    """Return the choices of a parameter whose choices have an order, from least to most; empty for others."""
    return (parameter._labels() or ()) if parameter._order == "position" else ()


def possible(space: SearchSpace, params: Mapping[str, Any]) -> Collection[str]:
    """Return the names in an incomplete flat configuration of parameters that exist, or still may."""
    codec = space._codec
    row = codec.row(params)
    return {name for name in params if codec._exists(name, row, unknown=True)}
