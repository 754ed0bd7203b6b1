"""The optimizer that workers share: leases, and requests that Ray repeats."""

import math
import pickle
import threading
import time

import numpy as np
import pytest

import tanteo as tt
from support.hosts import Shared, outcome
from tanteo.integrations.ray import RemoteOptimizer
from tanteo.integrations.ray.remote import client
from tanteo.integrations.ray.remote import host as host_module
from tanteo.integrations.ray.remote.host import HostActor
from tanteo.trials.trial import reference_to

SPACE = tt.SearchSpace({"x": tt.Float(0, 1), "c": tt.Categorical(["a", "b"])})


def host(clock, folder=None, space=SPACE, **options):
    path = None if folder is None else str(folder / "study.db")
    return Shared(space, {"seed": 0, "sampler": "tpe", **options}, path, clock)


def test_the_host_asks_and_tells_as_an_optimizer_does(clock):
    shared, reference = host(clock), tt.Optimizer(SPACE, seed=0, sampler="tpe")
    for k in range(20):
        (trial,) = shared.hand_out(f"a{k}", "w", 1)
        assert trial == reference.ask()
        assert shared.take(f"t{k}", "w", trial.id, outcome(float(k)))
        reference.tell(trial.id, float(k))
    assert shared.best_trial() == reference.best


def test_a_restarted_host_keeps_its_earlier_searches(clock, tmp_path):
    earlier_trials = [({"x": i / 10, "c": "a"}, abs(i - 3.0)) for i in range(10)]
    shared = host(clock, tmp_path, earlier=[earlier_trials])
    (first,) = shared.hand_out("a", "w", 1)
    assert first.params == {"x": 0.3, "c": "a"}
    restarted = host(clock, tmp_path)
    assert restarted.copied()._core.earlier() == shared.copied()._core.earlier()


def test_a_repeated_request_counts_once(clock):
    shared = host(clock)
    first, second = shared.hand_out("a", "w", 1), shared.hand_out("a", "w", 1)
    assert first == second
    assert shared.take("t", "w", 0, outcome(1.0))
    assert shared.take("t", "w", 0, outcome(1.0)), "only the answer was lost, not the result"
    assert shared.add("o", "w", {"x": 0.5, "c": "a"}, outcome(2.0)) == shared.add("o", "w", {}, {})
    assert len(shared.copied()) == 2


def test_trials_of_a_silent_worker_are_handed_out_again(clock):
    shared = host(clock)
    live_trials, lost_trials = shared.hand_out("1", "alive", 1), shared.hand_out("2", "dead", 2)
    clock.now = 9.0
    shared.beat("alive")
    clock.now = 11.0
    assert shared.hand_out("3", "alive", 3)[:2] == lost_trials
    assert shared.hand_out("4", "alive", 1)[0] not in live_trials + lost_trials
    assert shared.take("5", "alive", lost_trials[0].id, outcome(1.0))
    assert not shared.take("6", "dead", lost_trials[0].id, outcome(2.0)), "the first result counts"
    assert shared.copied().trials[lost_trials[0].id].value == 1.0


def test_a_batch_takes_abandoned_trials_and_the_rest_of_the_space(clock):
    finite = host(clock, space={"a": tt.Int(1, 4)})
    assert len(finite.hand_out("1", "one", 3)) == 3
    assert len(finite.hand_out("2", "two", 3)) == 1
    clock.now += 60.0
    assert len(finite.hand_out("3", "three", 9)) == 4
    with pytest.raises(tt.SpaceExhausted):
        finite.hand_out("4", "three", 1)


def test_a_worker_cancels_and_retracts(clock, handle):
    shared, local = host(clock), tt.Optimizer(SPACE, seed=0, sampler="tpe")
    worker, other = handle(shared), handle(shared)
    for search in (worker, local):
        dropped, wrong = search.ask(2)
        search.cancel(dropped, reason="connection lost", cost=2.0)
        search.tell(wrong, 1.0)
        search.retract(wrong)
    assert list(worker.trials) == list(local.trials)
    (lost, retracted) = worker.trials
    assert (lost.excluded, lost.reason, lost.cost, retracted.state) == (True, "connection lost", 2.0, "pending")
    assert worker._my_trials == {1}, "which sends heartbeats for it"
    with pytest.raises(tt.TrialStateError):
        other.cancel(0)
    with pytest.raises(tt.ArgumentError, match="cost"):
        other.cancel(1, cost=-1.0)
    assert other.tell(1, 0.5)
    other.retract(1)
    assert other._my_trials == {1}
    assert other.tell(1, 0.25)
    assert worker.best_value == 0.25


