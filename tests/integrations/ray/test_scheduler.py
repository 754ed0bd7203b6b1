"""The scheduler, tested with a fake of Tune's controller that starts no Ray actors."""

import json
import logging
import math
import re
from types import SimpleNamespace

import pytest
from ray import cloudpickle, tune
from ray.tune.execution.tune_controller import TuneController
from ray.tune.search import ConcurrencyLimiter
from ray.tune.search.search_generator import SearchGenerator
from ray.tune.trainable.function_trainable import FunctionTrainable

import tanteo as tt
from tanteo._core import CoreOptimizer
from tanteo.integrations.ray import TanteoScheduler, TanteoSearch

SPACE = {"x": tune.uniform(0, 1)}
HALVING = tt.pruners.SuccessiveHalving(min_resource=1, reduction_factor=2)


class Saves(tune.Trainable):
    def save_checkpoint(self, checkpoint_dir):
        return None


class SavesNothing(tune.Trainable):
    pass


class Trial:
    """A fake of Tune's trial with what the scheduler reads."""

    PENDING, RUNNING, PAUSED, TERMINATED, ERROR = "PENDING", "RUNNING", "PAUSED", "TERMINATED", "ERROR"

    def __init__(self, trial_id, kind=Saves):
        self.trial_id, self.kind, self.status, self.saved = trial_id, kind, self.PENDING, False
        self.last_result = {}

    def get_trainable_cls(self):
        return self.kind

    def has_checkpoint(self):
        return self.saved

    def is_finished(self):
        return self.status in (self.TERMINATED, self.ERROR)

    def set_status(self, status):
        self.status = status


class Controller:
    """A fake of Tune's event loop with the calls to a scheduler."""

    def __init__(self, scheduler, search=None):
        self.scheduler, self.trials, self.search_alg = scheduler, [], search or SimpleNamespace()
        scheduler.set_search_properties("loss", "min")

    def get_trials(self):
        return self.trials

    def stop_trial(self, trial):
        self.scheduler.on_trial_remove(self, trial)
        trial.status = Trial.TERMINATED

    def add(self, trial):
        self.trials.append(trial)
        self.scheduler.on_trial_add(self, trial)
        return trial

    def start(self, kind=Saves):
        trial = self.add(Trial(f"t{len(self.trials)}", kind))
        trial.status = Trial.RUNNING
        return trial

    def report(self, trial, value, step, **metrics):
        result = {"loss": value, "training_iteration": step, **metrics}
        decision = self.scheduler.on_trial_result(self, trial, result)
        if decision == "STOP":
            self.scheduler.on_trial_complete(self, trial, result)
            trial.status = Trial.TERMINATED
        elif decision == "PAUSE":
            trial.status = Trial.PAUSED
        return decision

    def choose(self):
        trial = self.scheduler.choose_trial_to_run(self)
        if trial is not None:
            trial.status = Trial.PENDING
        return trial


def states(scheduler):
    return [trial.state for trial in scheduler._trials.optimizer.trials]


def test_the_pruner_stops_trials_in_the_direction_of_the_metric():
    scheduler = TanteoScheduler(tt.pruners.Threshold(lower=0.5), mode="max", metric="acc")
    assert scheduler.set_search_properties(None, None)
    loop = SimpleNamespace(search_alg=None)
    trial = Trial("a")
    scheduler.on_trial_add(loop, trial)
    assert scheduler.on_trial_result(loop, trial, {"acc": 0.75, "training_iteration": 1}) == "CONTINUE"
    assert scheduler.on_trial_result(loop, trial, {"acc": 0.25, "training_iteration": 2}) == "STOP"


def test_a_trial_pauses_at_its_rung_and_resumes_before_new_trials_start():
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    good, bad = controller.start(), controller.start()
    assert controller.report(good, 1.0, 1) == "CONTINUE"
    assert controller.report(bad, 2.0, 1) == "PAUSE"
    waiting = controller.add(Trial("new"))
    assert controller.choose() is waiting
    waiting.status = Trial.RUNNING
    assert controller.report(waiting, 3.0, 1) == "PAUSE"
    last = controller.start()
    assert controller.report(last, 4.0, 1) == "PAUSE"
    new_trial = controller.add(Trial("fresh"))
    resumed = controller.choose()
    assert resumed is bad, "two of four trials may continue now"
    assert controller.choose() is bad, "the choice may be repeated"
    bad.status = Trial.RUNNING
    assert controller.choose() is new_trial
    assert controller.report(bad, 9.0, 1) == "CONTINUE", "a step that was reported before needs no second decision"
    assert states(controller.scheduler) == ["pending", "pending", "paused", "paused", "pending"]


