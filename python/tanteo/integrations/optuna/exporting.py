"""Converts a search to an Optuna study, and its parameters to distributions."""

from __future__ import annotations

import datetime
import itertools
import math
import sys
import time
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from ... import inside
from ..._internal.coercion import as_str, shown
from ..._internal.optional import require
from ..._internal.text import safe_repr
from ...exceptions import SpaceError, StudyError
from ...run.result import optimizer_of
from ...space.elsewhere.optuna import write
from ...space.parameters import Parameter
from ...space.search_space import SearchSpace, flat_params
from ...trials.schema import as_json
from .names import CONSTRAINT, EXACT, OF_OPTUNA, OPTUNA_PREFIX, STATES, TANTEO_PREFIX

_PLAIN = (str, int, float, bool, type(None))


class Domain:
    """The distribution of a parameter, and the conversion of its values.

    Parameters
    ----------
    parameter
        The parameter. Ordinals become categoricals. Choices that Optuna's storages cannot keep or distinguish (objects,
        lists, ``1`` next to ``True``) are replaced by text.
    """

    def __init__(self, parameter: Parameter) -> None:
        self._labels = parameter._labels()
        self._texts = None if self._labels is None else exported_labels(self._labels)
        self._parameter = parameter
        self.distribution = write(parameter, self._texts)

    def value(self, value: Any, name: str) -> Any:
        """Return a value of the parameter in the form of Optuna."""
        return value if self._texts is None else self._texts[int(self._parameter._to_raw(value, name))]

    def is_rounded(self, value: Any) -> bool:
        """Whether a storage of Optuna, which stores a float, would round the value."""
        return type(value) is int and self._texts is None and int(float(value)) != value


def domains(space: SearchSpace) -> dict[str, Domain]:
    """Return the domain of every parameter by flat name, without constants, which cannot be plotted."""
    return {name: Domain(parameter) for name, parameter in space.parameters.items() if parameter._varies}


def constants(space: SearchSpace) -> dict[str, Any]:
    """Return the constants by flat name; values that JSON cannot represent become text."""
    fixed = {name: parameter._only() for name, parameter in space.parameters.items() if not parameter._varies}
    return {name: value if type(value) in _PLAIN else safe_repr(value) for name, value in fixed.items()}


def exported_labels(labels: Sequence[Any]) -> list[Any]:
    """Return labels that JSON can represent and ``==`` distinguishes; others become text, numbered if necessary."""
    exported: list[Any] = []
    for label in labels:
        is_plain = type(label) in _PLAIN and not (type(label) is float and not math.isfinite(label))
        exported.append(label if is_plain and label not in exported else _new_text(label, exported))
    return exported


def _new_text(label: Any, existing: Sequence[Any]) -> str:
    text = label if isinstance(label, str) else safe_repr(label)
    numbered = (text if number == 1 else f"{text} ({number})" for number in itertools.count(1))
    return next(candidate for candidate in numbered if candidate not in existing)


def to_optuna(source: Any, storage: Any = None, study_name: str | None = None) -> Any:
    """Return a new Optuna study with all trials of a search.

    Pending trials become running trials, paused trials become pruned ones, and queued points become waiting trials with
    the values that the search would give them. Data for which Optuna has no field (cost, standard errors, folds, the
    reason of a failure) becomes user attributes with the prefix ``tanteo/``, from which :func:`from_optuna` restores
    it. The origin of a trial and what a study adds to it (host, process, sampler, retries, note, artifacts) become such
    attributes too, but an import does not restore them. An excluded trial becomes a failed trial, so that Optuna does
    not count it, with its state and values as attributes; it has no parameters if it no longer fits into the space.
    Constants become an attribute of the study. Known constraints of the space, priors and weights have no counterpart.
    Choices that are objects become text.

    Parameters
    ----------
    source
        An optimizer, a study or a result of Tanteo.
    storage
        As for ``optuna.create_study``; by default the study is kept in memory.
    study_name
        The name of the study; by default the name of ``source``, otherwise Optuna generates one.

    Raises
    ------
    StudyError
        If the storage already has a study of that name, or Optuna cannot use the storage.
    ArgumentError
        If ``source`` is not a search, or ``study_name`` is not text.
    ImportError
        If Optuna is not installed (``pip install 'tanteo[optuna]'``).

    Examples
    --------
    >>> from tanteo.integrations.optuna import to_optuna
    >>> study = to_optuna(search, "sqlite:///new.db")                                         # doctest: +SKIP
    >>> optuna.visualization.plot_contour(study)                                              # doctest: +SKIP
    """
    optuna = require("optuna", extra="optuna", needed_by="to_optuna")
    search = optimizer_of(source)
    name = getattr(search, "name", None) if study_name is None else as_str(study_name, "study_name")
    try:
        study = optuna.create_study(storage=storage, study_name=name, directions=list(search.directions))
    except optuna.exceptions.DuplicatedStudyError as error:
        raise StudyError(f"the storage already has a study {name!r}; give another study_name=") from error
    except Exception as error:  # drivers, SQLAlchemy and Optuna raise errors of many classes
        raise StudyError(f"Optuna cannot use the storage {shown(storage)}: {type(error).__name__}: {error}") from error
    if search.objective_names is not None:
        set_names(study, search.objective_names)
    if fixed := constants(search.space):
        study.set_user_attr(f"{TANTEO_PREFIX}constants", fixed)
    parameter_domains = domains(search.space)
    now = time.time()
    for trial in search.trials:
        frozen = optuna_trial(trial, search.space, parameter_domains, named_constraints=True)
        _fill_times(frozen, now)
        study.add_trial(frozen)
    for point in inside.queued(search):
        study.enqueue_trial(_as_distributed(point, parameter_domains))
    return study


