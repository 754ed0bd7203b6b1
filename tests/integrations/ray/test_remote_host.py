"""The optimizer that workers share: leases, repeated requests, and a journal that loses no acknowledged call."""

import errno
import json
import math
import os
import pickle
import threading
import time

import numpy as np
import pytest

import tanteo as tt
from tanteo.integrations.ray import RemoteOptimizer
from tanteo.integrations.ray.remote import client, journal
from tanteo.integrations.ray.remote import host as host_module
from tanteo.integrations.ray.remote.actor import HostActor
from tanteo.integrations.ray.remote.encoding import encode_outcome
from tanteo.integrations.ray.remote.host import OptimizerHost
from tanteo.trials.outcome import parse_outcome

SPACE = tt.SearchSpace({"x": tt.Float(0, 1), "c": tt.Categorical(["a", "b"])})


def host(clock, folder=None, **options):
    return OptimizerHost(SPACE, {"seed": 0, "sampler": "tpe", **options}, folder and str(folder), 10.0, clock)


def test_the_host_asks_and_tells_as_an_optimizer_does(clock):
    shared, reference = host(clock), tt.Optimizer(SPACE, seed=0, sampler="tpe")
    for k in range(20):
        (trial,) = shared.ask(f"a{k}", "w", 1)
        assert trial == reference.ask()
        assert shared.tell(f"t{k}", "w", trial.id, {"value": float(k)})
        reference.tell(trial.id, float(k))
    assert shared.best() == reference.best


def test_a_restarted_host_keeps_its_earlier_searches(clock, tmp_path):
    earlier_trials = [({"x": i / 10, "c": "a"}, abs(i - 3.0)) for i in range(10)]
    shared = host(clock, tmp_path, earlier=[earlier_trials])
    (first,) = shared.ask("a", "w", 1)
    assert first.params == {"x": 0.3, "c": "a"}
    restarted = host(clock, tmp_path)
    assert restarted.optimizer()._core.earlier() == shared.optimizer()._core.earlier()


def test_a_repeated_request_counts_once(clock):
    shared = host(clock)
    first, second = shared.ask("a", "w", 1), shared.ask("a", "w", 1)
    assert first == second
    assert shared.tell("t", "w", 0, {"value": 1.0})
    assert shared.tell("t", "w", 0, {"value": 1.0}), "only the answer was lost, not the result"
    assert shared.observe("o", {"x": 0.5, "c": "a"}, {"value": 2.0}) == shared.observe("o", {}, {})
    assert len(shared.optimizer()) == 2


def test_trials_of_a_silent_worker_are_handed_out_again(clock):
    shared = host(clock)
    live_trials, lost_trials = shared.ask("1", "alive", 1), shared.ask("2", "dead", 2)
    clock.now = 9.0
    shared.beat("alive")
    clock.now = 11.0
    assert shared.ask("3", "alive", 3)[:2] == lost_trials
    assert shared.ask("4", "alive", 1)[0] not in live_trials + lost_trials
    assert shared.tell("5", "alive", lost_trials[0].id, {"value": 1.0})
    assert not shared.tell("6", "dead", lost_trials[0].id, {"value": 2.0}), "the first result counts"
    assert shared.optimizer().trials[lost_trials[0].id].value == 1.0


def test_a_batch_takes_abandoned_trials_and_the_rest_of_the_space(clock):
    finite = OptimizerHost(tt.SearchSpace({"a": tt.Int(1, 4)}), {"seed": 0}, None, 10.0, clock)
    assert len(finite.ask("1", "one", 3)) == 3
    assert len(finite.ask("2", "two", 3)) == 1
    clock.now += 60.0
    assert len(finite.ask("3", "three", 9)) == 4
    with pytest.raises(tt.SpaceExhausted):
        finite.ask("4", "three", 1)


def test_an_invalid_tell_is_an_error_and_the_trial_can_be_told_again(clock):
    shared = host(clock)
    shared.ask("1", "w", 1)
    with pytest.raises(tt.ArgumentError):
        shared.tell("2", "w", 0, {"value": 1.0, "state": "odd"})
    with pytest.raises(tt.UnknownTrialError):
        shared.tell("3", "w", 99, {"value": 1.0})
    assert shared.tell("4", "w", 0, {"value": 1.0})