def test_a_trial_that_is_still_being_saved_does_not_resume():
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    trials = [controller.start() for _ in range(4)]
    controller.report(trials[0], 1.0, 1)
    assert (
        controller.scheduler.on_trial_result(controller, trials[1], {"loss": 2.0, "training_iteration": 1}) == "PAUSE"
    )
    for trial, value in ((trials[2], 3.0), (trials[3], 4.0)):
        controller.report(trial, value, 1)
    assert controller.choose() is None
    trials[1].status = Trial.PAUSED
    assert controller.choose() is trials[1]


def test_paused_trials_are_stopped_when_no_other_trials_are_left():
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    good, bad = controller.start(), controller.start()
    controller.report(good, 1.0, 1)
    controller.report(bad, 2.0, 1)
    for _ in range(5):
        assert controller.choose() is None
    assert bad.status == Trial.PAUSED, "the other trial runs"
    controller.scheduler.on_trial_complete(controller, good, {"loss": 0.5, "training_iteration": 2})
    good.status = Trial.TERMINATED
    for _ in range(3):
        assert controller.choose() is None
    assert bad.status == Trial.TERMINATED
    assert states(controller.scheduler) == ["complete", "pruned"]
    assert controller.scheduler._trials.optimizer.best.steps == {1: 1.0, 2: 0.5}


@pytest.mark.parametrize("kind", [SavesNothing, FunctionTrainable])
def test_without_checkpoints_a_trial_is_stopped_with_one_warning(kind, caplog):
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    trials = [controller.start(kind) for _ in range(3)]
    with caplog.at_level(logging.WARNING):
        decisions = [controller.report(trial, float(k), 1) for k, trial in enumerate(trials)]
    assert decisions == ["CONTINUE", "STOP", "STOP"]
    assert [record.message.count("saves no checkpoint") for record in caplog.records] == [1]


def test_a_function_that_saves_checkpoints_is_paused():
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    first, second, third = (controller.start(FunctionTrainable) for _ in range(3))
    third.saved = True
    assert controller.report(first, 1.0, 1, should_checkpoint=True) == "CONTINUE"
    assert controller.report(second, 2.0, 1, should_checkpoint=True) == "PAUSE"
    assert controller.report(third, 3.0, 1) == "PAUSE"


def test_without_pausing_trials_are_stopped():
    controller = Controller(TanteoScheduler(HALVING))
    first, second = controller.start(), controller.start()
    assert [controller.report(first, 1.0, 1), controller.report(second, 2.0, 1)] == ["CONTINUE", "STOP"]


def test_invalid_results_and_errors_of_a_pruner_stop_no_trial(caplog):
    class Broken:
        def decide(self, reports):
            raise RuntimeError("no")

    controller = Controller(TanteoScheduler(Broken()))
    trial = controller.start()
    for value, step in (("text", 1), (math.nan, 2), (-math.inf, 3), (1.0, None), (1.0, 1), (1.0, "x")):
        assert controller.report(trial, value, step) == "CONTINUE"
    assert controller.scheduler.on_trial_result(controller, trial, {}) == "CONTINUE"
    assert controller.scheduler.on_trial_result(controller, Trial("nobody"), {}) == "CONTINUE"
    assert "could not be judged" in caplog.text


def test_a_failed_trial_may_restart():
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    trial = controller.start()
    controller.report(trial, 1.0, 1)
    controller.scheduler.on_trial_error(controller, trial)
    assert states(controller.scheduler) == ["failed"]
    controller.scheduler.on_trial_add(controller, trial)
    assert states(controller.scheduler) == ["pending"]
    assert controller.report(trial, 1.0, 1) == "CONTINUE"
    assert controller.report(trial, 0.5, 2) == "CONTINUE"