def test_a_trial_that_ended_elsewhere_needs_no_heartbeats_of_a_worker_that_cancels_it(clock, handle):
    shared = host(clock)
    worker, other = handle(shared), handle(shared)
    trial, kept = worker.ask(2)
    other.tell(trial.id, 1.0)
    with pytest.raises(tt.TrialStateError):
        worker.cancel(trial)
    with pytest.raises(tt.ArgumentError, match="cost"):
        worker.cancel(kept, cost=-1.0)
    assert worker._my_trials == {kept.id}


def test_a_repeated_cancel_or_retract_counts_once(clock):
    shared = host(clock)
    shared.hand_out("a", "w", 2)
    shared.take("t", "w", 1, outcome(1.0))
    for _ in range(2):
        shared.drop("c", "w", 0, "lost", None)
        shared.withdraw("r", "w", 1)
    assert [trial.state for trial in shared.trials] == ["failed", "pending"]
    assert shared.owners() == {1: "w"}


def test_an_invalid_tell_is_an_error_and_the_trial_can_be_told_again(clock):
    shared = host(clock)
    shared.hand_out("1", "w", 1)
    with pytest.raises(tt.ArgumentError):
        shared.take("2", "w", 0, outcome(-math.inf))
    with pytest.raises(tt.UnknownTrialError):
        shared.take("3", "w", 99, outcome(1.0))
    assert shared.take("4", "w", 0, outcome(1.0))


def test_a_restarted_host_equals_an_uninterrupted_host(clock, tmp_path, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1.0)
    uninterrupted, restarted = host(clock), host(clock, tmp_path)
    for k in range(25):
        for current_host in (uninterrupted, restarted):
            current_host.hand_out(f"a{k}", f"w{k % 3}", 1 + k % 2)
            current_host.record("w0", k, 1, [1.0 * k], [])
            current_host.record("w0", k, 1, [7.0], [])
            current_host.take(f"t{k}", "w", k, outcome(tt.Replicates([1.0 * k, 2.0]), cost=np.float32(1)))
            trials = current_host.hand_out(f"f{k}", "w0", 1)
            current_host.record_fold("w0", trials[0].id, 2, 1.0 * k)
            current_host.record_fold("w0", trials[0].id, 2, 7.0)
            if k % 5:
                current_host.take(f"u{k}", "w", trials[0].id, outcome(None))
        if k == 10:
            uninterrupted.queue("q", "w", {"x": 0.5})
            restarted.queue("q", "w", {"x": 0.5})
        if k % 4 == 0:
            restarted = host(clock, tmp_path)
    assert restarted.copied().to_bytes() == uninterrupted.copied().to_bytes()
    assert restarted.owners() == uninterrupted.owners()
    repeated = [each.hand_out("a24", "w0", 1)[0] for each in (restarted, uninterrupted)]
    assert repeated[0].params == repeated[1].params, "an answer lost in the crash is repeated"


def test_old_answers_are_forgotten(clock, monkeypatch):
    monkeypatch.setattr(host_module, "REMEMBERED", 5)
    shared = host(clock)
    for k in range(20):
        shared.hand_out(str(k), "w", 1)
    assert len(shared.answers()) == 5


