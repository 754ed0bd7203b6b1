"""Trials that the cluster lost, and trials that failed, told by the method of Tune that ends them."""

from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from ray import exceptions, tune
from ray.core.generated.common_pb2 import ActorDiedErrorContext, NodeDeathInfo
from ray.train.v2.api.exceptions import ControllerError, PreemptionError, WorkerGroupError
from ray.tune.execution.tune_controller import TuneController
from ray.tune.experiment import Trial
from ray.tune.search import ConcurrencyLimiter

from support.tune_loop import Loop
from tanteo.integrations.ray import TanteoSearch
from tanteo.integrations.ray.lost import is_lost

SPACE = {"x": tune.uniform(-1, 1), "n": tune.randint(0, 9)}


def died(message, **context):
    return exceptions.ActorDiedError(cause=ActorDiedErrorContext(actor_id=bytes(16), error_message=message, **context))


def raised(error):
    """The error of a task that raised an exception."""
    return exceptions.RayTaskError("train", "Traceback", error, ip="127.0.0.1")


NODE_DIED = died("The actor died because its node has died. Node Id: 0a")
PROCESS_DIED = died("The actor is dead because its worker process has died. Worker exit type: SYSTEM_ERROR")
PREEMPTED = died("", node_death_info=NodeDeathInfo(reason=NodeDeathInfo.AUTOSCALER_DRAIN_PREEMPTED))
OUT_OF_MEMORY = exceptions.OutOfMemoryError("Task was killed due to the node running low on memory.")

LOST = {
    "node": NODE_DIED,
    "preempted": PREEMPTED,
    "preempted actor": exceptions.RayActorError(preempted=True),
    "node of a task": exceptions.NodeDiedError("the node it was running on is dead"),
    "unavailable": exceptions.ActorUnavailableError("RPC error: Socket closed", None),
    "unschedulable": exceptions.ActorUnschedulableError("the node does not exist any more"),
    "no placement group": exceptions.ActorPlacementGroupRemoved(),
    "no environment": exceptions.RuntimeEnvSetupError("pip"),
    "an actor of the trainable": raised(NODE_DIED),
    "an actor of a step": raised(NODE_DIED).as_instanceof_cause(),
    "a worker of Ray Train": raised(WorkerGroupError("", {0: raised(ValueError("peer closed")), 1: NODE_DIED})),
    "the controller of Ray Train": raised(ControllerError(PREEMPTED)),
    "preempted workers": raised(PreemptionError(SimpleNamespace(preempted_ranks=[1]))),
}
FAILED = {
    "exception": raised(ValueError("its node has died")),
    "exception in the constructor": exceptions.ActorDiedError(raised(ValueError("because its node has died"))),
    "process": PROCESS_DIED,
    "memory monitor": OUT_OF_MEMORY,
    "memory of an actor": raised(OUT_OF_MEMORY),
    "worker of Ray Train": raised(WorkerGroupError("", {0: raised(ValueError("lr")), 1: PROCESS_DIED})),
    "controller of Ray Train": raised(ControllerError(ValueError("lr"))),
    "stop": tune.error.TuneError("a stopper"),
    "unknown": None,
}


@pytest.mark.parametrize("name", LOST)
def test_errors_of_the_cluster_lose_a_trial(name):
    assert is_lost(LOST[name])


@pytest.mark.parametrize("name", FAILED)
def test_errors_of_a_trial_and_of_its_process_fail_it(name):
    assert not is_lost(FAILED[name])


class Controller:
    """Ends a trial with the method of Tune's controller."""

    end = TuneController._process_trial_failure

    def __init__(self, search):
        self._search_alg, self._iteration, self._trials = search, 0, []
        self._scheduler_alg = self._callbacks = self._schedule_trial_stop = Mock()


def end(search, trial_id, error):
    trial = SimpleNamespace(trial_id=trial_id, status=Trial.RUNNING, handle_error=Mock(), should_recover=lambda: False)
    Controller(search).end(trial, exception=error)


def states(search):
    """The states that the optimizer was told."""
    search.suggest("last")
    return [trial.state for trial in search._session.ledger().optimizer.trials]