def make_search(limit=None):
    search = TanteoSearch(SPACE, metric="loss", mode="min", sampler="random", seed=0)
    return search, SearchGenerator(search if limit is None else ConcurrencyLimiter(search, limit))


def suggest_trial(controller, search):
    trial = Trial(f"s{len(controller.trials)}")
    wrapper = controller.search_alg.searcher
    return None if wrapper.suggest(trial.trial_id) is None else controller.add(trial)


def run_trials(controller, search, n):
    """Start ``n`` suggested trials. Each reports its number as the first value."""
    trials = [suggest_trial(controller, search) for _ in range(n)]
    for k, trial in enumerate(trials):
        trial.status = Trial.RUNNING
        controller.report(trial, float(k), 1)
    return trials


def test_a_limiter_does_not_count_paused_trials():
    search, generator = make_search(limit=2)
    controller = Controller(TanteoScheduler(HALVING, pausing=True), generator)
    good, bad = (suggest_trial(controller, search) for _ in range(2))
    assert suggest_trial(controller, search) is None
    for trial, value in ((good, 1.0), (bad, 2.0)):
        trial.status = Trial.RUNNING
        controller.report(trial, value, 1)
    controller.choose()
    third = suggest_trial(controller, search)
    assert third is not None
    assert suggest_trial(controller, search) is None
    controller.scheduler.on_trial_remove(controller, bad)
    generator.searcher.on_trial_complete(bad.trial_id)
    assert generator.searcher.live_trials == {good.trial_id, third.trial_id}


def test_the_search_is_notified_of_a_pause_and_of_its_end():
    search, generator = make_search()
    controller = Controller(TanteoScheduler(HALVING, pausing=True), generator)
    trials = [suggest_trial(controller, search) for _ in range(4)]
    for k, trial in enumerate(trials):
        trial.status = Trial.RUNNING
        controller.report(trial, float(k), 1)
        search.on_trial_result(trial.trial_id, {"loss": float(k), "training_iteration": 1})
    search.on_trial_result(trials[0].trial_id, {"loss": 0.0, "training_iteration": 2})
    end_names = [record.end.name for record in search._session.ledger().records]
    assert end_names == ["RUNNING"] * 4
    assert controller.choose() is trials[1]
    end_names = [record.end.name for record in search._session.ledger().records]
    assert end_names == ["RUNNING", "RUNNING", "PAUSED", "PAUSED", "RUNNING"], (
        "the last record is a prepared suggestion"
    )
    assert [trial.state for trial in search.to_optimizer().trials] == ["pending", "pending", "pruned", "pruned"]
    copied_search = cloudpickle.loads(cloudpickle.dumps(search))
    assert [record.end.name for record in copied_search._session.ledger().records] == end_names


@pytest.mark.parametrize("chooses", [True, False], ids=["after a choice", "before it"])
def test_a_restored_experiment_contains_the_paused_trials(tmp_path, chooses):
    search, generator = make_search()
    scheduler = TanteoScheduler(HALVING, pausing=True)
    pickled = cloudpickle.dumps((scheduler, TanteoSearch(SPACE, metric="loss", mode="min", sampler="random", seed=0)))
    controller = Controller(scheduler, generator)
    trials = run_trials(controller, search, 3)
    # Tune may save between the pause of a trial and the next choice of one to start.
    assert not chooses or controller.choose() is None
    search.save(str(tmp_path / "state"))

    restored_scheduler, restored_search = cloudpickle.loads(pickled)
    restored_search.restore(str(tmp_path / "state"))
    controller = Controller(restored_scheduler, SearchGenerator(restored_search))
    # Tune restores all unfinished trials as pending trials, the latest first.
    restored_trials = [controller.add(Trial(trial.trial_id)) for trial in reversed(trials)]
    assert [trial.status for trial in restored_trials] == ["PAUSED", "PAUSED", "PENDING"]
    assert states(restored_scheduler) == ["pending", "paused", "paused"]
    ends = [record.end.name for record in restored_search._session.ledger().records]
    assert ends[:3] == ["RUNNING", "PAUSED", "PAUSED"]
    assert restored_scheduler._trials.optimizer.to_bytes() == scheduler._trials.optimizer.to_bytes()
    assert controller.choose() is restored_trials[2]
    restored_trials[2].status = Trial.RUNNING
    fourth = suggest_trial(controller, restored_search)
    fourth.status = Trial.RUNNING
    assert controller.report(fourth, 9.0, 1) == "PAUSE"
    assert controller.choose() is restored_trials[1], "two of four may continue"


