"""Adapter for samplers of Optuna and Rustuna, which share an interface."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from ...space.elsewhere.optuna import write
from ...space.parameters import Parameter
from ...space.search_space import SearchSpace, flat_params
from ..domain import is_active, nested
from ..failure import Unsupported
from ..protocol import Capabilities
from .common import Adapted, ByValue, Trial, create, imported, plain_choices

#: Samplers of Optuna and Rustuna that draw regardless of the results.
_NON_LEARNING = ("RandomSampler", "QMCSampler")


def from_optuna(
    sampler: Any,
    *,
    keep_sampler: bool = False,
    capabilities: Capabilities | Mapping[str, bool] | None = None,
) -> Adapted:
    """Return a factory for an Optuna sampler in an in-memory study.

    Spaces are searched define-by-run, so conditions work. Choices must have types that Optuna stores. Known constraints
    are unsupported. Saving keeps the trials, as a storage of Optuna does: a loaded study gets a new sampler with the
    same seed, as with ``load_study`` after a restart.

    Parameters
    ----------
    sampler
        A sampler class, or a callable ``seed -> sampler``. Samplers of Rustuna run in a study of Rustuna.
    keep_sampler
        Whether the sampler is pickled with the trials, as the Optuna documentation recommends for repeatable runs.
    capabilities
        A mapping of the fields of :class:`Capabilities` that differ from the default, or a complete one.
        The classes ``RandomSampler`` and ``QMCSampler`` are known not to learn.

    Examples
    --------
    >>> from tanteo.testing import adapters
    >>> factory = adapters.from_optuna(lambda seed: optuna.samplers.TPESampler(seed=seed, n_startup_trials=5))
    """
    is_optuna = not str(getattr(sampler, "__module__", "")).startswith("rustuna")
    return Adapted(
        functools.partial(_Study, keep_sampler=keep_sampler),
        sampler,
        Capabilities(
            learns=getattr(sampler, "__name__", "") not in _NON_LEARNING,
            seed=not inspect.isclass(sampler) or "seed" in inspect.signature(sampler).parameters,
            save=is_optuna,
            inject=is_optuna,
            observe=is_optuna,
            multi_objective=is_optuna,
            maximize=True,
            prune=True,
            best=True,
            history=True,
            lifecycle=True,
        ).updated(capabilities),
    )


class _Study:
    """An Optuna or Rustuna study with the interface of a sampler under test."""

    def __init__(
        self,
        maker: Any,
        space: SearchSpace,
        seed: int,
        *,
        keep_sampler: bool = False,
        direction: str = "minimize",
        directions: list[str] | None = None,
    ) -> None:
        if space.constraints:
            raise Unsupported("known constraints")
        self.space = space
        # Reject an unsupported space here and not at the first ask.
        for name, parameter in space.parameters.items():
            _require_supported(name, parameter)
        self._maker, self._seed, self._keep_sampler = maker, seed, keep_sampler
        sampler = self._sampler()
        self._library = "rustuna" if type(sampler).__module__.startswith("rustuna") else "optuna"
        module = imported(self._library, "adapters.from_optuna")
        if self._library == "optuna":
            module.logging.set_verbosity(module.logging.ERROR)
            kind = {"directions": directions} if directions else {"direction": direction}
            self.study = module.create_study(sampler=sampler, **kind)
        else:
            storage = module.storages.InMemoryStorage()
            self.study = module.create_study(sampler=sampler, storage=storage, direction=direction)

    def _sampler(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # experimental samplers warn when they are created
            return create(self._maker, self._seed, "seed")

    def __getstate__(self) -> dict[str, Any]:
        attributes = {name: value for name, value in vars(self).items() if name != "study"}
        sampler = self.study.sampler if self._keep_sampler else None
        saved = (self.study.study_name, self.study._storage, sampler)
        return {**attributes, "_maker": ByValue(self._maker), "saved": saved}

    def __setstate__(self, state: dict[str, Any]) -> None:
        name, storage, sampler = state.pop("saved")
        vars(self).update(state)
        load = imported("optuna", "adapters.from_optuna").load_study
        self.study = load(study_name=name, storage=storage, sampler=sampler or self._sampler())

    def ask(self) -> Trial:
        trial = self.study.ask()
        flat: dict[str, Any] = {}
        for name, parameter in self.space.parameters.items():
            if is_active(parameter, flat):
                flat[name] = _suggest(trial, name, parameter)
        return Trial(trial.number, nested(flat, self.space))

    def tell(self, trial: Trial, value: Any = None, *, state: str = "complete") -> None:
        states = imported(f"{self._library}.trial", "adapters.from_optuna").TrialState
        if state == "pruned":
            self.study.tell(trial.id, state=states.PRUNED)
        elif value is None or value != value:
            self.study.tell(trial.id, state=states.FAIL)
        else:
            self.study.tell(trial.id, value)

    def enqueue(self, params: dict[str, Any]) -> None:
        flat = flat_params(params, self.space)
        self.study.enqueue_trial({name: flat[name] for name in flat if not self._is_constant(name)})

    def observe(self, params: dict[str, Any], value: Any) -> None:
        create_trial = imported("optuna.trial", "adapters.from_optuna").create_trial
        flat = {name: value for name, value in flat_params(params, self.space).items() if not self._is_constant(name)}
        known = {name: write(self.space[name]) for name in flat}
        self.study.add_trial(create_trial(params=flat, distributions=known, value=value))

    def _is_constant(self, name: str) -> bool:
        return not self.space[name]._varies

    @property
    def trials(self) -> list[Trial]:
        return [self._recorded(trial) for trial in self.study.trials]

    @property
    def best(self) -> Trial | None:
        try:
            trial = self.study.best_trial
        except (ValueError, RuntimeError):  # raised by the two libraries while no trial is complete
            return None
        return None if trial is None else self._recorded(trial)

    def _recorded(self, trial: Any) -> Trial:
        flat = dict(trial.params)
        for name, parameter in self.space.parameters.items():
            if not parameter._varies and is_active(parameter, flat):
                flat[name] = parameter._only()
        values = trial.values
        return Trial(trial.number, nested(flat, self.space), values[0] if values and len(values) == 1 else None)

    @property
    def pending(self) -> Iterator[Trial]:
        return (trial for trial in self.trials if trial.value is None)


def _require_supported(name: str, parameter: Parameter) -> None:
    number = parameter._number()
    if number is None:
        if parameter._varies:
            plain_choices(parameter, name, (bool, int, float, str))
        return
    if number._type is int and number.log and number.step != 1:
        raise Unsupported(f"{name}: a logarithmic integer with a step")
    if number._type is int and not -(2**63) <= number.low <= number.high < 2**63:
        raise Unsupported(f"{name}: integers beyond signed 64 bits")


def _suggest(trial: Any, name: str, parameter: Parameter) -> Any:
    number, labels = parameter._number(), parameter._labels()
    if number is None:
        return trial.suggest_categorical(name, list(labels or ())) if parameter._varies else parameter._only()
    suggest = trial.suggest_int if number._type is int else trial.suggest_float
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna warns of a range that is not a multiple of its step
        return suggest(name, number.low, number.high, step=number.step, log=number.log)
