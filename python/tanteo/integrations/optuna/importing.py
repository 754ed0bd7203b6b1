"""Converts an Optuna study to a search."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...exceptions import SpaceError, TanteoError
from ...space.search_space import as_space
from ...trials.objectives import allowed
from ..imported_trials import ImportedTrial, ImportNotes
from ..searches import fill, new_search
from .names import CONSTRAINT, CONSTRAINTS, EXACT, FIXED, OPTUNA_PREFIX, TANTEO_PREFIX
from .source import open_study
from .spaces import space_of

if TYPE_CHECKING:
    from ...optimizer import AnySpace, Optimizer
    from ..imported_trials import AnySampler

_STATES: Mapping[str, Any] = {
    "COMPLETE": "complete",
    "PRUNED": "pruned",
    "FAIL": "failed",
    "RUNNING": "running",
    "WAITING": "waiting",
}


def from_optuna(
    source: Any,
    study_name: str | None = None,
    *,
    space: AnySpace | None = None,
    path: str | os.PathLike[str] | None = None,
    sampler: AnySampler = "auto",
    seed: int | None = None,
) -> Optimizer:
    """Return a search with all trials of an Optuna study, ready to be continued.

    Complete, pruned and failed trials keep their values, reports, constraints, attributes and times. Running trials
    become pending, and waiting trials are queued. System attributes of Optuna become attributes ``optuna/<key>``. A
    trial that was excluded when :func:`to_optuna` wrote it is excluded again in a study (``path=``). An optimizer in
    memory cannot exclude trials and keeps it as a failure.

    Parameters
    ----------
    source
        An Optuna study or storage, the URL of a database (``"sqlite:///old.db"``), or the path of an SQLite or journal
        file. It is not modified.
    study_name
        The name of the study, if there are several.
    space
        The search space. By default it is inferred from the trials. If ranges differ, the smallest range that contains
        them all is taken. A parameter that some complete trials lack gets the condition that explains its absence.
    path
        A new file in which the search is kept as a :class:`tanteo.Study`. By default it is kept in memory.
    sampler, seed
        As for :class:`tanteo.Optimizer`.

    Returns
    -------
    Optimizer or Study
        The search. Ids are the numbers of Optuna unless a trial had to be skipped. From then on, each trial has its
        number as the attribute ``optuna/number``.

    Warns
    -----
    UserWarning
        Once, if something could not be imported unchanged: a trial that ended before its configuration was complete,
        an infinitely good value, a condition that the trials do not determine.

    Raises
    ------
    StudyError
        If there is no such file or study, or ``path`` exists.
    SpaceError
        If the space cannot be inferred from the trials; the message states the conflict and suggests ``space=``. Also
        if no trial fits the given space.
    ImportError
        If Optuna is not installed (``pip install 'tanteo[optuna]'``).

    Examples
    --------
    >>> from tanteo.integrations.optuna import from_optuna
    >>> search = from_optuna("sqlite:///old.db", "my-study")                                  # doctest: +SKIP
    >>> search.best.params                                                                    # doctest: +SKIP
    {'lr': 0.0012, 'optimizer': 'adam'}
    """
    study = open_study(source, study_name, "from_optuna")
    trials = study.get_trials(deepcopy=False)
    notes, guesses = ImportNotes(), list[str]()
    search_space = space_of(trials, guesses) if space is None else as_space(space)
    for guess in guesses:
        notes.add("the space", guess)
    if space is not None:
        _check_any_fits(trials, search_space)
    directions = [direction.name.lower() for direction in study.directions]
    # A list, or None if the objectives have no names.
    names = study.metric_names
    objective_directions = directions if names is None else dict(zip(map(allowed, names), directions, strict=True))
    search = new_search(
        search_space, objective_directions, path=path, name=study.study_name, sampler=sampler, seed=seed
    )
    fill(search, _imported_trials(trials, search_space, search), notes)
    notes.warn(f"Optuna study {study.study_name!r}")
    return search


def _check_any_fits(trials: Sequence[Any], space: Any) -> None:
    """Raise an error if no trial fits the space, before anything is created."""
    error: Exception | None = None
    for trial in trials:
        imported = _imported_trial(trial, space)
        try:
            _check_fits(imported.params, space, partial=imported.state == "waiting")
        except TanteoError as problem:
            error = error or problem
        else:
            return
    if error is not None:
        raise SpaceError(f"no trial of the study fits into the given space: {error}")


def _imported_trials(trials: Sequence[Any], space: Any, search: Any) -> Iterator[ImportedTrial]:
    """Iterate over the trials; a trial whose number differs from its new id gets the number as an attribute."""
    for trial in trials:
        imported = _imported_trial(trial, space)
        if len(search) != trial.number:
            imported = _with_number(imported, trial.number)
        yield imported


def _with_number(imported: ImportedTrial, number: int) -> ImportedTrial:
    return ImportedTrial(**{**vars(imported), "attrs": {**imported.attrs, f"{OPTUNA_PREFIX}number": number}})


def _imported_trial(trial: Any, space: Any) -> ImportedTrial:
    system = trial.system_attrs
    attrs, tanteo_attrs = _split(trial.user_attrs)
    state = _STATES[trial.state.name]
    params = {**system.get(FIXED, {}), **trial.params} if state in ("waiting", "running") else trial.params
    if state == "running" and FIXED in system and not _is_whole(params, space):
        # An enqueued trial with an incomplete configuration: queue its fixed parameters again.
        state = "waiting"
    excluded = state == "failed" and tanteo_attrs.get("excluded") is True
    values = tanteo_attrs.get("values") if excluded else trial.values
    if excluded:
        state = tanteo_attrs.get("state", state)
    return ImportedTrial(
        name=f"trial {trial.number}",
        params=_params(params, tanteo_attrs, space),
        state=state,
        values=None if values is None or any(map(math.isnan, values)) else values,
        constraints={name: float(value) for name, value in _constraints(system).items()},
        cost=tanteo_attrs.get("cost"),
        sems=tanteo_attrs.get("sems"),
        reason=tanteo_attrs.get("reason"),
        steps=trial.intermediate_values,
        attrs={**attrs, **{f"{OPTUNA_PREFIX}{key}": value for key, value in system.items() if not _is_imported(key)}},
        started=_seconds(trial.datetime_start),
        finished=_seconds(trial.datetime_complete),
        traceback=tanteo_attrs.get("traceback"),
        excluded=excluded,
    )


def _is_whole(params: Mapping[str, Any], space: Any) -> bool:
    try:
        _check_fits(params, space, partial=False)
    except TanteoError:
        return False
    return True


def _check_fits(params: Mapping[str, Any], space: Any, *, partial: bool) -> None:
    raw = space._raw(params, partial=partial)
    if not partial:
        space._core.check(raw)


def _params(params: Mapping[str, Any], tanteo_attrs: Mapping[str, Any], space: Any) -> dict[str, Any]:
    """Return a configuration, with the exact integers that :func:`to_optuna` noted because Optuna rounds them."""
    prefix = EXACT.removeprefix(TANTEO_PREFIX)
    exact = {name.removeprefix(prefix): int(text) for name, text in tanteo_attrs.items() if name.startswith(prefix)}
    return {name: exact.get(name, value) for name, value in params.items()}


def _split(attrs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the attributes of the user, and those that :func:`to_optuna` added."""
    tanteo_attrs = {
        name.removeprefix(TANTEO_PREFIX): value for name, value in attrs.items() if name.startswith(TANTEO_PREFIX)
    }
    return {name: value for name, value in attrs.items() if not name.startswith(TANTEO_PREFIX)}, tanteo_attrs


def _is_imported(key: str) -> bool:
    """Whether a system attribute is interpreted rather than kept as an attribute."""
    return key in (FIXED, CONSTRAINTS) or key.startswith(CONSTRAINT)


def _constraints(system: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraints by name; in the list of older versions, the index is the name."""
    listed = {str(k): value for k, value in enumerate(system.get(CONSTRAINTS) or ())}
    named = {key.removeprefix(CONSTRAINT): value for key, value in system.items() if key.startswith(CONSTRAINT)}
    return {**listed, **named}


def _seconds(moment: Any) -> float | None:
    return None if moment is None else float(moment.timestamp())