def restored_by_tune(generator, folder, **options):
    """Save a search as Tune does, and return the controller of an experiment that is restored from the files."""
    generator.save_to_dir(str(folder), "session")
    _, restored = make_search(**options)
    restored.restore_from_dir(str(folder))
    return Controller(TanteoScheduler(HALVING, pausing=True), restored)


def test_a_limiter_of_a_restored_experiment_does_not_count_paused_trials(tmp_path):
    search, generator = make_search(limit=2)
    controller = Controller(TanteoScheduler(HALVING, pausing=True), generator)
    trials = run_trials(controller, search, 2)
    # Tune takes the state of the limiter before that of the search, which records the latest pause.
    controller = restored_by_tune(generator, tmp_path, limit=2)
    for trial in trials:
        controller.add(Trial(trial.trial_id))
    assert [trial.status for trial in controller.trials] == ["PENDING", "PAUSED"]
    assert controller.search_alg.searcher.live_trials == {trials[0].trial_id}
    assert suggest_trial(controller, search) is not None


def test_a_resumed_trial_that_has_not_started_yet_waits_in_a_restored_experiment(tmp_path):
    search, generator = make_search(limit=2)
    controller = Controller(TanteoScheduler(HALVING, pausing=True), generator)
    trials = []
    for k in range(4):
        trials.append(suggest_trial(controller, search))
        trials[k].status = Trial.RUNNING
        controller.report(trials[k], float(k), 1)
        resumed = controller.choose()
    assert resumed is trials[1]

    controller = restored_by_tune(generator, tmp_path, limit=2)
    for trial in trials:
        controller.add(Trial(trial.trial_id))
    assert [trial.status for trial in controller.trials] == ["PENDING", "PENDING", "PAUSED", "PAUSED"]
    assert states(controller.scheduler) == ["pending", "pending", "paused", "paused"]
    limiter = controller.search_alg.searcher
    assert limiter.live_trials == {trials[0].trial_id, trials[1].trial_id}
    ends = [record.end.name for record in limiter.searcher._session.ledger().records]
    assert ends[:4] == ["RUNNING", "RUNNING", "PAUSED", "PAUSED"]


def test_a_resumed_trial_that_fails_and_starts_again_can_be_paused_again():
    search, generator = make_search(limit=4)
    controller = Controller(TanteoScheduler(HALVING, pausing=True), generator)
    resumed = run_trials(controller, search, 4)[1]
    assert controller.choose() is resumed
    controller.scheduler.on_trial_error(controller, resumed)
    controller.scheduler.on_trial_add(controller, resumed)
    assert states(controller.scheduler) == ["pending", "pending", "paused", "paused"]
    better = suggest_trial(controller, search)
    better.status = resumed.status = Trial.RUNNING
    assert controller.report(better, 0.5, 1) == "CONTINUE"
    assert controller.report(resumed, 1.0, 1) == "PAUSE", "its checkpoint was lost, and two others are better"
    controller.choose()
    assert states(controller.scheduler) == ["pending", "paused", "paused", "paused", "pending"]
    assert generator.searcher.live_trials == {controller.trials[0].trial_id, better.trial_id}


@pytest.mark.parametrize("is_done", [False, True])
def test_a_paused_trial_that_was_stopped_for_good_does_not_start_again(tmp_path, is_done):
    search, generator = make_search()
    controller = Controller(TanteoScheduler(HALVING, pausing=True), generator)
    trials = run_trials(controller, search, 2)
    controller.choose()
    controller.stop_trial(trials[1])
    generator.on_trial_complete(trials[1].trial_id)
    # Tune saves such a trial as paused, and restores it as one that waits to be started.
    controller = restored_by_tune(generator, tmp_path)
    stopped = Trial(trials[1].trial_id)
    # It marks those that it stops while they run; only the user can make Tune start them again.
    stopped.last_result = {"loss": 1.0, "training_iteration": 1, "done": is_done}
    controller.add(stopped)
    assert controller.choose() is (stopped if is_done else None)
    assert stopped.status == ("PENDING" if is_done else "TERMINATED")
    assert states(controller.scheduler) == ["pending", "pending" if is_done else "pruned"]
    assert controller.scheduler._trials.optimizer.trials[1].reason or is_done