@pytest.mark.parametrize("sampler", ["tpe", "auto"])
def test_the_next_trial_repeats_a_lost_one_which_teaches_nothing(loop, sampler, caplog):
    """The search goes on like one in which the trial has just begun."""
    search, undisturbed = (TanteoSearch(sampler=sampler, seed=0) for _ in range(2))
    tuning, other = loop(search, SPACE), loop(undisturbed, SPACE)
    assert tuning.run(lambda config: config["x"] ** 2, 6) == other.run(lambda config: config["x"] ** 2, 6)
    lost, running = tuning.suggest(), other.suggest()
    tuning.report(lost, 3.0, 1)
    other.report(running, 3.0, 1)
    end(search, lost, NODE_DIED)
    again = tuning.suggest()
    assert tuning.configs[again] == tuning.configs[lost]
    assert "does not count as a failure" in caplog.text
    for trial, each in ((again, tuning), (running, other)):
        each.end(trial, 0.5, step=2)
    assert tuning.run(lambda config: config["x"] ** 2, 4) == other.run(lambda config: config["x"] ** 2, 4)
    assert set(states(search)[:-1]) == {"complete"}


def test_an_exception_fails_a_trial_which_is_not_repeated(loop):
    search = TanteoSearch(sampler="tpe", seed=0)
    tuning = loop(search, SPACE)
    failed = tuning.suggest()
    end(search, failed, FAILED["exception"])
    assert tuning.configs[tuning.suggest()] != tuning.configs[failed]
    assert states(search)[0] == "failed"
    assert search.to_optimizer().trials[0].reason == "ValueError: its node has died"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PROCESS_DIED, "ActorDiedError: "),
        (tune.error.TuneError("a stopper"), "TuneError: a stopper"),
        (None, "Tune has"),
    ],
)
def test_a_failed_trial_has_the_error_as_its_reason(loop, error, reason):
    search = TanteoSearch(sampler="tpe", seed=0)
    failed = loop(search, SPACE).suggest()
    end(search, failed, error)
    assert search.to_optimizer().trials[0].reason.startswith(reason)


def test_a_trial_that_is_lost_again_is_not_repeated_again(loop):
    """It may be the configuration that destroys its node; it is not told as failed."""
    search = TanteoSearch(sampler="tpe", seed=0)
    tuning = loop(search, SPACE)
    first = tuning.suggest()
    end(search, first, NODE_DIED)
    second = tuning.suggest()
    end(search, second, PREEMPTED)
    third = tuning.suggest()
    assert tuning.configs[first] == tuning.configs[second] != tuning.configs[third]
    assert states(search)[0] == "pending"


def test_lost_trials_are_repeated_under_a_limiter_and_in_a_finite_space(loop):
    search = TanteoSearch(seed=0)
    tuning = loop(ConcurrencyLimiter(search, 2), {"n": tune.randint(0, 2)})
    lost, other = tuning.suggest(), tuning.suggest()
    end(tuning.searcher, lost, NODE_DIED)
    tuning.end(other, 1.0)
    assert tuning.configs[tuning.suggest()] == tuning.configs[lost]
    assert tuning.searcher.suggest("fourth") == "FINISHED"


@pytest.mark.parametrize("saved", ["before", "after"], ids=["saved before the loss", "saved after the loss"])
def test_a_restored_search_repeats_a_lost_trial(tmp_path, saved):
    """A point of the user has its exact numbers again."""
    search = TanteoSearch(seed=0, points_to_evaluate=[{"x": 0.30000000000000004, "n": 3}])
    tuning = Loop(search, SPACE)
    lost = tuning.suggest()
    tuning.suggest()
    if saved == "after":
        end(search, lost, NODE_DIED)
    search.save(tmp_path / "state")
    restored = TanteoSearch()
    restored.restore(tmp_path / "state")
    if saved == "before":
        end(restored, lost, NODE_DIED)
    assert restored.suggest("again") == tuning.configs[lost]
    restored.on_trial_complete("again", {"loss": 1.0, "training_iteration": 1})
    assert restored.to_optimizer().trials[0].value == 1.0


def test_a_warm_start_leaves_out_lost_trials(loop):
    def result(x, error):
        return SimpleNamespace(metrics={}, config={"x": x, "n": 1}, error=error)

    def trial(x, error):
        pickled = Mock(return_value=error) if error else Mock(side_effect=FileNotFoundError)
        return SimpleNamespace(last_result={}, config={"x": x, "n": 1}, status="ERROR", get_pickled_error=pickled)

    search = TanteoSearch(seed=0)
    loop(search, SPACE)
    errors = [NODE_DIED, FAILED["exception"]]
    assert search.warm_start([result(k / 8, error) for k, error in enumerate(errors)]) == 1
    assert search.warm_start([trial(k / 8 + 0.5, error) for k, error in enumerate([*errors, None])]) == 2
    assert [(each.params["x"], each.state) for each in search.to_optimizer().trials] == [
        (0.125, "failed"),
        (0.625, "failed"),
        (0.75, "failed"),
    ]