@pytest.mark.parametrize("length", [3, 500])
def test_a_restarted_host_equals_an_uninterrupted_host(clock, tmp_path, monkeypatch, length):
    monkeypatch.setattr(journal, "_LONG", length)
    uninterrupted, restarted = host(clock), host(clock, tmp_path)
    for k in range(25):
        for current_host in (uninterrupted, restarted):
            current_host.ask(f"a{k}", f"w{k % 3}", 1 + k % 2)
            current_host.report("w0", k, 1, 1.0 * k)
            current_host.report("w0", k, 1, 7.0)
            current_host.tell(
                f"t{k}", "w", k, encode_outcome(parse_outcome(1, tt.Replicates([1.0 * k, 2.0]), cost=np.float32(1)))
            )
            trials = current_host.ask(f"f{k}", "w0", 1)
            current_host.report_fold("w0", trials[0].id, 2, 1.0 * k)
            current_host.report_fold("w0", trials[0].id, 2, 7.0)
            if k % 5:
                current_host.tell(f"u{k}", "w", trials[0].id, encode_outcome(parse_outcome(1, None)))
        if k == 10:
            uninterrupted.enqueue("q", {"x": 0.5})
            restarted.enqueue("q", {"x": 0.5})
        if k % 4 == 0:
            restarted = host(clock, tmp_path)
    assert restarted.optimizer().to_bytes() == uninterrupted.optimizer().to_bytes()
    assert restarted._owners == uninterrupted._owners
    assert restarted.ask("a24", "w0", 1) == uninterrupted.ask("a24", "w0", 1), "an answer lost in the crash is repeated"


def test_a_line_cut_off_by_the_crash_was_never_acknowledged(clock, tmp_path):
    shared = host(clock, tmp_path)
    shared.ask("1", "w", 2)
    shared.tell("2", "w", 0, {"value": 1.0})
    (path,) = tmp_path.glob("journal-*.jsonl")
    path.write_bytes(path.read_bytes() + b'["tell", "3", "w", 1, {"val')
    restarted = host(clock, tmp_path)
    assert [trial.state for trial in restarted.optimizer().trials] == ["complete", "pending"]


def test_a_damaged_journal_is_an_error_that_names_it(clock, tmp_path):
    host(clock, tmp_path)
    (path,) = tmp_path.glob("journal-*.jsonl")
    path.write_bytes(path.read_bytes() + b"{oops\n")
    with pytest.raises(tt.SnapshotError, match="journal-0"):
        host(clock, tmp_path)


def test_old_answers_are_forgotten(clock, monkeypatch):
    monkeypatch.setattr(host_module, "REMEMBERED", 5)
    shared = host(clock)
    for k in range(20):
        shared.ask(str(k), "w", 1)
    assert len(shared._answers) == 5


@pytest.mark.parametrize("value", [object(), {1.0, 2.0}, iter([1.0, 2.0]), b"a", {"a": 1}, [1.0, {2.0}], [1.0], "1"])
def test_an_invalid_outcome_never_reaches_the_host(value):
    with pytest.raises(tt.ArgumentError, match="value"):
        encode_outcome(parse_outcome(2, value))
    with pytest.raises(tt.ArgumentError, match="name of a constraint"):
        encode_outcome(parse_outcome(1, 1.0, constraints={1: 0.5}))