def test_every_valid_outcome_reaches_the_host(clock):
    options = {"state": "complete", "sem": [0.5, 0.25], "constraints": {"m": 3}, "cost": np.float32(2.5)}
    shared = host(clock, directions=["minimize", "maximize"])
    reference = tt.Optimizer(SPACE, directions=["minimize", "maximize"], seed=0, sampler="tpe")
    for k, value in enumerate([np.array([1.0, 2.0]), (np.float64(1), 2)]):
        shared.hand_out(f"a{k}", "w", 1)
        shared.take(f"t{k}", "w", k, pickle.loads(pickle.dumps(outcome(value, 2, **options))))
        reference.tell(reference.ask(), value, **options)
    for name in ("params", "values", "sems", "constraints", "cost", "state"):
        assert [getattr(trial, name) for trial in shared.trials] == [getattr(each, name) for each in reference.trials]
    single = host(clock)
    for k, arguments in enumerate(
        [{"state": "failed", "reason": "oom"}, {"state": "pruned"}, {"value": tt.Replicates([1, 3])}]
    ):
        single.hand_out(f"a{k}", "w", 1)
        assert single.take(f"t{k}", "w", k, pickle.loads(pickle.dumps(outcome(**arguments))))
    trials = single.copied().trials
    assert [trial.state for trial in trials] == ["failed", "pruned", "complete"]
    assert trials[2].value == 2.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direction": "maximize"}, "made with directions=.'minimize'., and .'maximize'. is given"),
        ({"directions": ["minimize"] * 2}, "directions"),
        ({"sampler": "random"}, "sampler"),
        ({"deduplicate": False}, "made with deduplicate=True, and False is given"),
        ({"seed": 99}, "made with seed=0, and 99 is given"),
    ],
)
def test_a_folder_of_another_search_is_an_error_that_names_the_difference(clock, tmp_path, options, message):
    host(clock, tmp_path).hand_out("1", "w", 1)
    with pytest.raises(tt.StudyError, match=message):
        host(clock, tmp_path, **options)
    with pytest.raises(tt.StudyError, match="parameter 'c'"):
        host(clock, tmp_path, tt.SearchSpace({"x": tt.Float(0, 2)}))
    assert len(Shared(None, {}, str(tmp_path / "study.db"), clock)) == 1, "nothing need be given again"


@pytest.mark.parametrize(
    "given",
    [{"loss": "minimize", "time": "minimize"}, {"size": "minimize", "loss": "minimize"}],
    ids=["other names", "another order"],
)
def test_a_folder_with_other_names_of_objectives_is_an_error_that_names_both(clock, tmp_path, given):
    stored = {"loss": "minimize", "size": "minimize"}
    shared = host(clock, tmp_path, directions=stored)
    shared.hand_out("1", "w", 1)
    with pytest.raises(tt.StudyError, match=r"made with directions={'loss'.*'size'.*}, and {.*} is given"):
        host(clock, tmp_path, directions=given)
    for same in (stored, ["minimize", "minimize"]):
        assert host(clock, tmp_path, directions=same).goals() == (("minimize",) * 2, ("loss", "size"))
    unnamed = tmp_path / "unnamed"
    host(clock, unnamed, directions=["minimize", "minimize"])
    with pytest.raises(tt.StudyError, match=r"made with directions=.'minimize', 'minimize'., and {'loss'"):
        host(clock, unnamed, directions=stored)


def test_the_actor_returns_the_error_of_its_study_and_stays_alive(tmp_path):
    """An error while an actor starts would end the actor, and callers would not see it."""
    file = str(tmp_path / "study.db")
    HostActor(SPACE, {"seed": 0}, file, 10.0).call("goals")
    actor = HostActor(tt.SearchSpace({"x": tt.Float(0, 2)}), {"seed": 0}, file, 10.0)
    actor.beat("w")
    for _ in range(2):
        with pytest.raises(tt.StudyError, match=f"the study '{file}' cannot be opened: .*'c' exists in the stored one"):
            actor.call("best_trial")
    missing = HostActor(SPACE, {"seed": 0}, str(tmp_path / "disk" / "search" / "study.db"), 10.0)
    (tmp_path / "disk").write_text("not mounted yet")
    with pytest.raises(OSError, match="disk"):
        missing.call("best_trial")
    (tmp_path / "disk").unlink()
    assert missing.call("best_trial") is None


def test_a_slow_worker_whose_trial_was_handed_out_again_may_tell_it_first(clock):
    shared = host(clock)
    (trial,) = shared.hand_out("1", "slow", 1)
    started = shared.trials[0].started
    clock.now = 11.0
    shared.hand_out("2", "other", 1)
    assert shared.take("3", "slow", trial.id, outcome(1.0))
    assert not shared.take("4", "other", trial.id, outcome(2.0))
    told = shared.trials[0]
    assert (told.value, told.host) == (1.0, "slow")
    assert told.started >= started


