"""Reads the trials of an Optuna study."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ... import inside
from ...exceptions import TanteoError
from ...optimizer import Optimizer
from ...space.elsewhere.optuna import read
from ...space.parameters import Parameter
from ...space.search_space import SearchSpace, flat_params
from ...trials.objectives import labels
from ...trials.outcome import parse_outcome
from ..imported_trials import ImportedTrial, ImportNotes, result_arguments
from ..replica import Entry
from .inference import Evidence
from .names import CONSTRAINT, CONSTRAINTS, EXACT, FIXED, OF_OPTUNA, OPTUNA_PREFIX, PROPOSAL, STATES, TANTEO_PREFIX

if TYPE_CHECKING:
    from ...trials.outcome import CoreArguments

_STATES: Mapping[str, Any] = {
    **{theirs: ours for ours, theirs in STATES.items() if ours != "paused"},
    "RUNNING": "running",
    "WAITING": "waiting",
}
# The fields that an attribute of :func:`to_optuna` restores.
_RESTORED = {entry.name for entry in fields(ImportedTrial)} - {*OF_OPTUNA, "name", "excluded"}
# How an excluded trial ended, which Optuna has as failed; and the origin, of which every imported trial has a new one.
_KNOWN = {*_RESTORED, "excluded", "state", "values", "origin"}
# Largest number of names that a note lists.
_LISTED = 20


def evidence_of(trial: Any) -> Evidence:
    """Return what a trial shows of the space."""
    queued = trial.system_attrs.get(FIXED, {}) if trial.state.name in ("WAITING", "RUNNING") else {}
    parameters = {name: _parameter(distribution) for name, distribution in trial.distributions.items()}
    return Evidence(_exact(trial.params, trial), parameters, trial.state.name == "COMPLETE", queued)


def _parameter(distribution: Any) -> Parameter:
    """Return the parameter of a distribution, the same object for equal ones; most trials declare the same."""
    try:
        return _read_once(distribution, tuple(map(type, getattr(distribution, "choices", ()))))
    except TypeError:  # a choice that cannot be hashed
        return read(distribution)


@functools.lru_cache(maxsize=1024)
def _read_once(distribution: Any, _types: tuple[type, ...]) -> Parameter:
    return read(distribution)


class Known:
    """What a trial that runs or has ended says, read once.

    Parameters
    ----------
    trial
        The trial of Optuna.
    directions
        Those of the study.
    """

    __slots__ = ("_outcome", "_proposal", "_steps", "distributions", "ended", "evidence", "is_excluded", "number")

    def __init__(self, trial: Any, directions: Sequence[str]) -> None:
        self.number: int = trial.number
        self.evidence = evidence_of(trial)
        self.distributions: Mapping[str, Any] = trial.distributions
        self.ended = (_seconds(trial.datetime_complete) or 0.0, trial.number)
        self._proposal = proposal_of(trial)
        imported = imported_trial(trial, self.evidence.params)
        self.is_excluded = imported.excluded
        self._outcome = None if imported.state == "running" else outcome(imported, directions)
        is_curve = self._outcome is not None and len(directions) == 1
        self._steps = steps(imported.steps, directions[0]) if is_curve else ()

    @property
    def says_something(self) -> bool:
        """Whether anything is known of the configuration."""
        return bool(self.evidence.params or self.evidence.queued or self._proposal[1])

    def with_proposal(self, given: Mapping[str, Any], space: SearchSpace) -> dict[str, Any]:
        """Return the configuration with the values that were proposed for other parameters."""
        return with_proposal(self._proposal[1], given, space)

    def entry(self, row: Any) -> Entry:
        """Return the trial with its row in a space, or None."""
        return Entry(row, self._proposal[0], self._steps, self._outcome)


def proposal_of(trial: Any) -> tuple[str, Mapping[str, Any]]:
    """Return the origin of the configuration of a trial, and the raw values that were proposed for it."""
    origin, raws = trial.system_attrs.get(PROPOSAL, ("observed", {}))
    return origin, raws


def with_proposal(raws: Mapping[str, Any], given: Mapping[str, Any], space: SearchSpace) -> dict[str, Any]:
    """Return given values, and those proposed values that can exist together with them.

    Raises
    ------
    TanteoError
        If a given value is not in the space.
    """
    proposed = {name: inside.value(space[name], raw) for name, raw in raws.items() if name in space}
    whole = {**proposed, **given}
    possible = inside.possible(space, whole)
    return {name: value for name, value in whole.items() if name in given or name in possible}


def outcome(trial: ImportedTrial, directions: Sequence[str]) -> CoreArguments:
    """Return how a trial ended; one whose result is invalid has failed."""
    try:
        arguments = result_arguments(trial, directions, ImportNotes())
        return parse_outcome(labels(len(directions), None), **arguments).core_arguments()
    except TanteoError:
        return parse_outcome([], state="failed").core_arguments()


def steps(reports: Mapping[int, Any], direction: str) -> tuple[tuple[int, float], ...]:
    """Return the reports by increasing step, without those that no search accepts.

    NaN is always the same object, so that equal reports compare as equal.
    """
    best = -math.inf if direction == "minimize" else math.inf
    return tuple(
        (step, math.nan if value != value else float(value))
        for step, value in sorted(reports.items())
        if 0 <= step < 2**63 and value != best
    )


def completed(space: SearchSpace, params: Mapping[str, Any], *, seed: int) -> dict[str, Any]:
    """Return a configuration; what is missing is drawn as a search without results would draw it.

    Raises
    ------
    TanteoError
        If the given values are not in the space.
    """
    optimizer = Optimizer(space, sampler="random", seed=seed)
    optimizer.enqueue(params)
    return flat_params(optimizer.ask().params, space)


class Reader:
    """Converts trials to the space of a search.

    Parameters
    ----------
    space
        The space.
    notes
        Collects what could not be imported unchanged, some of it only by :meth:`close`.
    """

    def __init__(self, space: SearchSpace, notes: ImportNotes) -> None:
        self._space = space
        self._notes = notes
        self._completed: list[str] = []
        self._queued: list[str] = []

    def read(self, trial: Any, configuration: Mapping[str, Any]) -> ImportedTrial:
        """Return a trial.

        Parameters
        ----------
        trial
            The trial of Optuna.
        configuration
            Its configuration. If the trial ended before it had suggested all parameters, a failed or pruned trial gets
            values for the others, and a running one is queued.
        """
        imported = imported_trial(trial, configuration)
        self._note_constraints(imported)
        if imported.state == "waiting":
            return self._without_superfluous(imported, trial)
        if imported.state == "complete" or fits(imported, self._space):
            return imported
        if imported.state == "running":
            proposed = self._proposed(imported, trial)
            if fits(proposed, self._space):
                return proposed
            waiting = self._without_superfluous(replace(imported, state="waiting"), trial)
            if fits(waiting, self._space):
                self._queued.append(imported.name)
            return waiting
        return self._completion(imported)

    def close(self) -> None:
        """Note what was done to several trials."""
        if self._completed:
            self._notes.add(
                listed(self._completed),
                "ended before all parameters were suggested; the others are drawn at random and listed in the "
                f"attribute {OPTUNA_PREFIX}not_suggested",
            )
        if self._queued:
            self._notes.add(listed(self._queued), "ran before all parameters were suggested; queued")

    def _note_constraints(self, trial: ImportedTrial) -> None:
        """Note a result that is lost because a constraint is NaN."""
        if unknown := _unknown(trial.constraints):
            kept = "; it is kept as a failure" if trial.state == "failed" else ""
            self._notes.add(trial.name, f"{unknown}{kept}")

    def _completion(self, trial: ImportedTrial) -> ImportedTrial:
        """Return a failed or pruned trial with values for the parameters that it did not suggest.

        The values are drawn as a search without results would draw them. A trial without any parameter says nothing
        about the space and is excluded.
        """
        try:
            params = completed(self._space, trial.params, seed=len(self._completed))
        except TanteoError:
            return trial  # the search refuses it with the same error
        missing = [name for name in params if name not in trial.params]
        self._completed.append(trial.name)
        attrs = {**trial.attrs, f"{OPTUNA_PREFIX}not_suggested": missing}
        return replace(trial, params=params, attrs=attrs, excluded=trial.excluded or not trial.params)

    def _proposed(self, imported: ImportedTrial, trial: Any) -> ImportedTrial:
        """Return a running trial with the values that a sampler of ours proposed for it."""
        if any(name not in self._space for name in imported.params):
            return imported
        try:
            params = with_proposal(proposal_of(trial)[1], imported.params, self._space)
        except TanteoError:
            return imported
        return replace(imported, params=params)

    def _without_superfluous(self, imported: ImportedTrial, trial: Any) -> ImportedTrial:
        """Return a queued trial without queued values that its configuration has no place for.

        Optuna ignores such values too.
        """
        try:
            known = {name: value for name, value in imported.params.items() if name in self._space}
            possible = inside.possible(self._space, known)
        except TanteoError:
            return imported  # the search refuses it with the same error
        ignored = [name for name in imported.params if name not in trial.params and name not in possible]
        if ignored:
            lost = ", ".join(map(repr, ignored))
            self._notes.add(imported.name, f"queued without {lost}, which its configuration has no place for")
        return replace(imported, params={name: v for name, v in imported.params.items() if name not in ignored})


def fits(trial: ImportedTrial, space: SearchSpace) -> bool:
    """Whether the configuration of a trial is in the space; that of a queued trial may be incomplete."""
    try:
        check_fits(trial, space)
    except TanteoError:
        return False
    return True


def check_fits(trial: ImportedTrial, space: SearchSpace) -> None:
    """Raise the error that says why a configuration is not in the space."""
    if trial.state == "waiting":
        inside.raw(space, trial.params)
    else:
        space.validate(trial.params)


def listed(names: Sequence[str]) -> str:
    """Return names, the first twenty if there are more."""
    return ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def imported_trial(trial: Any, configuration: Mapping[str, Any]) -> ImportedTrial:
    """Return a trial of Optuna with its configuration."""
    system = trial.system_attrs
    attrs, tanteo_attrs = _split(trial.user_attrs)
    state = _STATES[trial.state.name]
    excluded = state == "failed" and tanteo_attrs.get("excluded") is True
    values = tanteo_attrs.get("values") if excluded else trial.values
    if excluded:
        state = tanteo_attrs.get("state", state)
    restored = {name: _numbered(value) for name, value in tanteo_attrs.items() if name in _RESTORED}
    constraints = {name: float(value) for name, value in _constraints(system).items()}
    # Whether the configuration is feasible cannot be said, so it must not pass for one that is.
    if state in ("complete", "pruned") and (unknown := _unknown(constraints)):
        state, restored["reason"] = "failed", unknown
    return ImportedTrial(
        name=f"trial {trial.number}",
        params=configuration,
        state=state,
        values=None if values is None or any(map(math.isnan, values)) else values,
        constraints=constraints,
        # The steps of folds are computed from the folds.
        steps={} if restored.get("folds") else trial.intermediate_values,
        attrs={**attrs, **{f"{OPTUNA_PREFIX}{key}": value for key, value in system.items() if not _is_imported(key)}},
        started=_seconds(trial.datetime_start),
        finished=_seconds(trial.datetime_complete),
        excluded=excluded,
        **restored,
    )


def is_lost(name: str) -> bool:
    """Whether the name of an attribute begins as those of :func:`to_optuna` do, and an import loses it."""
    own = name.removeprefix(TANTEO_PREFIX)
    return own != name and not name.startswith(EXACT) and own not in _KNOWN


def _numbered(value: Any) -> Any:
    """Return the value of an attribute; steps and folds, which JSON has as text, are numbers again."""
    return {int(key): item for key, item in value.items()} if isinstance(value, dict) else value


def _exact(params: Mapping[str, Any], trial: Any) -> dict[str, Any]:
    """Return a configuration, with the exact integers that :func:`to_optuna` noted because Optuna rounds them."""
    noted = {name.removeprefix(EXACT): text for name, text in trial.user_attrs.items() if name.startswith(EXACT)}
    return {name: int(noted[name]) if name in noted else value for name, value in params.items()}


def _split(attrs: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the attributes of the user, and those that :func:`to_optuna` added."""
    tanteo_attrs = {
        name.removeprefix(TANTEO_PREFIX): value for name, value in attrs.items() if name.startswith(TANTEO_PREFIX)
    }
    return {name: value for name, value in attrs.items() if not name.startswith(TANTEO_PREFIX)}, tanteo_attrs


def _is_imported(key: str) -> bool:
    """Whether a system attribute is interpreted rather than kept as an attribute."""
    return key in (FIXED, CONSTRAINTS, PROPOSAL) or key.startswith(CONSTRAINT)


def _constraints(system: Mapping[str, Any]) -> dict[str, Any]:
    """Return the constraints by name; in the list of older versions, the index is the name."""
    listed = {str(k): value for k, value in enumerate(system.get(CONSTRAINTS) or ())}
    named = {key.removeprefix(CONSTRAINT): value for key, value in system.items() if key.startswith(CONSTRAINT)}
    return {**listed, **named}


def _unknown(constraints: Mapping[str, float]) -> str:
    """Return which constraint is NaN, as a sentence; empty if none is."""
    return next((f"the constraint {name!r} is NaN" for name, value in constraints.items() if value != value), "")


def _seconds(moment: Any) -> float | None:
    return None if moment is None else float(moment.timestamp())
