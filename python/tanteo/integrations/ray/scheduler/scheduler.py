"""The class that Tune calls."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .... import inside
from ...._internal.coercion import shown
from ...._internal.files import as_path
from ...._internal.text import safe_repr
from ....exceptions import ArgumentError
from ....optimizer import Optimizer
from ....space.parameters import Float
from ..metrics import Metrics, check_names, missing_time_attr, step_of
from ..tune import DEFAULT_METRIC, SHOULD_CHECKPOINT, TRAINING_ITERATION, FunctionTrainable, Trainable, TrialScheduler
from .experiment import Experiment
from .pauses import Pauses, Trials
from .stored import RequestedSettings

if TYPE_CHECKING:
    from ....options import AnyPruner

_LOG = logging.getLogger(__name__)
#: The optimizer is never asked where to search.
_ANY_SPACE = {"x": Float(0.0, 1.0)}
_NO_MODE = (
    "TanteoScheduler has no mode: pass metric= and mode= ('min' or 'max') to TuneConfig, or to TanteoScheduler where "
    "the searcher has several"
)
_NO_CHECKPOINT = (
    "a trial that was to be paused is stopped for good, because its trainable saves no checkpoint: pass checkpoint= to "
    "tune.report, or define save_checkpoint and load_checkpoint; TanteoScheduler(pausing=False) does not pause"
)


class TanteoScheduler(TrialScheduler):  # type: ignore[misc]  # Ray has no types, and a class of type Any cannot be checked
    """Stop, or pause, the trials of a Ray Tune experiment by a pruner of Tanteo.

    A paused trial gives its resources to others. It goes on from its checkpoint, before any new trial, once the pruner
    would not stop it any more. When nothing is left to run, what is still paused is stopped.

    Parameters
    ----------
    pruner
        As for :class:`tanteo.Optimizer`.
    pausing
        Whether trials that may go on later are paused. Their trainable must save checkpoints; without one a trial is
        stopped, with a warning.
    metric, mode
        Usually left to ``TuneConfig``. With several objectives, the one to stop by.
    time_attr
        The result that tells how far a trial has come, as for :class:`TanteoSearch`; it counts whole steps.
    seed
        As for :class:`tanteo.Optimizer`. It determines the third of the trials that the pruner ``Auto`` never stops.

    Raises
    ------
    ArgumentError
        If an argument is invalid.

    Notes
    -----
    It works with any searcher. In a restored experiment it knows the earlier trials, and which of them are paused, if
    the searcher is a :class:`TanteoSearch`, also within a ``ConcurrencyLimiter``. A ``ConcurrencyLimiter`` does not
    count paused trials.

    Examples
    --------
    >>> from ray import tune                                                                      # doctest: +SKIP
    >>> halving = tt.pruners.SuccessiveHalving(min_resource=3, reduction_factor=3)                # doctest: +SKIP
    >>> tune.TuneConfig(                                                                          # doctest: +SKIP
    ...     metric="loss", mode="min", num_samples=50, search_alg=TanteoSearch(),
    ...     scheduler=TanteoScheduler(halving, pausing=True),
    ... )
    """

    # Decisions are about the latest result: results are not handed over in bundles.
    _supports_buffered_results = False

    def __init__(
        self,
        pruner: AnyPruner = "auto",
        *,
        pausing: bool = False,
        metric: str | None = None,
        mode: str | None = None,
        time_attr: str = TRAINING_ITERATION,
        seed: int | None = None,
    ) -> None:
        super().__init__()
        if not isinstance(time_attr, str):
            raise ArgumentError(f"time_attr must be the name of a result, got {shown(time_attr)}")
        if metric is not None:
            check_names([metric])
        if mode is not None:
            Metrics(metric, mode)
        self._metric, self._mode, self._time_attr = metric, mode, time_attr
        options: dict[str, Any] = {"pruner": pruner, "pausing": pausing, "sampler": "random", "deduplicate": False}
        # The mode may be set later, but invalid arguments should fail immediately.
        checked = Optimizer(_ANY_SPACE, **options, seed=seed)
        self._options, self._requested = {**options, "seed": checked.seed}, RequestedSettings(checked)
        # Whether the first result, which tells if there is a `time_attr`, is still to come.
        self._awaits_result = True
        self._warned = False
        self._experiment = Experiment()
        # Both are set when the first trial is added; the pauses also by a restored state.
        self._metrics: Metrics | None = None
        self._pauses: Pauses | None = None

    @property
    def _trials(self) -> Trials | None:
        """The trials; None before the first one is added or restored."""
        return None if self._pauses is None else self._pauses.trials

    # --- before trials run -------------------------------------------------------------------------------------------

    def set_search_properties(self, metric: str | None, mode: str | None, **spec: Any) -> bool:
        """Take the metric and the mode of ``TuneConfig``; refuse a second one.

        Raises
        ------
        ArgumentError
            If the scheduler has served another experiment.
        """
        self._experiment.check_new()
        if (self._metric and metric) or (self._mode and mode):
            return False
        self._metric, self._mode = self._metric or metric, self._mode or mode
        if self._metric is None and self._mode is not None:
            self._metric = DEFAULT_METRIC
        return True

    def on_trial_add(self, tune_controller: Any, trial: Any) -> None:
        """Add a trial that is new, starts again after a failure, or belongs to a restored experiment."""
        self._experiment.bind(tune_controller)
        self._experiment.forget_decision(trial.trial_id)
        pauses, metrics = self._ready(tune_controller)
        trials = pauses.trials
        number = trials.number_of(trial)
        if number is None:
            if not trial.is_finished():
                trials.add(trial)
            return
        trials.attach(number, trial)
        state = trials.optimizer.trials[number]
        if trial.is_finished():
            self._end_finished(pauses, metrics, number, trial)
        elif state.state == "paused":
            # Tune restores a paused trial as one that waits to be started.
            trial.set_status(trial.PAUSED)
            # It saves the limiters first, and a pause that was recorded during the save is missing there.
            self._experiment.count(trial.trial_id, paused=True)
        elif state.state == "pruned" and not trial.last_result.get("done"):
            # It was stopped for good while it was paused or waited. Tune does not save that, and would start it again.
            trial.set_status(trial.TERMINATED)
            trials.detach(number)
        else:
            pauses.expect_repeat(number)
            if state.state != "pending":
                trials.optimizer.retract(number)
                # A limiter passes on the results only of trials that it counts.
                self._experiment.count(trial.trial_id, paused=False)

    def _ready(self, tune_controller: Any) -> tuple[Pauses, Metrics]:
        """Return the pauses and the metrics; begin, or continue from a stored state, with the first trial."""
        if self._pauses is None or self._metrics is None:
            if self._mode is None:
                raise ArgumentError(_NO_MODE)
            stored = self._experiment.connect(tune_controller, self._state)
            if self._pauses is None and stored:
                self._logged(self._take_over, stored)
            trials = self._trials
            if trials is not None and self._requested.refuses(inside.settings(trials.optimizer), self._mode):
                self._pauses = None
            self._metrics = Metrics(self._metric, self._mode)
        if self._pauses is None:
            optimizer = Optimizer(_ANY_SPACE, direction=self._metrics.directions[0], **self._options)
            self._pauses = Pauses(Trials(optimizer), self._experiment)
        return self._pauses, self._metrics

    def _end_finished(self, pauses: Pauses, metrics: Metrics, number: int, trial: Any) -> None:
        """Record the end of a trial that finished after the last save of the experiment that is restored."""
        trials = pauses.trials
        state, result = trials.optimizer.trials[number], trial.last_result
        if state.state not in ("pending", "paused"):
            trials.detach(number)
            return
        if state.state == "paused":
            # The searcher and the limiters were not told that it resumed, and its end will not be told to them either.
            inside.resume(trials.optimizer, number)
        if trial.status == trial.ERROR:
            pauses.tell(number, state="failed")
            return
        has_resumed = self._report(pauses, number, result) or state.state != "paused"
        values = metrics.read(result)
        if values is None or not has_resumed:
            pauses.tell(number, state="pruned", reason=state.reason)
        else:
            pauses.tell(number, value=values[0])

    # --- while trials run --------------------------------------------------------------------------------------------

    def on_trial_result(self, tune_controller: Any, trial: Any, result: Mapping[str, Any]) -> str:
        """Record a result, and say whether the trial goes on."""
        try:
            return self._decide(trial, result)
        except Exception:
            # An exception here would end the experiment, and no single decision is worth that.
            _LOG.exception("a result could not be judged, and the trial goes on")
            return str(self.CONTINUE)

    def _decide(self, trial: Any, result: Mapping[str, Any]) -> str:
        pauses, number = self._pauses, self._number_of(trial)
        if pauses is None or number is None or not self._report(pauses, number, result):
            return str(self.CONTINUE)
        decision = pauses.trials.optimizer.should_prune(number)
        if not decision:
            return str(self.CONTINUE)
        if decision.pause and self._can_resume(trial, result):
            pauses.expect_pause(number)
            return str(self.PAUSE)
        pauses.expect_stop(number)
        return str(self.STOP)

    def _number_of(self, trial: Any) -> int | None:
        return None if self._trials is None else self._trials.number_of(trial)

    def _report(self, pauses: Pauses, number: int, result: Mapping[str, Any]) -> bool:
        """Report a result to the optimizer; return whether it has a value, and the pruner is to be asked about it."""
        step = step_of(result, self._time_attr)
        value = None if self._metrics is None else (self._metrics.read(result) or (None,))[0]
        if self._awaits_result and value is not None:
            self._awaits_result = False
            message = missing_time_attr(result, self._time_attr)
            if message is not None:
                _LOG.warning("TanteoScheduler: %s", message)
        return step is not None and value is not None and pauses.report(number, int(step), value)

    def _can_resume(self, trial: Any, result: Mapping[str, Any]) -> bool:
        """Whether a trial has a checkpoint, or makes one when it is paused."""
        kind: Any = trial.get_trainable_cls()
        is_function = not isinstance(kind, type) or issubclass(kind, FunctionTrainable)
        if is_function:
            saves = result.get(SHOULD_CHECKPOINT) or trial.has_checkpoint()
        else:
            saves = kind.save_checkpoint is not Trainable.save_checkpoint
        if not saves and not self._warned:
            _LOG.warning(_NO_CHECKPOINT)
            self._warned = True
        return bool(saves)

    def on_trial_complete(self, tune_controller: Any, trial: Any, result: Mapping[str, Any]) -> None:
        """Record the end of a running trial."""
        self._logged(self._complete, trial, result)

    def _complete(self, trial: Any, result: Mapping[str, Any]) -> None:
        pauses, number = self._pauses, self._number_of(trial)
        if pauses is None or number is None or self._metrics is None:
            return
        if pauses.is_stopping(number):
            pauses.tell(number, state="pruned")
            return
        self._report(pauses, number, result)
        values = self._metrics.read(result)
        pauses.tell(number, value=None if values is None else values[0])

    def on_trial_error(self, tune_controller: Any, trial: Any) -> None:
        """Record that a trial failed; it may be added again."""
        self._logged(self._fail, trial)

    def _fail(self, trial: Any) -> None:
        number = self._number_of(trial)
        if self._pauses is not None and number is not None:
            self._pauses.tell(number, state="failed")

    def on_trial_remove(self, tune_controller: Any, trial: Any) -> None:
        """Record that a paused or waiting trial is stopped."""
        self._logged(self._remove, trial)

    def _remove(self, trial: Any) -> None:
        number = self._number_of(trial)
        if self._pauses is not None and number is not None:
            self._pauses.record_stop(number)

    def choose_trial_to_run(self, tune_controller: Any) -> Any:
        """Return the paused trial that resumes next, else the next waiting trial, or None."""
        tune_trials = tune_controller.get_trials()
        if self._pauses is None:
            return _first_pending(tune_trials)
        self._logged(self._pauses.record_pauses)
        chosen = self._logged(self._pauses.next_to_resume, tune_trials)
        if chosen is None:
            chosen = _first_pending(tune_trials)
        if chosen is None:
            self._pauses.stop_if_idle(tune_controller, tune_trials)
        return chosen

    def _logged(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function; log an exception and return None, because it would end the experiment."""
        try:
            return function(*arguments)
        except Exception:
            _LOG.exception("the scheduler failed to process an event; the experiment continues")
            return None

    def __repr__(self) -> str:
        options = self._options
        pausing = ", pausing=True" if options["pausing"] else ""
        return f"TanteoScheduler({safe_repr(options['pruner'])}{pausing})"

    def debug_string(self) -> str:
        """Return one line for Tune's display."""
        if self._trials is None:
            return "TanteoScheduler: no trials yet"
        counts = Counter(trial.state for trial in self._trials.optimizer.trials)
        return f"TanteoScheduler: {counts['pruned']} trials stopped, {counts['paused']} paused"

    # --- the state ---------------------------------------------------------------------------------------------------

    def save(self, checkpoint_path: str) -> None:
        """Write what was reported and decided to a file; Tune does not ask for it."""
        as_path(checkpoint_path).write_bytes(self._state())

    def restore(self, checkpoint_path: str) -> None:
        """Take over what :meth:`save` wrote."""
        self._take_over(as_path(checkpoint_path).read_bytes())

    def _state(self) -> bytes:
        """Return the state; a trial that Tune has paused by now is paused in it, and does not start when restored."""
        if self._pauses is None:
            return b""
        self._logged(self._pauses.record_pauses)
        return self._pauses.trials.optimizer.to_bytes()

    def _take_over(self, data: bytes) -> None:
        """Continue with the trials of a stored state, or start empty if it is that of another scheduler."""
        if data:
            self._adopt(self._requested.restore(data, self._mode))

    def _adopt(self, optimizer: Optimizer | None) -> None:
        self._pauses = None if optimizer is None else Pauses(Trials(optimizer), self._experiment)
        # The next trial that is added connects this scheduler with its experiment again.
        self._metrics = None

    def __getstate__(self) -> dict[str, Any]:
        """Return the state of a copy: the arguments and the optimizer, without what is valid only in this run."""
        state = {**self.__dict__, "_optimizer": None if self._trials is None else self._trials.optimizer}
        for name in ("_pauses", "_metrics", "_experiment"):
            del state[name]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the state that :meth:`__getstate__` returned."""
        state = dict(state)
        optimizer = state.pop("_optimizer")
        self.__dict__.update(state)
        self._experiment = Experiment()
        self._adopt(optimizer)


def _first_pending(trials: Any) -> Any:
    """Return the first trial that waits to be started; None if there is none."""
    return next((trial for trial in trials if trial.status == trial.PENDING), None)