@pytest.mark.parametrize("pausing", [True, False])
@pytest.mark.parametrize("restarts", ["in a restored experiment", "after a failure"])
def test_a_decision_that_tune_has_not_carried_out_is_made_again(tmp_path, pausing, restarts):
    search, generator = make_search()
    controller = Controller(TanteoScheduler(HALVING, pausing=pausing), generator)
    decision = "PAUSE" if pausing else "STOP"
    good, bad = (suggest_trial(controller, search) for _ in range(2))
    for trial, value in ((good, 1.0), (bad, 0.5)):
        trial.status = Trial.RUNNING
        assert controller.report(trial, value, 1) == "CONTINUE"
    controller.report(good, 0.5, 2)
    # Tune saves the checkpoint first, and until then the trial runs.
    assert controller.scheduler.on_trial_result(controller, bad, {"loss": 1.0, "training_iteration": 2}) == decision
    if restarts == "after a failure":
        controller.scheduler.on_trial_error(controller, bad)
        controller.scheduler.on_trial_add(controller, bad)
    else:
        search.save(str(tmp_path / "state"))
        search, generator = make_search()
        search.restore(str(tmp_path / "state"))
        controller = Controller(TanteoScheduler(HALVING, pausing=pausing), generator)
        bad = controller.add(Trial(bad.trial_id))
        controller.add(Trial(good.trial_id))
    bad.status = Trial.RUNNING
    assert controller.report(bad, 0.5, 1) == "CONTINUE", "only the last step is decided again"
    assert controller.report(bad, 1.0, 2) == decision
    controller.choose()
    assert states(controller.scheduler) == ["pending", "paused" if pausing else "pruned"]


@pytest.mark.parametrize("decision", ["PAUSE", "STOP"])
def test_tune_does_not_carry_out_a_decision_from_before_the_save(decision):
    controller = TuneController.__new__(TuneController)
    controller._search_alg = None
    # Tune saves and restores these two.
    controller._cached_trial_decisions, controller._queued_trial_decisions = {"a": decision}, {}
    trial = Trial("a")
    trial.temporary_state = SimpleNamespace()
    TanteoScheduler(HALVING, metric="loss", mode="min").on_trial_add(controller, trial)
    controller._process_trial_save(trial, SimpleNamespace(checkpoint=None))
    assert controller._queued_trial_decisions == {}


def test_a_step_that_is_repeated_without_a_restart_is_not_decided_again():
    controller = Controller(TanteoScheduler(HALVING))
    trial = controller.start()
    assert controller.report(trial, 2.0, 1) == "CONTINUE"
    assert controller.report(controller.start(), 1.0, 1) == "CONTINUE"
    assert controller.report(trial, 2.0, 1) == "CONTINUE", "the pruner would stop it now"
    assert controller.scheduler._trials.optimizer.should_prune(0)


def test_a_limiter_passes_on_what_becomes_of_a_failed_trial_that_runs_again_after_a_restore(tmp_path):
    search, generator = make_search(limit=2)
    scheduler = TanteoScheduler(HALVING, pausing=True)
    pickled = cloudpickle.dumps((scheduler, make_search()[0]))
    controller = Controller(scheduler, generator)
    trial = suggest_trial(controller, search)
    trial.status = Trial.RUNNING
    scheduler.on_trial_error(controller, trial)
    generator.searcher.on_trial_complete(trial.trial_id, error=True)
    search.save(str(tmp_path / "state"))

    restored_scheduler, restored_search = cloudpickle.loads(pickled)
    restored_search.restore(str(tmp_path / "state"))
    limiter = ConcurrencyLimiter(restored_search, 2)
    controller = Controller(restored_scheduler, SearchGenerator(limiter))
    # Tune had not saved that the trial failed, so it runs again, and fails again.
    again = controller.add(Trial(trial.trial_id))
    again.status = Trial.RUNNING
    controller.report(again, 1.0, 1)
    limiter.on_trial_result(again.trial_id, {"loss": 1.0, "training_iteration": 1})
    restored_scheduler.on_trial_error(controller, again)
    limiter.on_trial_complete(again.trial_id, error=True)
    assert [each.state for each in restored_search.to_optimizer().trials] == ["failed"]