def test_every_valid_outcome_reaches_the_host(clock):
    options = {
        "state": "complete",
        "sem": np.array([0.5, 0.25]),
        "constraints": {"m": 3},
        "cost": np.float32(2.5),
    }
    shared = OptimizerHost(SPACE, {"directions": ["minimize", "maximize"], "seed": 0}, None, 10.0, clock)
    reference = tt.Optimizer(SPACE, directions=["minimize", "maximize"], seed=0)
    for k, value in enumerate([np.array([1.0, 2.0]), (np.float64(1), 2)]):
        shared.ask(f"a{k}", "w", 1)
        shared.tell(f"t{k}", "w", k, json.loads(json.dumps(encode_outcome(parse_outcome(2, value, **options)))))
        reference.tell(reference.ask(), value, **options)
    assert shared.optimizer().to_json() == reference.to_json()
    single = host(clock)
    for k, outcome in enumerate(
        [{"state": "failed", "reason": "oom"}, {"state": "pruned"}, {"value": tt.Replicates([1, 3])}]
    ):
        single.ask(f"a{k}", "w", 1)
        assert single.tell(f"t{k}", "w", k, json.loads(json.dumps(encode_outcome(parse_outcome(1, **outcome)))))
    trials = single.optimizer().trials
    assert [trial.state for trial in trials] == ["failed", "pruned", "complete"]
    assert trials[2].value == 2.0


class FullDisk:
    """Makes `os.fsync` fail after `n_syncs` calls. The data of a failed call may or may not be on the disk."""

    def __init__(self, monkeypatch, *, n_syncs):
        monkeypatch.setattr(os, "fsync", self.fsync)
        self.n_left = n_syncs

    def fsync(self, descriptor):
        self.n_left -= 1
        if self.n_left < 0:
            raise OSError(errno.ENOSPC, "no space left on device")


def calls(n):
    for k in range(n):
        yield "ask", f"a{k}", f"w{k % 2}", 1
        yield "report", "w0", k, 1, 2.0
        yield ("tell", f"t{k}", "w0", k, {"value": float(k)}) if k % 3 else ("enqueue", f"q{k}", {"x": 0.1 * k})


@pytest.mark.parametrize("length", [2, 500])
@pytest.mark.parametrize("n_syncs", range(0, 15, 2))
def test_on_a_full_disk_no_acknowledged_call_is_lost_and_calls_can_be_repeated(
    clock, tmp_path, monkeypatch, length, n_syncs
):
    monkeypatch.setattr(journal, "_LONG", length)
    reference, shared = host(clock), host(clock, tmp_path)
    errors = 0
    with monkeypatch.context() as patched:
        disk = FullDisk(patched, n_syncs=n_syncs)
        for method, *arguments in calls(6):
            expected = getattr(reference, method)(*arguments)
            try:
                answer = getattr(shared, method)(*arguments)
            except OSError:
                errors += 1
                disk.n_left = 10**9
                # A repeated call has a new request id. A report has none.
                request, *rest = arguments
                answer = getattr(shared, method)(request if method == "report" else f"{request} again", *rest)
            assert answer == expected
    assert errors == 1
    for current_host in (shared, host(clock, tmp_path)):
        assert current_host.optimizer().to_bytes() == reference.optimizer().to_bytes()
        assert current_host._owners == reference._owners


def test_a_partial_line_of_a_failed_write_is_removed(clock, tmp_path):
    shared = host(clock, tmp_path)
    shared.ask("1", "w", 2)
    (path,) = tmp_path.glob("journal-*.jsonl")
    path.write_bytes(path.read_bytes() + b'["tell", "2", "w", 0, {"val')
    assert shared.tell("3", "w", 1, {"value": 1.0})
    assert [trial.state for trial in host(clock, tmp_path).optimizer().trials] == ["pending", "complete"]


def test_a_snapshot_that_cannot_be_written_leaves_the_old_files_in_use(clock, tmp_path, monkeypatch):
    shared = host(clock, tmp_path)
    shared.ask("1", "w", 1)
    write_atomically = journal.write_atomically

    def fail_for_snapshots(path, data):
        if path.suffix == ".tanteo":
            raise OSError(errno.ENOSPC, "no space left on device")
        write_atomically(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(journal, "write_atomically", fail_for_snapshots)
        with pytest.raises(OSError, match="no space"):
            shared.observe("2", {"x": 0.5, "c": "a"}, {"value": 2.0})
    assert len(shared.optimizer()) == 1
    assert shared.tell("3", "w", 0, {"value": 1.0}), "acknowledged, so it is on disk"
    assert host(clock, tmp_path).best().value == 1.0
    assert shared.observe("4", {"x": 0.5, "c": "a"}, {"value": 2.0}) == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"direction": "maximize"}, "has directions=.'minimize',., and .'maximize',. is given"),
        ({"directions": ["minimize"] * 2}, "directions"),
        ({"sampler": "random"}, "sampler"),
        ({"deduplicate": False}, "it has deduplicate=True, and False is given"),
        ({"seed": 99}, "it has seed=0, and 99 is given"),
    ],
)
def test_a_folder_of_another_search_is_an_error_that_names_the_difference(clock, tmp_path, options, message):
    host(clock, tmp_path).ask("1", "w", 1)
    with pytest.raises(tt.SnapshotError, match=message):
        host(clock, tmp_path, **options)
    with pytest.raises(tt.SnapshotError, match="parameter 'c'"):
        OptimizerHost(tt.SearchSpace({"x": tt.Float(0, 2)}), {}, str(tmp_path), 10.0, clock)
    assert len(host(clock, tmp_path, seed=None).optimizer()) == 1, "a seed need not be given again"


