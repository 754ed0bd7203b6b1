"""From a study of Optuna to a search."""

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
    """Return a search with every trial of an Optuna study, which goes on from there.

    Complete, pruned and failed trials come with their values, reports, constraints, attributes and times. Running
    trials are pending, and waiting ones are queued. System attributes of Optuna become attributes ``optuna/<key>``.
    A trial that was excluded when :func:`to_optuna` wrote it is excluded again in a study (``path=``); an optimizer in
    memory excludes nothing, and keeps it as a failure.

    Parameters
    ----------
    source
        A study; a storage of Optuna; the URL of a database (``"sqlite:///old.db"``); the path of an SQLite or a journal
        file. Nothing is written into it.
    study_name
        Which study, if there are several.
    space
        The search space. By default it is read off the trials: of ranges that differ the smallest one that holds them
        all, and for a parameter that some complete trials lack the condition that explains it.
    path
        Where to keep the search as a :class:`tanteo.Study`, a new file. By default it is in memory.
    sampler, seed
        As for :class:`tanteo.Optimizer`.

    Returns
    -------
    Optimizer or Study
        Ids are Optuna's numbers, unless a trial had to be left aside: then each trial has its number as the attribute
        ``optuna/number``.

    Warns
    -----
    UserWarning
        Once, if something could not be taken over as it was: a trial that ended before it had a whole configuration, a
        value that is infinitely good, a condition that the trials leave open.

    Raises
    ------
    StudyError
        If there is no such file or study, or there is something at ``path``.
    SpaceError
        If the trials do not say what the space is; the message says what differs, and to pass ``space=``. If no trial
        fits into the space that is given.
    ImportError
        Without Optuna (``pip install 'tanteo[optuna]'``).

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
    # Optuna keeps names as a list, None where there are none.
    names = study.metric_names
    objective_directions = directions if names is None else dict(zip(map(allowed, names), directions, strict=True))
    search = new_search(
        search_space, objective_directions, path=path, name=study.study_name, sampler=sampler, seed=seed
    )
    fill(search, _imported_trials(trials, search_space, search), notes)
    notes.warn(f"Optuna study {study.study_name!r}")
    return search


def _check_any_fits(trials: Sequence[Any], space: Any) -> None:
    """Refuse a space that is not that of the study, before anything is made."""
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
        raise SpaceError(f"no trial of the study fits into the space given: {error}")


def _imported_trials(trials: Sequence[Any], space: Any, search: Any) -> Iterator[ImportedTrial]:
    """Iterate over the trials, each with its number once that is no longer the id that it gets."""
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
        # It was queued, and has not yet asked for everything: it is tried anew with what is known.
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
    """Return a configuration; integers that a storage of Optuna rounded are exact where :func:`to_optuna` kept them."""
    prefix = EXACT.removeprefix(TANTEO_PREFIX)
    exact = {name.removeprefix(prefix): int(text) for name, text in tanteo_attrs.items() if name.startswith(prefix)}
    return {name: exact.get(name, value) for name, value in params.items()}


def _split(attrs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the attributes of the user, and what :func:`to_optuna` noted beside them."""
    tanteo_attrs = {
        name.removeprefix(TANTEO_PREFIX): value for name, value in attrs.items() if name.startswith(TANTEO_PREFIX)
    }
    return {name: value for name, value in attrs.items() if not name.startswith(TANTEO_PREFIX)}, tanteo_attrs


def _is_imported(key: str) -> bool:
    """Whether a system attribute is taken over as what it means."""
    return key in (FIXED, CONSTRAINTS) or key.startswith(CONSTRAINT)


def _constraints(system: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraints by name; of the list that older versions kept, the positions are the names."""
    listed = {str(k): value for k, value in enumerate(system.get(CONSTRAINTS) or ())}
    named = {key.removeprefix(CONSTRAINT): value for key, value in system.items() if key.startswith(CONSTRAINT)}
    return {**listed, **named}


def _seconds(moment: Any) -> float | None:
    return None if moment is None else float(moment.timestamp())