def test_invalid_arguments_are_rejected():
    for options in (
        {"pruner": "bogus"},
        {"mode": "up"},
        {"time_attr": None},
        {"seed": -1},
        {"pausing": 1},
        {"metric": 3},
    ):
        with pytest.raises(tt.ArgumentError):
            TanteoScheduler(**options)
    scheduler = TanteoScheduler(metric="loss")
    assert not scheduler.set_search_properties("loss", "min")
    assert TanteoScheduler(mode="min").set_search_properties(None, None)
    with pytest.raises(tt.ArgumentError, match="has no mode"):
        TanteoScheduler().on_trial_add(SimpleNamespace(search_alg=None), Trial("a"))


def test_the_display_survives_a_save(tmp_path):
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    for k in range(3):
        controller.report(controller.start(), float(k), 1)
    controller.choose()
    assert controller.scheduler.debug_string() == "TanteoScheduler: 0 trials stopped, 2 paused"
    controller.scheduler.save(str(tmp_path / "scheduler"))
    restored = TanteoScheduler(HALVING, pausing=True)
    restored.restore(str(tmp_path / "scheduler"))
    assert restored.debug_string() == controller.scheduler.debug_string()


def test_a_second_experiment_is_rejected():
    scheduler = TanteoScheduler(HALVING, pausing=True)
    first = Controller(scheduler)
    first.start()
    scheduler.on_trial_add(SimpleNamespace(_tune_controller=first), Trial("wrapped"))
    second = SimpleNamespace(search_alg=None)
    with pytest.raises(tt.ArgumentError, match="serves one experiment; make a new one"):
        scheduler.on_trial_add(second, Trial("foreign"))
    # Tune announces an experiment before it adds a trial.
    with pytest.raises(tt.ArgumentError, match="serves one experiment; make a new one"):
        scheduler.set_search_properties("loss", "min")


def test_the_description_shows_the_pruner_and_pausing():
    assert repr(TanteoScheduler("median")) == "TanteoScheduler('median')"
    assert repr(TanteoScheduler(HALVING, pausing=True)) == f"TanteoScheduler({HALVING!r}, pausing=True)"


def test_a_time_attr_that_no_result_has_is_named_once(caplog):
    search = TanteoSearch(SPACE, metric="loss", mode="min", time_attr="epochs")
    controller = Controller(TanteoScheduler(HALVING, time_attr="epochs"), search)
    for trial in (controller.start(), controller.start()):
        search.suggest(trial.trial_id)
        for step in (1, 2):
            assert controller.report(trial, 1.0, step, epoch=step, flag=True, name="a", pid=7) == "CONTINUE"
            search.on_trial_result(trial.trial_id, {"loss": 1.0, "epoch": step, "config/x": 0.5})
        search.on_trial_complete(trial.trial_id, {"loss": 1.0, "epoch": 3})
    assert [record.getMessage().partition(" so it")[0] for record in caplog.records] == [
        "TanteoScheduler: a result has no 'epochs', the time_attr,",
        "TanteoSearch: a result has no 'epochs', the time_attr,",
    ]
    endings = [record.getMessage().partition("its numbers are: ")[2] for record in caplog.records]
    assert endings == ["epoch, loss, training_iteration", "epoch, loss"]


def test_only_trials_of_the_experiment_resume():
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    trials = [controller.start() for _ in range(4)]
    for k, trial in enumerate(trials):
        controller.report(trial, float(k), 1)
    assert controller.choose() is trials[1]
    controller.trials = []
    assert controller.choose() is None