@pytest.mark.parametrize(
    "given",
    [{"loss": "minimize", "time": "minimize"}, {"size": "minimize", "loss": "minimize"}],
    ids=["other names", "another order"],
)
def test_a_folder_with_other_names_of_objectives_is_an_error_that_names_both(clock, tmp_path, given):
    stored = {"loss": "minimize", "size": "minimize"}
    shared = host(clock, tmp_path, directions=stored)
    shared.ask("1", "w", 1)
    with pytest.raises(tt.SnapshotError, match=r"it has directions={'loss'.*'size'.*}, and {.*} is given"):
        host(clock, tmp_path, directions=given)
    for same in (stored, ["minimize", "minimize"]):
        assert host(clock, tmp_path, directions=same).settings() == (("minimize",) * 2, ("loss", "size"))
    unnamed = tmp_path / "unnamed"
    host(clock, unnamed, directions=["minimize", "minimize"])
    with pytest.raises(tt.SnapshotError, match=r"it has directions=.'minimize', 'minimize'., and {'loss'"):
        host(clock, unnamed, directions=stored)


def test_the_actor_returns_the_error_of_its_folder_and_stays_alive(tmp_path):
    """An error while an actor starts would end the actor, and callers would not see it."""
    HostActor(SPACE, {"seed": 0}, str(tmp_path), 10.0, on_study=False).call("ask", "1", "w", 1)
    actor = HostActor(tt.SearchSpace({"x": tt.Float(0, 2)}), {"seed": 0}, str(tmp_path), 10.0, on_study=False)
    actor.beat("w")
    for _ in range(2):
        with pytest.raises(
            tt.SnapshotError, match=f"search in '{tmp_path}' cannot go on: .*'c' exists in the stored one"
        ) as caught:
            actor.call("best")
        assert "\n" not in str(caught.value)
    missing = HostActor(SPACE, {"seed": 0}, str(tmp_path / "disk" / "search"), 10.0, on_study=False)
    (tmp_path / "disk").write_text("not mounted yet")
    with pytest.raises(OSError, match="disk"):
        missing.call("best")
    (tmp_path / "disk").unlink()
    assert missing.call("best") is None


def test_a_worker_with_an_expired_lease_may_continue_to_report(clock):
    shared = host(clock)
    (trial,) = shared.ask("1", "slow", 1)
    clock.now = 11.0
    assert [reassigned.id for reassigned in shared.ask("2", "other", 1)] == [trial.id]
    shared.tell("3", "other", trial.id, {"value": 1.0})
    shared.report("slow", trial.id, 5, 9.0)
    assert shared.should_prune(trial.id), "its work is no longer needed"
    assert not shared.tell("4", "slow", trial.id, {"value": 2.0})
    assert dict(shared.optimizer().trials[0].steps) == {}


def test_the_first_report_is_kept_if_two_workers_of_a_trial_report_different_values(clock):
    shared = host(clock)
    steps, folds = shared.ask("1", "slow", 2)
    clock.now = 11.0
    assert shared.ask("2", "other", 2) == [steps, folds]
    for worker, value in (("other", 0.5), ("slow", 0.75)):
        for step in (1, 2):
            shared.report(worker, steps, step, value)
            shared.report_fold(worker, folds, step, value)
    trials = shared.optimizer().trials
    assert trials[steps.id].steps == trials[folds.id].folds == {1: 0.5, 2: 0.5}