def test_a_search_without_a_path_writes_no_file(clock, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shared = host(clock)
    shared.take("t", "w", shared.hand_out("a", "w", 1)[0].id, outcome(1.0))
    assert list(tmp_path.iterdir()) == []


def test_a_worker_with_an_expired_lease_may_continue_to_report(clock):
    shared = host(clock)
    (trial,) = shared.hand_out("1", "slow", 1)
    clock.now = 11.0
    assert [reassigned.id for reassigned in shared.hand_out("2", "other", 1)] == [trial.id]
    shared.take("3", "other", trial.id, outcome(1.0))
    shared.record("slow", trial.id, 5, [9.0], [])
    assert shared.judge(trial.id), "its work is no longer needed"
    assert not shared.take("4", "slow", trial.id, outcome(2.0))
    assert dict(shared.copied().trials[0].steps) == {}


def test_the_first_report_is_kept_if_two_workers_of_a_trial_report_different_values(clock):
    shared = host(clock)
    steps, folds = shared.hand_out("1", "slow", 2)
    clock.now = 11.0
    assert shared.hand_out("2", "other", 2) == [steps, folds]
    for worker, value in (("other", 0.5), ("slow", 0.75)):
        for step in (1, 2):
            shared.record(worker, steps, step, [value], [])
            shared.record_fold(worker, folds, step, value)
    trials = shared.copied().trials
    assert trials[steps.id].steps == trials[folds.id].folds == {1: 0.5, 2: 0.5}


@pytest.mark.parametrize("number", [-1, 1, 10_000])
def test_an_unknown_trial_is_an_error_that_calls_it_unknown(clock, number):
    shared = host(clock)
    shared.hand_out("1", "w", 1)
    for call in (lambda: shared.record("w", number, 1, [1.0], []), lambda: shared.judge(number)):
        with pytest.raises(tt.UnknownTrialError, match=str(number)):
            call()


@pytest.fixture
def handle(monkeypatch):
    """Makes a handle that pickles its calls to a host, as Ray does."""

    def make(shared):
        handle = RemoteOptimizer.__new__(RemoteOptimizer)
        directions, names = shared.goals()
        maximize = [direction == "maximize" for direction in directions]
        handle.__setstate__({"_actor": shared, "_lease": 10.0, "_maximize": maximize, "_names": names})
        return handle

    def call(self, method, *arguments):
        arguments = pickle.loads(pickle.dumps(arguments))
        return pickle.loads(pickle.dumps(getattr(self._actor, method)(*arguments)))

    monkeypatch.setattr(RemoteOptimizer, "_call", call)
    return make


def test_a_worker_is_warned_of_a_constraint_with_a_new_name(clock, handle):
    shared = host(clock)
    worker = handle(shared)
    first, second, third = worker.ask(3)
    assert worker.tell(first, 1.0, constraints={"mem": -1.0})
    with pytest.warns(RuntimeWarning, match="Trial 1 tells the constraint 'men'.* lacks the constraint 'mem'"):
        assert worker.tell(second, 1.0, constraints={"men": -1.0})
    with pytest.warns(RuntimeWarning, match="The observed trial tells the constraint 'memory'"):
        worker.observe({"x": 0.5, "c": "a"}, 1.0, constraints={"memory": -1.0})
    shared.take("t", "other", third.id, outcome(1.0))
    assert not worker.tell(third, 1.0, constraints={"Mem": -1.0}), "a trial told elsewhere gives no warning"


def test_complete_without_a_value_is_refused(clock, handle):
    shared = host(clock)
    worker = handle(shared)
    first, second = shared.hand_out("a", "w", 2)
    with pytest.raises(tt.ArgumentError, match=r"state='complete' needs a value; .* pass state='failed'"):
        worker.tell(first, state="complete")
    worker.report_fold(second, 0, 2.0)
    assert worker.tell(second, state="complete")
    assert not worker.tell(second, state="complete"), "only the first result counts"
    assert [trial.state for trial in shared.copied().trials] == ["pending", "complete"]


def test_workers_choose_from_a_table(clock, handle, monkeypatch):
    """As an optimizer does; the table is stored once, and a table of columns is read for the space of the search."""
    stored = []
    monkeypatch.setattr(client.ray, "put", lambda table: stored.append(table) or table)
    shared, local = host(clock), tt.Optimizer(SPACE, seed=0, sampler="tpe")
    columns = {"x": [0.125, 0.5, 0.5, 0.75, 1.0], "c": ["a", "b", "b", "a", "b"]}
    table, workers = tt.Candidates(columns, SPACE), [handle(shared), handle(shared)]
    for k in range(4):
        expected = local.ask(among=table)
        trial = workers[k % 2].ask(among=table if k < 3 else columns)
        assert (trial.index, trial.params) == (expected.index, expected.params)
        assert workers[k % 2].tell(trial, float(k))
        local.tell(expected, float(k))
    assert stored[:2] == [table, table], "once for each worker"
    assert len(stored) == 3
    with pytest.raises(tt.SpaceExhausted):
        workers[0].ask(among=table)


def test_constraints_are_told_first(clock, handle, tmp_path):
    shared = host(clock, tmp_path)
    worker, other = handle(shared), handle(shared)
    first, second = shared.hand_out("a", "w", 2)
    worker.tell_constraints(first, {"memory": 2.0})
    worker.tell_constraints(second, {"memory": -2.0})
    for current in (worker, other, handle(host(clock, tmp_path))):
        assert [current.infeasible(trial) for trial in (first, second.id)] == [True, False]
    assert other.tell(first, state="pruned")
    worker.tell_constraints(first, {"memory": -1.0})
    assert [dict(trial.constraints) for trial in shared.copied().trials] == [{"memory": 2.0}, {"memory": -2.0}]
    with pytest.raises(tt.UnknownTrialError):
        worker.tell_constraints(7, {"memory": 1.0})


def test_objectives_are_told_apart(clock, handle, tmp_path):
    goals = {"error": "minimize", "seconds": "minimize"}
    shared = host(clock, tmp_path, directions=goals)
    worker, other = handle(shared), handle(shared)
    first, second = shared.hand_out("a", "w", 2)
    worker.tell_objectives(first, {"error": 2.0}, sem={"error": 0.5})
    worker.tell_objectives(second, {"error": 3.0, "seconds": 1.0})
    assert handle(host(clock, tmp_path, directions=goals)).tell(first.id, {"seconds": 4.0})
    assert other.tell(second, state="complete")
    worker.tell_objectives(first, {"error": 9.0})
    assert [trial.values for trial in shared.copied().trials] == [(2.0, 4.0), (3.0, 1.0)]
    with pytest.raises(tt.UnknownTrialError):
        worker.tell_objectives(7, {"error": 1.0})


def left_half(batch):
    return batch["x"] < 0.5


def test_a_host_and_its_successor_keep_to_a_rule(clock, tmp_path):
    for k in range(2):
        shared = host(clock, tmp_path, allowed=left_half)
        assert all(trial.params["x"] < 0.5 for trial in shared.hand_out(f"a{k}", "w", 8))
        assert all(trial.params["x"] < 0.5 for trial in shared.copied().ask(8))


def received_trial(shared):
    """A trial of the host as a worker receives it."""
    return pickle.loads(pickle.dumps(shared.hand_out("first", "w", 1)[0]))


@pytest.mark.parametrize("seed", [0, 1])
def test_promise_29_a_trial_of_another_search_is_refused(clock, handle, seed):
    """This includes a search with the same seed, whose trial has the same configuration."""
    shared, other = host(clock), host(clock, seed=seed)
    own_trial, foreign_trial = received_trial(shared), received_trial(other)
    snapshot = shared.copied().to_bytes()
    calls = [
        lambda trial: handle(shared).tell(trial, 1.0),
        lambda trial: handle(shared).report(trial, 1, 0.5),
        lambda trial: handle(shared).should_prune(trial),
        lambda trial: handle(shared).tell_constraints(trial, {"c": 1.0}),
        lambda trial: handle(shared).infeasible(trial),
        lambda trial: handle(shared).set_attr(trial, "a", 1),
    ]
    for call in calls:
        for trial in (foreign_trial, other.copied().trials[0]):
            with pytest.raises(tt.UnknownTrialError, match="trial 0 belongs to another search"):
                call(trial)
    assert shared.copied().to_bytes() == snapshot
    assert handle(shared).tell(own_trial, 1.0)


def test_promise_29_a_restarted_host_knows_its_trials(clock, handle, tmp_path):
    own_trial = received_trial(host(clock, tmp_path / "ours"))
    foreign_trial = received_trial(host(clock, tmp_path / "theirs"))
    restarted = host(clock, tmp_path / "ours")
    with pytest.raises(tt.UnknownTrialError):
        handle(restarted).tell(foreign_trial, 1.0)
    assert handle(restarted).tell(own_trial, 2.0)


def test_the_reference_to_a_trial_does_not_grow_with_its_params(clock, handle):
    trial = received_trial(host(clock))
    trial.params["c"] = "x" * 10_000
    assert len(pickle.dumps(reference_to(trial))) < 200


def test_attributes_set_by_a_worker_survive_a_restart(clock, handle, tmp_path):
    shared = host(clock, tmp_path)
    trial = received_trial(shared)
    handle(shared).set_attr(trial, "path", np.array([1, 2]))
    handle(shared).tell(trial, 1.0)
    handle(shared).set_attr(trial.id, "late", "x")
    restarted = host(clock, tmp_path)
    for current_host in (shared, restarted, host(clock, tmp_path)):
        assert handle(current_host).best.attrs == {"path": [1, 2], "late": "x"}
    with pytest.raises(tt.UnknownTrialError, match="no trial has the id 7"):
        handle(shared).set_attr(7, "a", 1)
    with pytest.raises(tt.ArgumentError, match="attribute 'a' must be a JSON value"):
        handle(shared).set_attr(0, "a", object())


class Held:
    """A sampler that waits until `open` is set."""

    def __init__(self):
        self.entered, self.open = threading.Event(), threading.Event()

    def suggest(self, view, n, rng):
        self.entered.set()
        assert self.open.wait(60)
        return rng.random((n, len(view.axes)))


def test_heartbeats_arrive_during_a_slow_ask(clock):
    """However long an ask takes, a worker that sends heartbeats still has its lease when the ask ends."""
    sampler = Held()
    shared = host(clock, sampler=sampler)
    sampler.open.set()
    (held_trial,) = shared.hand_out("1", "beating", 1)
    sampler.open.clear()
    sampler.entered.clear()
    ask_thread = threading.Thread(target=shared.hand_out, args=("2", "waiting", 1))
    ask_thread.start()
    assert sampler.entered.wait(60)
    clock.now = 100.0
    shared.beat("beating")
    sampler.open.set()
    ask_thread.join(60)
    (new,) = shared.hand_out("3", "third", 1)
    assert new.id == 2
    assert new.id != held_trial.id


class FakeRay:
    """A fake of Ray and of the actor that records heartbeats."""

    def __init__(self):
        self.running, self.beats, self.killed = True, [], []
        self.beat = self

    def is_initialized(self):
        return self.running

    def options(self, **options):
        self.group = options
        return self

    def remote(self, worker):
        assert self.running, "a call would start Ray again"
        self.beats.append(worker)

    def kill(self, actor, no_restart):
        self.killed.append(actor)


@pytest.mark.parametrize("end", ["told", "ray", "actor"])
def test_heartbeats_stop_with_the_last_trial_ray_or_the_actor(monkeypatch, end):
    fake = FakeRay()
    monkeypatch.setattr(client, "ray", fake)
    handle = RemoteOptimizer.__new__(RemoteOptimizer)
    handle.__setstate__({"_actor": fake, "_lease": 0.02, "_maximize": [False], "_names": None})
    handle._my_trials.add(0)
    heartbeat_thread = threading.Thread(target=handle._beat)
    heartbeat_thread.start()
    while len(fake.beats) < 3:
        time.sleep(0.001)
    if end == "told":
        handle._my_trials.discard(0)
    elif end == "ray":
        fake.running = False
    else:
        handle.shutdown()
        assert fake.killed == [fake]
    heartbeat_thread.join(60)
    assert not heartbeat_thread.is_alive()
    assert set(fake.beats) == {handle._worker}
    assert fake.group == {"concurrency_group": "beats"}, "heartbeats do not wait behind an ask"


def test_the_handle_rejects_invalid_options_of_an_optimizer_before_an_actor_starts():
    for options in ({"sampler": "magic"}, {"seed": -1}, {"direction": "up"}, {"deduplicate": 3}):
        with pytest.raises(tt.ArgumentError):
            RemoteOptimizer(SPACE, **options)
    with pytest.raises(TypeError, match="samplr"):
        RemoteOptimizer(SPACE, samplr="tpe")


@pytest.mark.parametrize(("name", "value"), [("lease", -1.0), ("lease", math.inf), ("lease", "a"), ("path", 3)])
def test_the_handle_rejects_invalid_arguments_of_its_own_before_an_actor_starts(name, value):
    with pytest.raises(tt.ArgumentError, match=f"{name} must"):
        RemoteOptimizer({"x": tt.Float(0, 1)}, **{name: value})


def test_a_remote_optimizer_refuses_a_float_as_a_step():
    """Before it calls the actor, so none is needed here."""
    optimizer = object.__new__(RemoteOptimizer)
    optimizer._maximize, optimizer._names = [False], None
    with pytest.raises(tt.ArgumentError, match=r"the order is report\(step, value\)"):
        optimizer.report(0, 1.0, 3)