@pytest.mark.parametrize("by_file", [False, True])
def test_a_copy_of_a_used_scheduler_runs_another_experiment(by_file, tmp_path):
    first_controller = Controller(TanteoScheduler(HALVING, pausing=True))
    trials = [first_controller.start() for _ in range(5)]
    for k, trial in enumerate(trials[:4]):
        first_controller.report(trial, float(k), 1)
    assert first_controller.choose() is trials[1]
    first_controller.scheduler.on_trial_result(first_controller, trials[4], {"loss": 9.0, "training_iteration": 1})
    scheduler = TanteoScheduler(HALVING, pausing=True)
    if by_file:
        first_controller.scheduler.save(str(tmp_path / "scheduler"))
        first_controller.scheduler.restore(str(tmp_path / "scheduler"))
        restored = first_controller.scheduler._pauses
        assert (restored._pausing, restored._next, first_controller.scheduler._metrics) == (set(), None, None)
        scheduler.restore(str(tmp_path / "scheduler"))
    else:
        scheduler = cloudpickle.loads(cloudpickle.dumps(first_controller.scheduler))
    controller = Controller(scheduler)
    assert controller.choose() is None
    new_trial = controller.add(Trial("fresh"))
    assert controller.choose() is new_trial
    new_trial.status = Trial.RUNNING
    assert controller.report(new_trial, 9.0, 1) == "PAUSE"


def test_an_error_in_the_choice_of_a_trial_does_not_end_the_experiment(caplog):
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    waiting = controller.add(Trial("waiting"))
    controller.scheduler._pauses._pausing = None
    assert controller.choose() is waiting
    assert "failed to process an event" in caplog.text


class Never:
    def decide(self, reports):
        return False


@pytest.mark.parametrize(
    ("options", "mode", "message"),
    [
        ({"pruner": HALVING}, "min", "pausing False was given, and pausing True is stored"),
        (
            {"pruner": "median", "pausing": True},
            "min",
            "pruner Median.* given, and pruner SuccessiveHalving.* stored",
        ),
        (
            {"pruner": Never(), "pausing": True},
            "min",
            "of your own was given, and pruner SuccessiveHalving.* stored",
        ),
        ({"pruner": HALVING, "pausing": True}, "max", "mode 'max' was given, and mode 'min' is stored"),
    ],
)
@pytest.mark.parametrize("by_file", [False, True])
def test_the_state_of_a_scheduler_with_other_settings_is_not_used(options, mode, message, by_file, tmp_path, caplog):
    search, generator = make_search()
    controller = Controller(TanteoScheduler(HALVING, pausing=True), generator)
    trials = run_trials(controller, search, 2)
    controller.choose()
    controller.scheduler.save(str(tmp_path / "scheduler"))
    search.save(str(tmp_path / "state"))

    scheduler = TanteoScheduler(metric="loss", mode=mode, **options)
    restored = TanteoSearch(SPACE, metric="loss", mode="min", sampler="random", seed=0)
    if by_file:
        scheduler.restore(str(tmp_path / "scheduler"))
    else:
        restored.restore(str(tmp_path / "state"))
    controller = Controller(scheduler, SearchGenerator(restored))
    restored_trials = [controller.add(Trial(trial.trial_id)) for trial in trials]
    assert [re.search(message, record.getMessage()) is not None for record in caplog.records] == [True]
    assert [trial.status for trial in restored_trials] == ["PENDING", "PENDING"]
    assert states(scheduler) == ["pending", "pending"]
    expected = tt.Optimizer({"x": tt.Float(0, 1)}, direction="maximize" if mode == "max" else "minimize", **options)
    assert repr(scheduler._trials.optimizer.pruner) == repr(expected.pruner)
    assert scheduler._trials.optimizer.directions == expected.directions
    assert scheduler._trials.optimizer.pausing == expected.pausing


def test_the_state_of_another_pruner_of_the_user_is_not_used(tmp_path, caplog):
    class Other(Never):
        pass

    controller = Controller(TanteoScheduler(Other()))
    controller.start()
    controller.scheduler.save(str(tmp_path / "scheduler"))
    scheduler = TanteoScheduler(Never())
    scheduler.restore(str(tmp_path / "scheduler"))
    assert re.search("pruner given is .*Never.*saved with .*Other", caplog.text)
    assert scheduler.debug_string() == "TanteoScheduler: no trials yet"


