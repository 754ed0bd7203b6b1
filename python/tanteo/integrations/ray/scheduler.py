"""The scheduler that Ray Tune asks after each result: whether a trial goes on, is paused or is stopped.

The scheduler has an optimizer of its own, which it uses only for pruning. That optimizer has one trial for each trial
of Tune, with its reports but without its configuration. Tune does not save the state of schedulers. If the searcher of
the experiment is a :class:`TanteoSearch`, the optimizer is saved in the files of the searcher.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..._core import CoreOptimizer
from ..._internal.coercion import shown
from ..._internal.files import as_path
from ...exceptions import ArgumentError, SnapshotError
from ...optimizer import Optimizer
from ...pruners.settings import from_core as pruner_from_core
from ...space.parameters import Float
from .base import SearchBase
from .metrics import Metrics, check_names, step_of
from .tune import DEFAULT_METRIC, SHOULD_CHECKPOINT, TRAINING_ITERATION, FunctionTrainable, Trainable, TrialScheduler

if TYPE_CHECKING:
    from ...pruners import Pruner
    from ...pruners import Settings as PrunerSettings

_LOG = logging.getLogger(__name__)
#: The optimizer is never asked where to search.
_ANY_SPACE = {"x": Float(0.0, 1.0)}
#: The attribute that has the id of a trial at Tune.
_ID = "trial"
#: Steps of Tune's loop in a row that nothing happens in before paused trials are given up.
_IDLE = 2
_NO_CHECKPOINT = (
    "a trial that was to be paused is stopped for good, because its trainable saves no checkpoint: pass checkpoint= to "
    "tune.report, or define save_checkpoint and load_checkpoint; TanteoScheduler(pausing=False) does not pause"
)
_OF_ANOTHER = "the stored state is that of another TanteoScheduler, and this one starts empty: %s"


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
        As for :class:`tanteo.Optimizer`. The pruner ``Auto`` draws which trials run to their end whatever is expected.

    Raises
    ------
    ArgumentError
        For an argument that makes no sense.

    Notes
    -----
    It works beside any searcher. In an experiment that is restored it knows the earlier trials, and which of them are
    paused, where the searcher is a :class:`TanteoSearch`, also inside of a ``ConcurrencyLimiter``. A
    ``ConcurrencyLimiter`` does not count paused trials.

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
        pruner: str | PrunerSettings | Pruner = "auto",
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
        self._options, self._user_pruner = {**options, "seed": checked.seed}, checked._user_objects.pruner
        self._settings = checked._core.settings()
        self._metrics: Metrics | None = None
        self._optimizer: Optimizer | None = None
        # Trials of Tune by their number in the optimizer, and the other way round.
        self._trials: dict[int, Any] = {}
        self._numbers: dict[str, int] = {}
        # The last step of each trial.
        self._last_steps: dict[int, int] = {}
        # Trials that Tune is about to pause, those it is about to stop, and the paused trial that resumes next.
        self._pausing: set[int] = set()
        self._stopped: set[int] = set()
        self._next: int | None = None
        self._idle = 0
        # Whether a paused trial may resume: false after the pruner chose none, until something new is reported.
        self._may_promote = True
        self._warned = False
        # The experiment: its controller, its searcher, and what limits how many of its trials run at once.
        self._controller: Any = None
        self._search: SearchBase | None = None
        self._limiters: list[Any] = []

    # --- what Tune calls before trials run ---------------------------------------------------------------------------

    def set_search_properties(self, metric: str | None, mode: str | None, **spec: Any) -> bool:
        """Take the metric and the mode of ``TuneConfig``; refuse a second one."""
        if (self._metric and metric) or (self._mode and mode):
            return False
        self._metric, self._mode = self._metric or metric, self._mode or mode
        if self._metric is None and self._mode is not None:
            self._metric = DEFAULT_METRIC
        return True

    def on_trial_add(self, tune_controller: Any, trial: Any) -> None:
        """Take in a trial that is new, starts anew after a failure, or is that of a restored experiment."""
        self._check_experiment(tune_controller)
        optimizer = self._ready(tune_controller)
        number = self._numbers.get(trial.trial_id)
        if number is None:
            if not trial.is_finished():
                number, _ = optimizer._core.ask()
                optimizer.set_attr(number, _ID, trial.trial_id)
                self._numbers[trial.trial_id], self._trials[number] = number, trial
            return
        self._trials[number] = trial
        state = optimizer.trials[number]
        if trial.is_finished():
            self._end_finished(number, trial)
        elif state.paused:
            # Tune restores a paused trial as one that waits to be started.
            trial.set_status(trial.PAUSED)
        elif state.state != "pending":
            optimizer.retract(number)

    def _end_finished(self, number: int, trial: Any) -> None:
        """Record the end of a trial that finished after the last save of the experiment that is restored."""
        optimizer, metrics = self._optimizer, self._metrics
        if optimizer is None or metrics is None:
            return
        state, result = optimizer.trials[number], trial.last_result
        if state.state != "pending" and not state.paused:
            self._trials.pop(number, None)
            return
        if state.paused:
            # The searcher and the limiters were not told that it resumed, and its end will not be told to them either.
            optimizer._core.resume(number)
        if trial.status == trial.ERROR:
            self._tell(number, state="failed")
            return
        has_resumed = self._reported(number, result) or not state.paused
        values = metrics.read(result)
        if values is None or not has_resumed:
            self._tell(number, state="pruned", reason=state.reason)
        else:
            self._tell(number, value=values[0])

    def _check_experiment(self, tune_controller: Any) -> None:
        """Remember the experiment, and refuse a second one."""
        # Tune sometimes passes a new wrapper around the controller.
        controller = getattr(tune_controller, "_tune_controller", tune_controller)
        if self._controller is not None and self._controller is not controller:
            raise ArgumentError("a TanteoScheduler serves one experiment; make a new one")
        self._controller = controller

    # --- what Tune calls while trials run ----------------------------------------------------------------------------

    def on_trial_result(self, tune_controller: Any, trial: Any, result: Mapping[str, Any]) -> str:
        """Record a result, and say whether the trial goes on."""
        try:
            return self._decided(trial, result)
        except Exception:
            # An exception here would end the experiment, and no single decision is worth that.
            _LOG.exception("a result could not be judged, and the trial goes on")
            return str(self.CONTINUE)

    def _decided(self, trial: Any, result: Mapping[str, Any]) -> str:
        number, optimizer = self._numbers.get(trial.trial_id), self._optimizer
        if number is None or optimizer is None or not self._reported(number, result):
            return str(self.CONTINUE)
        decision = optimizer.should_prune(number)
        if not decision:
            return str(self.CONTINUE)
        if decision.pause and self._can_go_on(trial, result):
            self._pausing.add(number)
            return str(self.PAUSE)
        self._stopped.add(number)
        return str(self.STOP)

    def _reported(self, number: int, result: Mapping[str, Any]) -> bool:
        """Report a result to the optimizer; return whether it has a value at a new step."""
        optimizer, metrics = self._optimizer, self._metrics
        step = step_of(result, self._time_attr)
        values = None if metrics is None else metrics.read(result)
        if optimizer is None or step is None or values is None or int(step) <= self._last_steps.get(number, -1):
            return False
        optimizer.report(number, int(step), values[0])
        self._last_steps[number], self._may_promote = int(step), True
        return True

    def _can_go_on(self, trial: Any, result: Mapping[str, Any]) -> bool:
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
        self._logged(self._completed, trial, result)

    def _completed(self, trial: Any, result: Mapping[str, Any]) -> None:
        number, optimizer, metrics = self._numbers.get(trial.trial_id), self._optimizer, self._metrics
        if number is None or optimizer is None or metrics is None:
            return
        if number in self._stopped:
            self._tell(number, state="pruned")
            return
        self._reported(number, result)
        values = metrics.read(result)
        self._tell(number, value=None if values is None else values[0])

    def on_trial_error(self, tune_controller: Any, trial: Any) -> None:
        """Record that a trial failed; it may be added again."""
        self._logged(self._failed, trial)

    def _failed(self, trial: Any) -> None:
        number = self._numbers.get(trial.trial_id)
        if number is not None:
            self._tell(number, state="failed")

    def on_trial_remove(self, tune_controller: Any, trial: Any) -> None:
        """Record that a paused or waiting trial is stopped."""
        self._logged(self._removed, trial)

    def _removed(self, trial: Any) -> None:
        number = self._numbers.get(trial.trial_id)
        if number is not None:
            self._give_up(number)

    def _give_up(self, number: int) -> None:
        """Stop a trial for good that is paused or waits."""
        optimizer = self._optimizer
        if optimizer is None:
            return
        state = optimizer.trials[number]
        if state.paused:
            optimizer._core.resume(number)
            self._resume(number)
        self._tell(number, state="pruned", reason=state.reason)

    def _tell(self, number: int, **outcome: Any) -> None:
        """End a pending trial, or pause it with ``state="paused"``."""
        optimizer = self._optimizer
        self._pausing.discard(number)
        self._stopped.discard(number)
        self._next = None if self._next == number else self._next
        self._idle, self._may_promote = 0, True
        if optimizer is not None and optimizer.trials[number].state == "pending":
            optimizer.tell(number, **outcome)
        if outcome.get("state") != "paused":
            self._trials.pop(number, None)

    def choose_trial_to_run(self, tune_controller: Any) -> Any:
        """Return the paused trial that resumes next, else the next waiting trial, or None."""
        trials = tune_controller.get_trials()
        self._logged(self._note_pauses)
        chosen = self._logged(self._promoted, trials)
        if chosen is not None:
            return chosen
        waiting = next((trial for trial in trials if trial.status == trial.PENDING), None)
        if waiting is not None:
            return waiting
        self._idle += 1
        if self._idle >= _IDLE and not any(trial.status == trial.RUNNING for trial in trials):
            # Otherwise Tune would wait for the paused trials for ever.
            for trial in [trial for trial in trials if trial.status == trial.PAUSED]:
                tune_controller.stop_trial(trial)
        return None

    def _note_pauses(self) -> None:
        """Record trials that Tune has paused since the last call; Tune saves their checkpoints first."""
        for number in sorted(self._pausing):
            trial = self._trials.get(number)
            if trial is not None and trial.status == trial.RUNNING:
                continue
            self._pausing.discard(number)
            if trial is not None and trial.status == trial.PAUSED:
                self._tell(number, state="paused")
                self._announce(trial.trial_id, paused=True)

    def _promoted(self, trials: Sequence[Any]) -> Any:
        """Return the paused trial of this experiment that resumes next.

        Trials resume one at a time, so that each choice uses all results up to then.
        """
        optimizer = self._optimizer
        if optimizer is None:
            return None
        if self._next is not None:
            trial = self._trials.get(self._next)
            if trial is not None and trial in trials and trial.status in (trial.PENDING, trial.PAUSED):
                return trial
            self._next = None
        if not self._may_promote:
            return None
        try:
            promoted = optimizer._promoted()
        except Exception:  # what a pruner of the user's own raises
            _LOG.exception("the pruner could not be asked which paused trial should go on")
            promoted = None
        self._may_promote = promoted is not None
        if promoted is None:
            return None
        trial = self._trials.get(promoted.id)
        if trial is None or trial not in trials or trial.status != trial.PAUSED:
            # A trial of an earlier experiment with the same searcher.
            self._tell(promoted.id, state="pruned")
            return None
        self._next, self._idle = promoted.id, 0
        self._resume(promoted.id)
        return trial

    def _resume(self, number: int) -> None:
        """Tell the searcher and the limiters that a paused trial resumes."""
        trial = self._trials.get(number)
        if trial is not None:
            self._announce(trial.trial_id, paused=False)

    def _announce(self, trial_id: str, *, paused: bool) -> None:
        """Tell the searcher and the limiters that a trial is paused, or resumes."""
        if self._search is not None:
            (self._search.on_pause if paused else self._search.on_unpause)(trial_id)
        for limiter in self._limiters:
            (limiter.live_trials.discard if paused else limiter.live_trials.add)(trial_id)

    def debug_string(self) -> str:
        """Return one line for Tune's display."""
        optimizer = self._optimizer
        if optimizer is None:
            return "TanteoScheduler: no trials yet"
        trials = list(optimizer.trials)
        n_paused = sum(trial.paused for trial in trials)
        n_stopped = sum(trial.state == "pruned" and not trial.paused for trial in trials)
        return f"TanteoScheduler: {n_stopped} trials stopped, {n_paused} paused"

    # --- keeping it --------------------------------------------------------------------------------------------------

    def save(self, checkpoint_path: str) -> None:
        """Write what was reported and decided to a file; Tune does not ask for it."""
        as_path(checkpoint_path).write_bytes(self._state())

    def restore(self, checkpoint_path: str) -> None:
        """Take over what :meth:`save` wrote."""
        self._take_over(as_path(checkpoint_path).read_bytes())

    def _state(self) -> bytes:
        return b"" if self._optimizer is None else self._optimizer.to_bytes()

    def _take_over(self, data: bytes) -> None:
        if not data:
            return
        if self._is_of_another(CoreOptimizer.restore(data)[0].settings()):
            self._adopt(None)
            return
        try:
            optimizer: Optimizer | None = Optimizer.from_bytes(data, pruner=self._user_pruner)
        except SnapshotError as error:  # two pruners of the user
            _LOG.warning(_OF_ANOTHER, error)
            optimizer = None
        self._adopt(optimizer)

    def _adopt(self, optimizer: Optimizer | None) -> None:
        """Go on with the trials of an optimizer, or start empty with None."""
        trials = [] if optimizer is None else list(optimizer.trials)
        self._numbers = {str(trial.attrs[_ID]): trial.id for trial in trials}
        self._last_steps = {trial.id: max(trial.steps) for trial in trials if trial.steps}
        self._optimizer, self._may_promote = optimizer, True
        self.__dict__.update(_of_this_run())

    def _is_of_another(self, stored: Mapping[str, Any]) -> bool:
        """Whether stored settings differ from those asked for, with a warning; the mode may be unknown yet."""
        names = ["pruner", "pausing"] if self._mode is None else ["pruner", "pausing", "maximize"]
        asked = {**self._settings, "maximize": [self._mode == "max"]}
        differences = [
            f"{_described(name, asked[name])} here, {_described(name, stored[name])} there"
            for name in names
            if asked[name] != stored[name]
        ]
        if differences:
            _LOG.warning(_OF_ANOTHER, "; ".join(differences))
        return bool(differences)

    def _ready(self, tune_controller: Any) -> Optimizer:
        """Return the optimizer, once metric and mode are known."""
        if self._optimizer is None or self._metrics is None:
            if self._mode is None:
                raise ArgumentError(
                    "TanteoScheduler has no mode: pass metric= and mode= ('min' or 'max') to TuneConfig, or to "
                    "TanteoScheduler where the searcher has several"
                )
            # This may restore a state, which resets the metrics.
            self._connect(tune_controller)
            if self._optimizer is not None and self._is_of_another(self._optimizer._core.settings()):
                self._adopt(None)
            self._metrics = Metrics(self._metric, self._mode)
        if self._optimizer is None:
            self._optimizer = Optimizer(_ANY_SPACE, direction=self._metrics.directions[0], **self._options)
        return self._optimizer

    def _connect(self, tune_controller: Any) -> None:
        """Find the searcher that saves the state, and the limiters of concurrency."""
        self._search, self._limiters = None, []
        for each in _unwrapped(getattr(tune_controller, "search_alg", None)):
            if isinstance(getattr(each, "live_trials", None), set) and hasattr(each, "searcher"):
                self._limiters.append(each)
            if isinstance(each, SearchBase):
                self._search, stored = each, each.keep_for(self._state)
                if self._optimizer is None and stored:
                    self._logged(self._take_over, stored)

    def _logged(self, function: Any, *arguments: Any) -> Any:
        """Call a function; log an exception and return None, because it would end the experiment."""
        try:
            return function(*arguments)
        except Exception:
            _LOG.exception("the scheduler failed to process an event; the experiment continues")
            return None

    def __getstate__(self) -> dict[str, Any]:
        """Return the state of a copy: what is stored, without Tune's objects and what is under way with them."""
        return {**self.__dict__, **_of_this_run(), "_controller": None, "_search": None, "_limiters": []}


def _described(name: str, setting: Any) -> str:
    """Return a setting of the core as a user gives it."""
    if name == "maximize":
        return f"mode {'max' if setting[0] else 'min'!r}"
    if name == "pruner":
        return "a pruner of your own" if setting[0] == "external" else f"pruner {pruner_from_core(setting)!r}"
    return f"{name} {setting!r}"


def _of_this_run() -> dict[str, Any]:
    """Return the initial values of the attributes that are valid only in the running experiment."""
    return {"_metrics": None, "_trials": {}, "_pausing": set(), "_stopped": set(), "_next": None, "_idle": 0}


def _unwrapped(search: Any) -> Iterator[Any]:
    """Iterate over a searcher and those inside of it."""
    while search is not None:
        yield search
        search = getattr(search, "searcher", None)