def set_names(study: Any, names: Sequence[str]) -> None:
    """Set the names of the objectives, without the warning that this is experimental in Optuna."""
    warning = require("optuna.exceptions", extra="optuna", needed_by="to_optuna").ExperimentalWarning
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", warning)
        study.set_metric_names(list(names))


def optuna_trial(trial: Any, space: Any, parameter_domains: Mapping[str, Domain], *, named_constraints: bool) -> Any:
    """Return one trial as an Optuna trial.

    Parameters
    ----------
    trial
        A trial of the history.
    space
        The space of the search.
    parameter_domains
        The result of :func:`domains`.
    named_constraints
        Whether constraints are stored by name, as in Optuna 5. If not, they are stored as the list that the dashboard
        reads, and an attribute holds the names.
    """
    states = require("optuna.trial", extra="optuna", needed_by="to_optuna")
    flat = {name: value for name, value in _configuration(trial, space).items() if name in parameter_domains}
    # A clock that was set back would make a negative duration.
    finished = trial.started if trial.duration == 0.0 else trial.finished
    rounded = {name: value for name, value in flat.items() if parameter_domains[name].is_rounded(value)}
    return states.FrozenTrial(
        number=trial.id,
        trial_id=trial.id,
        state=states.TrialState["FAIL" if trial.excluded else STATES[trial.state]],
        value=None,
        values=None if trial.excluded or trial.values is None else list(trial.values),
        datetime_start=_moment(trial.started),
        datetime_complete=None if trial.state == "pending" else _moment(finished),
        params=_as_distributed(flat, parameter_domains),
        distributions={name: parameter_domains[name].distribution for name in flat},
        user_attrs={
            **_user_attrs(trial, with_constraints=not named_constraints),
            **{f"{EXACT}{name}": str(value) for name, value in rounded.items()},
        },
        system_attrs={**_system_attrs(trial), **_constraints(trial, named=named_constraints)},
        # Optuna stores one value per step.
        intermediate_values={step: value for step, value in trial.steps.items() if isinstance(value, float)},
    )


def _as_distributed(flat: Mapping[str, Any], parameter_domains: Mapping[str, Domain]) -> dict[str, Any]:
    """Return values by flat name in the form of Optuna, without constants."""
    return {
        name: parameter_domains[name].value(value, f"parameter {name!r}")
        for name, value in flat.items()
        if name in parameter_domains
    }


def _configuration(trial: Any, space: Any) -> dict[str, Any]:
    """Return values by flat name; none for an excluded trial that is outside the space since the space was changed."""
    if not trial.excluded:
        return flat_params(trial.params, space)
    try:
        space.validate(trial.params)
    except SpaceError:
        return {}
    return flat_params(trial.params, space)


def _user_attrs(trial: Any, *, with_constraints: bool) -> dict[str, Any]:
    """Return the attributes of the user, and the data for which Optuna has no field."""
    own = {name: value for name, value in inside.fields(trial).items() if name not in OF_OPTUNA}
    if with_constraints:
        own["constraints"] = trial.constraints
    if trial.excluded:
        own |= {"state": trial.state, "values": trial.values}
    elif trial.state == "paused":
        own["state"] = trial.state
    if trial.origin == "observed":
        del own["origin"]
    user_attrs = {name: value for name, value in trial.attrs.items() if not name.startswith(OPTUNA_PREFIX)}
    own_attrs = {f"{TANTEO_PREFIX}{name}": as_json(value) for name, value in own.items() if _says_something(value)}
    return {**user_attrs, **own_attrs}


def _says_something(value: Any) -> bool:
    """Whether the value of a field is neither missing nor empty."""
    if isinstance(value, tuple):
        return any(item is not None for item in value)
    return bool(value) or isinstance(value, float)


def _system_attrs(trial: Any) -> dict[str, Any]:
    attrs = {
        name.removeprefix(OPTUNA_PREFIX): value for name, value in trial.attrs.items() if name.startswith(OPTUNA_PREFIX)
    }
    attrs.pop("number", None)
    return attrs


def _constraints(trial: Any, *, named: bool) -> dict[str, Any]:
    if named:
        return {f"{CONSTRAINT}{name}": value for name, value in trial.constraints.items()}
    # The dashboard writes an infinity into its JSON, which its page cannot read; the exact values are attributes.
    bounded = [min(value, sys.float_info.max) for value in trial.constraints.values()]
    return {"constraints": bounded} if bounded else {}


def _fill_times(frozen: Any, now: float) -> None:
    """Set missing times, which Optuna requires: the other time of the trial, or the time of the export."""
    if frozen.datetime_start is None:
        frozen.datetime_start = frozen.datetime_complete or _moment(now)
    if frozen.state.is_finished() and frozen.datetime_complete is None:
        frozen.datetime_complete = frozen.datetime_start


def _moment(seconds: float | None) -> datetime.datetime | None:
    """Return local time without a time zone, as Optuna stores it."""
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds)
