"""A read-only view of a search as an Optuna storage, without a copy in a file."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from ... import inside
from ..._internal.equality import same
from ..._internal.optional import require
from ...exceptions import StudyError
from ...study import Study
from .exporting import constants, domains, optuna_trial
from .names import METRIC_NAMES, TANTEO_PREFIX

# The storage holds one study.
_ID = 0

# Shown by optuna-dashboard beside its figure of importances.
_IMPORTANCES = (
    "by optuna-dashboard: PED-ANOVA of the best tenth; `tanteo show` uses another method, and `tanteo importance "
    "--quantile 0.1` this one"
)


def read_only_storage(search: Any, *, name: str | None = None) -> Any:
    """Return an Optuna storage that shows a search; a running study is updated as it grows.

    All readers of Optuna studies can use it: ``optuna.load_study(study_name=name, storage=...)``, Optuna's plots and
    importances, and ``optuna-dashboard``. Trials are converted as by :func:`to_optuna`, except that constraints have
    the form that the dashboard reads, and unknown times are None. Writing raises an error.

    Parameters
    ----------
    search
        An optimizer or a study of Tanteo. Later trials are shown as well: a study in a file is refreshed at every read.
    name
        The name of the study in Optuna; by default the name of the search, otherwise ``"tanteo"``.

    Raises
    ------
    ImportError
        If Optuna is not installed (``pip install 'tanteo[optuna]'``).
    """
    base = require("optuna.storages", extra="optuna", needed_by="read_only_storage").BaseStorage
    kind = type("ReadOnlyStorage", (_Storage, base), {})
    return kind(search, name or getattr(search, "name", None) or "tanteo")


def _read_only(action: str) -> Callable[..., NoReturn]:
    def refuse(self: object, *args: object, **options: object) -> NoReturn:
        raise StudyError(f"{action}: this is a view of a search of Tanteo, which is read-only; use the search itself")

    return refuse


class _Storage:
    """The methods of Optuna's ``BaseStorage``, apart from those with a suitable default.

    Parameters
    ----------
    search, name
        As for :func:`read_only_storage`.
    """

    create_new_study = _read_only("a study cannot be made here")
    delete_study = _read_only("the study cannot be deleted here")
    create_new_trial = _read_only("a trial cannot be made here")
    set_study_user_attr = _read_only("attributes cannot be set here")
    set_study_system_attr = _read_only("notes and settings cannot be kept here")
    set_trial_param = _read_only("parameters cannot be set here")
    set_trial_state_values = _read_only("a trial cannot be told here")
    set_trial_intermediate_value = _read_only("a trial cannot report here")
    set_trial_user_attr = _read_only("attributes cannot be set here")
    set_trial_system_attr = _read_only("attributes cannot be set here")

    def __init__(self, search: Any, name: str) -> None:
        self._search, self._name = search, name
        self._lock = threading.Lock()
        self._space: Any = None
        self._domains: dict[str, Any] = {}
        # Converted trials, each with the fields it was converted from.
        self._cached_trials: dict[int, tuple[Any, Any]] = {}

    def _current(self) -> list[Any]:
        """Return the current state of all trials. An unchanged trial is the same object as before."""
        with self._lock:
            if isinstance(self._search, Study):
                self._search.refresh()
            if self._search.space is not self._space:
                self._space, self._domains, self._cached_trials = self._search.space, domains(self._search.space), {}
            return [self._trial(trial) for trial in self._search.trials]

    def _trial(self, trial: Any) -> Any:
        # All fields, including times and notes, in which equal trials may differ.
        fields = inside.fields(trial)
        cached_fields, converted = self._cached_trials.get(trial.id, (None, None))
        if not same(cached_fields, fields):
            converted = optuna_trial(trial, self._space, self._domains, named_constraints=False)
            self._cached_trials[trial.id] = (fields, converted)
        return converted

    def _require_study(self, study_id: int) -> None:
        if study_id != _ID:
            raise KeyError(f"No study with study_id={study_id} exists.")

    def get_study_id_from_name(self, study_name: str) -> int:
        """Return the id of the study."""
        if study_name != self._name:
            raise KeyError(f"No such study {study_name}; it is called {self._name}.")
        return _ID

    def get_study_name_from_id(self, study_id: int) -> str:
        """Return the name of the study."""
        self._require_study(study_id)
        return self._name

    def get_study_directions(self, study_id: int) -> list[Any]:
        """Return the directions of the objectives."""
        self._require_study(study_id)
        kind = require("optuna.study", extra="optuna", needed_by="read_only_storage").StudyDirection
        return [kind[direction.upper()] for direction in self._search.directions]

    def get_study_user_attrs(self, study_id: int) -> dict[str, Any]:
        """Return the seed, the sampler, the method of importances, the constants and the environment of a study."""
        self._require_study(study_id)
        attrs: dict[str, Any] = {"seed": str(self._search.seed), "sampler": repr(self._search.sampler)}
        attrs["importances"] = _IMPORTANCES
        if fixed := constants(self._search.space):
            attrs["constants"] = fixed
        environment = self._search.environment if isinstance(self._search, Study) else None
        return {**attrs, **{f"environment/{name}": _as_text(value) for name, value in (environment or {}).items()}}

    def get_study_system_attrs(self, study_id: int) -> dict[str, Any]:
        """Return the names of the objectives, and the notes of trials in the form of the dashboard."""
        self._require_study(study_id)
        notes = {trial.number: trial.user_attrs.get(f"{TANTEO_PREFIX}note") for trial in self._current()}
        objectives = self._search.objective_names
        attrs: dict[str, Any] = {} if objectives is None else {METRIC_NAMES: list(objectives)}
        for number, note in notes.items():
            if note:
                attrs |= {f"dashboard:{number}:note_ver": 1, f"dashboard:{number}:note_str:0": note}
        return attrs

    def get_all_studies(self) -> list[Any]:
        """Return the one study."""
        frozen = require("optuna.study._frozen", extra="optuna", needed_by="read_only_storage").FrozenStudy
        return [
            frozen(
                study_name=self._name,
                direction=None,
                directions=self.get_study_directions(_ID),
                user_attrs=self.get_study_user_attrs(_ID),
                system_attrs=self.get_study_system_attrs(_ID),
                study_id=_ID,
            )
        ]

    def get_trial(self, trial_id: int) -> Any:
        """Return one trial; its id is its number."""
        trials = self._current()
        if not 0 <= trial_id < len(trials):
            raise KeyError(f"No trial with trial_id={trial_id} exists.")
        return trials[trial_id]

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,  # noqa: FBT001, FBT002 - the signature of Optuna
        states: Sequence[Any] | None = None,
    ) -> list[Any]:
        """Return all trials in the given states."""
        self._require_study(study_id)
        selected = [trial for trial in self._current() if states is None or trial.state in states]
        return copy.deepcopy(selected) if deepcopy else selected


def _as_text(value: Any) -> Any:
    """Return an entry of the environment, such as the packages or the command, as a line of text."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {entry}" for name, entry in value.items())
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value