@pytest.mark.parametrize("number", [-1, 1, 10_000])
def test_an_unknown_trial_is_an_error_that_calls_it_unknown(clock, number):
    shared = host(clock)
    shared.ask("1", "w", 1)
    for call in (lambda: shared.report("w", number, 1, 1.0), lambda: shared.should_prune(number)):
        with pytest.raises(tt.UnknownTrialError, match=str(number)):
            call()


@pytest.fixture
def handle(monkeypatch):
    """Makes a handle that pickles its calls to a host, as Ray does."""

    def make(shared):
        handle = RemoteOptimizer.__new__(RemoteOptimizer)
        handle.__setstate__({"_actor": shared, "_lease": 10.0, "_maximize": [False], "_names": None})
        return handle

    def call(self, method, *arguments):
        arguments = pickle.loads(pickle.dumps(arguments))
        return pickle.loads(pickle.dumps(getattr(self._actor, method)(*arguments)))

    monkeypatch.setattr(RemoteOptimizer, "_call", call)
    return make


def test_complete_without_a_value_is_refused(clock, handle):
    shared = host(clock)
    worker = handle(shared)
    first, second = shared.ask("a", "w", 2)
    with pytest.raises(tt.ArgumentError, match=r"state='complete' needs a value; .* pass state='failed'"):
        worker.tell(first, state="complete")
    worker.report_fold(second, 0, 2.0)
    assert worker.tell(second, state="complete")
    assert not worker.tell(second, state="complete"), "only the first result counts"
    assert [trial.state for trial in shared.optimizer().trials] == ["pending", "complete"]


def received_trial(shared):
    """A trial of the host as a worker receives it."""
    return pickle.loads(pickle.dumps(shared.ask("first", "w", 1)[0]))


@pytest.mark.parametrize("seed", [0, 1])
def test_promise_29_a_trial_of_another_search_is_refused(clock, handle, seed):
    """This includes a search with the same seed, whose trial has the same configuration."""
    shared, other = host(clock), host(clock, seed=seed)
    own_trial, foreign_trial = received_trial(shared), received_trial(other)
    snapshot = shared.optimizer().to_bytes()
    calls = [
        lambda trial: handle(shared).tell(trial, 1.0),
        lambda trial: handle(shared).report(trial, 1, 0.5),
        lambda trial: handle(shared).should_prune(trial),
        lambda trial: handle(shared).set_attr(trial, "a", 1),
    ]
    for call in calls:
        for trial in (foreign_trial, other.optimizer().trials[0]):
            with pytest.raises(tt.UnknownTrialError, match="trial 0 belongs to another search"):
                call(trial)
    assert shared.optimizer().to_bytes() == snapshot
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
    assert len(pickle.dumps(client._trial_reference(trial))) < 200


def test_attributes_set_by_a_worker_survive_a_restart(clock, handle, tmp_path):
    shared = host(clock, tmp_path)
    trial = received_trial(shared)
    handle(shared).set_attr(trial, "path", np.array([1, 2]))
    handle(shared).tell(trial, 1.0)
    handle(shared).set_attr(trial.id, "late", "x")
    restarted = host(clock, tmp_path)
    for current_host in (shared, restarted, host(clock, tmp_path)):
        assert handle(current_host).best.attrs == {"path": [1, 2], "late": "x"}
    for call in (lambda: handle(shared).set_attr(7, "a", 1), lambda: handle(shared).set_attr(0, "a", object())):
        with pytest.raises(tt.TanteoError):
            call()


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
    (held_trial,) = shared.ask("1", "beating", 1)
    sampler.open.clear()
    sampler.entered.clear()
    ask_thread = threading.Thread(target=shared.ask, args=("2", "waiting", 1))
    ask_thread.start()
    assert sampler.entered.wait(60)
    clock.now = 100.0
    shared.beat("beating")
    sampler.open.set()
    ask_thread.join(60)
    (new,) = shared.ask("3", "third", 1)
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