def test_damaged_labels_are_an_error_and_not_those_of_another_scheduler(tmp_path, caplog):
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    controller.start()
    core, labels = CoreOptimizer.restore(controller.scheduler._trials.optimizer.to_bytes())
    later = json.loads(labels)
    later["space"]["format"] += 1
    for damaged in (labels[:-1], json.dumps(later).encode()):
        (tmp_path / "scheduler").write_bytes(core.snapshot(damaged))
        with pytest.raises(tt.SnapshotError, match="the labels of the snapshot cannot be read"):
            TanteoScheduler(HALVING, pausing=True).restore(str(tmp_path / "scheduler"))
    assert caplog.text == ""


def test_a_paused_trial_does_not_count_as_running_for_the_search():
    search = TanteoSearch(SPACE, metric="loss", mode="min", sampler="auto", seed=0)
    search.suggest("a")
    session = search._session
    assert len(session._prepared) == 0
    search.on_pause("a")
    assert len(session._prepared) == 1, "a suggestion is prepared, as at the end of a trial"
    search.suggest("b")
    assert len(session._prepared) == 0, "nothing is prepared, since only one trial is running"
    copied_search = cloudpickle.loads(cloudpickle.dumps(search))
    for current_search in (search, copied_search):
        current_search.on_unpause("a")
        current_search.suggest("c")
        assert len(current_search._session._prepared) == 1


@pytest.mark.parametrize(
    ("number", "status", "result", "state", "steps"),
    [
        (1, "TERMINATED", {"loss": 0.25, "training_iteration": 5}, "complete", {1: 1.0, 5: 0.25}),
        (1, "TERMINATED", {"loss": 1.0, "training_iteration": 1}, "pruned", {1: 1.0}),
        (1, "ERROR", {"loss": 1.0, "training_iteration": 1}, "failed", {1: 1.0}),
        (0, "TERMINATED", {"loss": 0.25, "training_iteration": 5}, "complete", {1: 0.0, 5: 0.25}),
        (0, "TERMINATED", {"loss": 0.0, "training_iteration": 1}, "complete", {1: 0.0}),
        (0, "TERMINATED", {}, "pruned", {1: 0.0}),
        (0, "ERROR", {}, "failed", {1: 0.0}),
    ],
)
def test_a_trial_that_finished_after_the_last_save_has_its_last_result(number, status, result, state, steps):
    search, generator = make_search(limit=2)
    controller = Controller(TanteoScheduler(HALVING, pausing=True), generator)
    trials = run_trials(controller, search, 2)
    controller.choose()
    reason = controller.scheduler._trials.optimizer.trials[1].reason
    assert reason
    restored = cloudpickle.loads(cloudpickle.dumps(controller.scheduler))
    limiter = ConcurrencyLimiter(cloudpickle.loads(cloudpickle.dumps(search)), 2)
    controller = Controller(restored, SearchGenerator(limiter))
    finished = Trial(trials[number].trial_id)
    finished.status, finished.last_result = status, result
    controller.add(finished)
    trial = restored._trials.optimizer.trials[number]
    assert (trial.state, dict(trial.steps)) == (state, steps)
    assert state != "complete" or trial.value == result["loss"]
    assert trial.reason == (reason if (number, state) == (1, "pruned") else None)
    assert limiter.live_trials == set(), "the finished trial does not count towards the limit"
    controller.scheduler.on_trial_add(controller, finished)
    assert restored._trials.optimizer.trials[number].state == state, "a recorded end does not change"


def test_a_paused_trial_that_is_stopped_keeps_the_reason():
    controller = Controller(TanteoScheduler(HALVING, pausing=True))
    trials = [controller.start() for _ in range(2)]
    for k, trial in enumerate(trials):
        controller.report(trial, float(k), 1)
    controller.choose()
    reason = controller.scheduler._trials.optimizer.trials[1].reason
    controller.stop_trial(trials[1])
    assert states(controller.scheduler) == ["pending", "pruned"]
    assert reason
    assert controller.scheduler._trials.optimizer.trials[1].reason == reason
