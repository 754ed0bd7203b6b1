"""A sweeper for Hydra: ``python app.py --multirun hydra/sweeper=tanteo 'lr=tag(log, interval(1e-5, 1e-1))'``.

The package ``hydra_plugins`` beside this one registers it; ``pip install 'tanteo[hydra]'`` installs Hydra.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from .._internal.coercion import as_int_at_least
from .._internal.optional import require
from ..exceptions import ArgumentError, SpaceExhausted
from ..optimizer import Optimizer
from ..run.evaluation import Evaluation, describe_error, failed, read_return
from ..run.loop import tell
from ..run.sharing import sharing
from ..run.signals import Cancelled
from ..samplers import from_dict
from ..space.labels import Choices
from ..space.parameters import Categorical, Float, Int, Parameter
from ..study import Study
from ..trials.trial import Trial

_LOG = logging.getLogger(__name__)
#: The file with the result, in the folder of the sweep, as other sweepers write it.
RESULTS = "optimization_results.yaml"


@dataclass(frozen=True)
class Overrides:
    """The overrides of a sweep.

    Attributes
    ----------
    fixed
        Those of every job.
    space
        The parameters of all others, by the names of what they override.
    texts
        The function from a value to the override.
    """

    fixed: list[str]
    space: dict[str, Parameter]
    texts: dict[str, Callable[[Any], str]]

    def of(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the overrides of a job."""
        return (*self.fixed, *(self.texts[name](value) for name, value in params.items()))


def read_overrides(arguments: Sequence[str], config_loader: Any = None) -> Overrides:
    """Read the overrides of a sweep; a later one replaces an earlier one of the same name.

    Raises
    ------
    ArgumentError
        Naming an override that is no space.
    """
    parser = require("hydra.core.override_parser.overrides_parser", extra="hydra", needed_by="read_overrides")
    parsed = parser.OverridesParser.create(config_loader=config_loader).parse_overrides(list(arguments))
    last = {override.get_key_element(): override for override in parsed}
    found = Overrides([], {}, {})
    for key, override in last.items():
        if not override.is_sweep_override():
            found.fixed.append(override.input_line)
            continue
        name = key.lstrip("+")
        try:
            found.space[name], text = _parameter(override)
        except ValueError as error:
            raise ArgumentError(f"the override {override.input_line!r} is no space: {error}") from error
        found.texts[name] = lambda value, key=key, text=text: f"{key}={text(value)}"  # type: ignore[misc] # bound early
    return found


def _parameter(override: Any) -> tuple[Parameter, Callable[[Any], str]]:
    """Return the parameter for a sweep, and the function from its values to texts that Hydra reads as the same."""
    sweep = override.value()
    is_log = "log" in getattr(sweep, "tags", ())
    if override.is_interval_sweep():
        kind = Int if type(sweep.start) is int and type(sweep.end) is int else Float
        return kind(sweep.start, sweep.end, log=is_log), repr
    if override.is_range_sweep():
        return _range(sweep, is_log=is_log), repr
    texts = list(override.sweep_string_iterator())
    labels = [_label(value, text) for value, text in zip(override.sweep_iterator(), texts, strict=True)]
    positions = Choices(labels)
    pair = positions.duplicate()
    if pair is not None:
        raise ArgumentError(f"it has the choice {texts[pair[1]]} twice; remove one")
    return Categorical(labels), lambda value: texts[positions.find(value) or 0]


def _range(sweep: Any, *, is_log: bool) -> Parameter:
    """Return the parameter for a range, whose end is excluded; in decimals, since 3 * 0.3 < 0.9 as floats."""
    start, stop, step = (Decimal(str(number)) for number in (sweep.start, sweep.stop, sweep.step))
    n = math.ceil((stop - start) / step)
    if n < 1:
        raise ArgumentError("it has no values")
    low, high = sorted((start, start + (n - 1) * step))
    if all(type(number) is int for number in (sweep.start, sweep.stop, sweep.step)):
        return Int(int(low), int(high), step=int(abs(step)), log=is_log)
    return Float(float(low), float(high), step=float(abs(step)), log=is_log)


def _label(value: Any, text: str) -> Any:
    """Return a number or a boolean itself, and of anything else the text of its override."""
    return value if type(value) in (bool, int, float) else text


def sweep(sweeper: Any, arguments: Sequence[str]) -> Optimizer:
    """Run the jobs of a sweeper of Hydra, write the result to the folder of the sweep, and return the search."""
    given = [f"{name}={value}" for name, value in (sweeper.options.get("params") or {}).items()]
    loader = sweeper.hydra_context.config_loader
    overrides = read_overrides([*given, *arguments], loader)
    if not overrides.space:
        raise ArgumentError(
            "the sweep has nothing to search; write an override such as 'lr=interval(0.1, 1)' or 'model=small,large'"
        )
    for name, when in (sweeper.options.get("conditions") or {}).items():
        if name not in overrides.space:
            raise ArgumentError(
                f"conditions name {name!r}, and the sweep searches {', '.join(overrides.space)}; sweep over {name}, or "
                "remove its condition"
            )
        overrides.space[name] = overrides.space[name]._with_when(when)
    search = _open(overrides.space, sweeper.options)
    Sweep(sweeper, search, overrides).run()
    _save_result(search, overrides, Path(sweeper.config.hydra.sweep.dir))
    return search


def _open(space: Mapping[str, Parameter], options: Mapping[str, Any]) -> Optimizer:
    """Return a new search in memory, or a study at the given path."""
    direction, sampler = options.get("direction", "minimize"), options.get("sampler", "auto")
    chosen: dict[str, Any] = {"sampler": from_dict(sampler) if isinstance(sampler, Mapping) else sampler}
    chosen |= {"direction": direction} if isinstance(direction, str) else {"directions": direction}
    seed = options.get("seed")
    if options.get("study") is None:
        return Optimizer(space, seed=seed, **chosen)
    if seed is not None:
        chosen["seed"] = seed
    return Study(options["study"], space, **chosen)


class Sweep:
    """The jobs of a sweep, in batches.

    Parameters
    ----------
    sweeper
        The sweeper, which launches the jobs.
    search
        The search.
    overrides
        The overrides of the sweep.
    """

    def __init__(self, sweeper: Any, search: Optimizer, overrides: Overrides) -> None:
        options = sweeper.options
        self._sweeper, self._search, self._overrides = sweeper, search, overrides
        self._n_trials = as_int_at_least(1, options.get("n_trials", 20), "n_trials")
        self._n_jobs = as_int_at_least(1, options.get("n_jobs", 1), "n_jobs")
        self._max_failure_rate = float(options.get("max_failure_rate", 0.0))
        self._n_told = self._n_failed = 0

    def run(self) -> None:
        """Run jobs until ``n_trials`` are told, including those of earlier runs of the study."""
        left_behind = sharing(self._search).left_behind()
        n_left = self._n_trials - (len(self._search.trials) - len(left_behind))
        while n_left > 0:
            n = min(self._n_jobs, n_left)
            trials, left_behind = left_behind[:n], left_behind[n:]
            try:
                trials += self._search.ask(n - len(trials))
            except SpaceExhausted:
                if not trials:
                    return
            self._run_batch(trials)
            n_left -= len(trials)

    def _run_batch(self, trials: Sequence[Trial]) -> None:
        batch = [self._overrides.of(trial.params) for trial in trials]
        self._sweeper.validate_batch_is_legal(batch)
        returned = self._sweeper.launcher.launch(batch, initial_job_idx=self._n_told)
        error = None
        for trial, job in zip(trials, returned, strict=True):
            evaluation, raised = self._evaluated(job)
            tell(self._search, trial, evaluation)
            self._n_told += 1
            if self._search.trials[trial.id].state == "failed" and not evaluation.cancelled:
                self._n_failed += 1
                error = raised or ArgumentError(f"job {trial.id} failed: {self._search.trials[trial.id].reason}")
        if error is not None and self._n_failed > self._max_failure_rate * self._n_told:
            raise error

    def _evaluated(self, job: Any) -> tuple[Evaluation, Exception | None]:
        """Return the result of a job, and its exception."""
        try:
            return read_return(job.return_value, self._search.objective_names or ()), None
        except Cancelled as cancelled:
            return failed(cancelled.reason, cancelled=True), None
        except Exception as error:  # that of the task function, or a value that is none
            _LOG.warning("a job failed: %s", describe_error(error))
            return failed(describe_error(error)), error


def _save_result(search: Optimizer, overrides: Overrides, folder: Path) -> None:
    """Write the best parameters and values as YAML."""
    omegaconf = require("omegaconf", extra="hydra", needed_by="the sweeper").OmegaConf
    content: dict[str, Any] = {"name": "tanteo"}
    if len(search.directions) > 1:
        best = list(search.pareto_front)
        content["solutions"] = [{"params": dict(one.params), "values": list(one.values or ())} for one in best]
    else:
        best = [trial for trial in [search.best] if trial is not None]
        content |= {"best_params": dict(best[0].params), "best_value": best[0].value} if best else {}
    folder.mkdir(parents=True, exist_ok=True)
    omegaconf.save(omegaconf.create(content), folder / RESULTS)
    for trial in best:
        values = ", ".join(map(repr, trial.values or ()))
        _LOG.info("best: %s with %s", values, " ".join(overrides.of(trial.params)))
