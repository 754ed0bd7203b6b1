"""The optimizer that workers share: leases, repeated requests, a journal that loses nothing acknowledged."""

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
from tanteo.integrations.ray.remote import host as module
from tanteo.integrations.ray.remote.actor import HostActor
from tanteo.integrations.ray.remote.encoding import encode_outcome
from tanteo.integrations.ray.remote.host import OptimizerHost
from tanteo.trials.outcome import parse_outcome

SPACE = tt.SearchSpace({"x": tt.Float(0, 1), "c": tt.Categorical(["a", "b"])})


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def host(clock, folder=None, **options):
    return OptimizerHost(SPACE, {"seed": 0, "sampler": "tpe", **options}, folder and str(folder), 10.0, clock)


def test_it_asks_and_tells_as_an_optimizer_does(clock):
    shared, alone = host(clock), tt.Optimizer(SPACE, seed=0, sampler="tpe")
    for k in range(20):
        (trial,) = shared.ask(f"a{k}", "w", 1)
        assert trial == alone.ask()
        assert shared.tell(f"t{k}", "w", trial.id, {"value": float(k)})
        alone.tell(trial.id, float(k))
    assert shared.best() == alone.best


def test_a_host_that_comes_back_knows_its_earlier_searches_without_them(clock, tmp_path):
    told = [({"x": i / 10, "c": "a"}, abs(i - 3.0)) for i in range(10)]
    shared = host(clock, tmp_path, earlier=[told])
    (first,) = shared.ask("a", "w", 1)
    assert first.params == {"x": 0.3, "c": "a"}
    back = host(clock, tmp_path)
    assert back.optimizer()._core.earlier() == shared.optimizer()._core.earlier()


def test_a_repeated_request_counts_once(clock):
    shared = host(clock)
    first, second = shared.ask("a", "w", 1), shared.ask("a", "w", 1)
    assert first == second
    assert shared.tell("t", "w", 0, {"value": 1.0})
    assert shared.tell("t", "w", 0, {"value": 1.0}), "the answer was lost on the way, not the result"
    assert shared.observe("o", {"x": 0.5, "c": "a"}, {"value": 2.0}) == shared.observe("o", {}, {})
    assert len(shared.optimizer()) == 2


def test_trials_of_a_silent_worker_are_handed_out_again(clock):
    shared = host(clock)
    mine, lost = shared.ask("1", "alive", 1), shared.ask("2", "dead", 2)
    clock.now = 9.0
    shared.beat("alive")
    clock.now = 11.0
    assert shared.ask("3", "alive", 3)[:2] == lost
    assert shared.ask("4", "alive", 1)[0] not in mine + lost
    assert shared.tell("5", "alive", lost[0].id, {"value": 1.0})
    assert not shared.tell("6", "dead", lost[0].id, {"value": 2.0}), "the first result is believed"
    assert shared.optimizer().trials[lost[0].id].value == 1.0


def test_a_batch_takes_what_is_abandoned_and_what_is_left(clock):
    finite = OptimizerHost(tt.SearchSpace({"a": tt.Int(1, 4)}), {"seed": 0}, None, 10.0, clock)
    assert len(finite.ask("1", "one", 3)) == 3
    assert len(finite.ask("2", "two", 3)) == 1
    clock.now += 60.0
    assert len(finite.ask("3", "three", 9)) == 4
    with pytest.raises(tt.SpaceExhausted):
        finite.ask("4", "three", 1)


def test_a_wrong_tell_is_an_error_and_the_trial_can_be_told_again(clock):
    shared = host(clock)
    shared.ask("1", "w", 1)
    with pytest.raises(tt.ArgumentError):
        shared.tell("2", "w", 0, {"value": 1.0, "state": "odd"})
    with pytest.raises(tt.UnknownTrialError):
        shared.tell("3", "w", 99, {"value": 1.0})
    assert shared.tell("4", "w", 0, {"value": 1.0})


@pytest.mark.parametrize("long", [3, 500])
def test_a_host_started_anew_goes_on_as_if_nothing_had_happened(clock, tmp_path, monkeypatch, long):
    monkeypatch.setattr(journal, "_LONG", long)
    straight, broken = host(clock), host(clock, tmp_path)
    for k in range(25):
        for each in (straight, broken):
            each.ask(f"a{k}", f"w{k % 3}", 1 + k % 2)
            each.report("w0", k, 1, 1.0 * k)
            each.report("w0", k, 1, 7.0)
            each.tell(
                f"t{k}", "w", k, encode_outcome(parse_outcome(1, tt.Replicates([1.0 * k, 2.0]), cost=np.float32(1)))
            )
            measured = each.ask(f"f{k}", "w0", 1)
            each.report_fold("w0", measured[0].id, 2, 1.0 * k)
            each.report_fold("w0", measured[0].id, 2, 7.0)
            if k % 5:
                each.tell(f"u{k}", "w", measured[0].id, encode_outcome(parse_outcome(1, None)))
        if k == 10:
            straight.enqueue("q", {"x": 0.5})
            broken.enqueue("q", {"x": 0.5})
        if k % 4 == 0:
            broken = host(clock, tmp_path)
    assert broken.optimizer().to_bytes() == straight.optimizer().to_bytes()
    assert broken._owners == straight._owners
    assert broken.ask("a24", "w0", 1) == straight.ask("a24", "w0", 1), "an answer lost in the crash is given again"


def test_a_line_cut_off_by_the_crash_was_never_acknowledged(clock, tmp_path):
    broken = host(clock, tmp_path)
    broken.ask("1", "w", 2)
    broken.tell("2", "w", 0, {"value": 1.0})
    (path,) = tmp_path.glob("journal-*.jsonl")
    path.write_bytes(path.read_bytes() + b'["tell", "3", "w", 1, {"val')
    again = host(clock, tmp_path)
    assert [trial.state for trial in again.optimizer().trials] == ["complete", "pending"]


def test_a_damaged_journal_is_an_error_that_names_it(clock, tmp_path):
    host(clock, tmp_path)
    (path,) = tmp_path.glob("journal-*.jsonl")
    path.write_bytes(path.read_bytes() + b"{oops\n")
    with pytest.raises(tt.SnapshotError, match="journal-0"):
        host(clock, tmp_path)


def test_answers_are_forgotten_in_the_end(clock, monkeypatch):
    monkeypatch.setattr(module, "REMEMBERED", 5)
    shared = host(clock)
    for k in range(20):
        shared.ask(str(k), "w", 1)
    assert len(shared._answers) == 5


@pytest.mark.parametrize("value", [object(), {1.0, 2.0}, iter([1.0, 2.0]), b"a", {"a": 1}, [1.0, {2.0}], [1.0], "1"])
def test_what_an_optimizer_refuses_to_be_told_never_reaches_the_host(value):
    with pytest.raises(tt.ArgumentError, match="value"):
        encode_outcome(parse_outcome(2, value))
    with pytest.raises(tt.ArgumentError, match="name of a constraint"):
        encode_outcome(parse_outcome(1, 1.0, constraints={1: 0.5}))


def test_everything_that_can_be_told_arrives(clock):
    told = {
        "state": "complete",
        "sem": np.array([0.5, 0.25]),
        "constraints": {"m": 3},
        "cost": np.float32(2.5),
    }
    shared = OptimizerHost(SPACE, {"directions": ["minimize", "maximize"], "seed": 0}, None, 10.0, clock)
    alone = tt.Optimizer(SPACE, directions=["minimize", "maximize"], seed=0)
    for k, value in enumerate([np.array([1.0, 2.0]), (np.float64(1), 2)]):
        shared.ask(f"a{k}", "w", 1)
        shared.tell(f"t{k}", "w", k, json.loads(json.dumps(encode_outcome(parse_outcome(2, value, **told)))))
        alone.tell(alone.ask(), value, **told)
    assert shared.optimizer().to_json() == alone.to_json()
    single = host(clock)
    for k, more in enumerate(
        [{"state": "failed", "reason": "oom"}, {"state": "pruned"}, {"value": tt.Replicates([1, 3])}]
    ):
        single.ask(f"a{k}", "w", 1)
        assert single.tell(f"t{k}", "w", k, json.loads(json.dumps(encode_outcome(parse_outcome(1, **more)))))
    trials = single.optimizer().trials
    assert [trial.state for trial in trials] == ["failed", "pruned", "complete"]
    assert trials[2].value == 2.0


class FullDisk:
    """Lets files be written through so many times, and then no more: what was written may be there or not."""

    def __init__(self, monkeypatch, *, at):
        monkeypatch.setattr(os, "fsync", self.fsync)
        self.left = at

    def fsync(self, descriptor):
        self.left -= 1
        if self.left < 0:
            raise OSError(errno.ENOSPC, "no space left on device")


def calls(n):
    for k in range(n):
        yield "ask", f"a{k}", f"w{k % 2}", 1
        yield "report", "w0", k, 1, 2.0
        yield ("tell", f"t{k}", "w0", k, {"value": float(k)}) if k % 3 else ("enqueue", f"q{k}", {"x": 0.1 * k})


@pytest.mark.parametrize("long", [2, 500])
@pytest.mark.parametrize("at", range(0, 15, 2))
def test_on_a_full_disk_nothing_acknowledged_is_lost_and_calls_can_be_made_again(
    clock, tmp_path, monkeypatch, long, at
):
    monkeypatch.setattr(journal, "_LONG", long)
    straight, broken = host(clock), host(clock, tmp_path)
    errors = 0
    with monkeypatch.context() as patched:
        disk = FullDisk(patched, at=at)
        for method, *arguments in calls(6):
            expected = getattr(straight, method)(*arguments)
            try:
                got = getattr(broken, method)(*arguments)
            except OSError:
                errors += 1
                disk.left = 10**9
                # Whoever tries again does so by another request, which a report has none of.
                request, *rest = arguments
                got = getattr(broken, method)(request if method == "report" else f"{request} again", *rest)
            assert got == expected
    assert errors == 1
    for each in (broken, host(clock, tmp_path)):
        assert each.optimizer().to_bytes() == straight.optimizer().to_bytes()
        assert each._owners == straight._owners


def test_what_a_failed_attempt_left_of_a_line_is_cut_away(clock, tmp_path):
    shared = host(clock, tmp_path)
    shared.ask("1", "w", 2)
    (path,) = tmp_path.glob("journal-*.jsonl")
    path.write_bytes(path.read_bytes() + b'["tell", "2", "w", 0, {"val')
    assert shared.tell("3", "w", 1, {"value": 1.0})
    assert [trial.state for trial in host(clock, tmp_path).optimizer().trials] == ["pending", "complete"]


def test_a_snapshot_that_cannot_be_written_leaves_the_old_pair_in_use(clock, tmp_path, monkeypatch):
    shared = host(clock, tmp_path)
    shared.ask("1", "w", 1)
    writing = journal.write_atomically

    def broken(path, data):
        if path.suffix == ".tanteo":
            raise OSError(errno.ENOSPC, "no space left on device")
        writing(path, data)

    with monkeypatch.context() as patched:
        patched.setattr(journal, "write_atomically", broken)
        with pytest.raises(OSError, match="no space"):
            shared.observe("2", {"x": 0.5, "c": "a"}, {"value": 2.0})
    assert len(shared.optimizer()) == 1
    assert shared.tell("3", "w", 0, {"value": 1.0}), "acknowledged, and so on disk"
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
def test_a_folder_of_another_search_is_an_error_that_says_how(clock, tmp_path, options, message):
    host(clock, tmp_path).ask("1", "w", 1)
    with pytest.raises(tt.SnapshotError, match=message):
        host(clock, tmp_path, **options)
    with pytest.raises(tt.SnapshotError, match="parameter 'c'"):
        OptimizerHost(tt.SearchSpace({"x": tt.Float(0, 2)}), {}, str(tmp_path), 10.0, clock)
    assert len(host(clock, tmp_path, seed=None).optimizer()) == 1, "a seed need not be given again"


def test_the_actor_answers_with_the_error_of_its_folder_and_lives_on(tmp_path):
    """Raised while an actor starts, an error is the end of it, and of no use to a caller."""
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


def test_a_worker_taken_for_dead_may_go_on_reporting(clock):
    shared = host(clock)
    (trial,) = shared.ask("1", "slow", 1)
    clock.now = 11.0
    assert [each.id for each in shared.ask("2", "other", 1)] == [trial.id]
    shared.tell("3", "other", trial.id, {"value": 1.0})
    shared.report("slow", trial.id, 5, 9.0)
    assert shared.should_prune(trial.id), "what it does is of no use any more"
    assert not shared.tell("4", "slow", trial.id, {"value": 2.0})
    assert dict(shared.optimizer().trials[0].steps) == {}


def test_two_workers_of_a_trial_may_report_different_values_and_the_first_are_kept(clock):
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
def test_an_unknown_trial_is_an_error_that_says_so(clock, number):
    shared = host(clock)
    shared.ask("1", "w", 1)
    for call in (lambda: shared.report("w", number, 1, 1.0), lambda: shared.should_prune(number)):
        with pytest.raises(tt.UnknownTrialError, match=str(number)):
            call()


@pytest.fixture
def handle(monkeypatch):
    """Makes a handle whose calls reach a host as Ray would carry them."""

    def of(shared):
        made = RemoteOptimizer.__new__(RemoteOptimizer)
        made.__setstate__({"_actor": shared, "_lease": 10.0, "_maximize": [False], "_names": None})
        return made

    def call(self, method, *arguments):
        carried = pickle.loads(pickle.dumps(arguments))
        return pickle.loads(pickle.dumps(getattr(self._actor, method)(*carried)))

    monkeypatch.setattr(RemoteOptimizer, "_call", call)
    return of


def asked(shared):
    """A trial as a worker gets it."""
    return pickle.loads(pickle.dumps(shared.ask("first", "w", 1)[0]))


@pytest.mark.parametrize("seed", [0, 1])
def test_promise_29_a_trial_of_another_search_is_refused(clock, handle, seed):
    """Also of one with the same seed, whose trial has the same configuration."""
    shared, other = host(clock), host(clock, seed=seed)
    mine, theirs = asked(shared), asked(other)
    before = shared.optimizer().to_bytes()
    calls = [
        lambda trial: handle(shared).tell(trial, 1.0),
        lambda trial: handle(shared).report(trial, 1, 0.5),
        lambda trial: handle(shared).should_prune(trial),
        lambda trial: handle(shared).set_attr(trial, "a", 1),
    ]
    for call in calls:
        for trial in (theirs, other.optimizer().trials[0]):
            with pytest.raises(tt.UnknownTrialError, match="trial 0 belongs to another search"):
                call(trial)
    assert shared.optimizer().to_bytes() == before
    assert handle(shared).tell(mine, 1.0)


def test_promise_29_a_host_started_anew_knows_its_trials(clock, handle, tmp_path):
    mine = asked(host(clock, tmp_path / "ours"))
    theirs = asked(host(clock, tmp_path / "theirs"))
    again = host(clock, tmp_path / "ours")
    with pytest.raises(tt.UnknownTrialError):
        handle(again).tell(theirs, 1.0)
    assert handle(again).tell(mine, 2.0)


def test_what_a_worker_sends_of_a_trial_does_not_grow_with_its_params(clock, handle):
    trial = asked(host(clock))
    trial.params["c"] = "x" * 10_000
    assert len(pickle.dumps(client._trial_reference(trial))) < 200


def test_attributes_are_attached_across_the_cluster_and_survive_a_restart(clock, handle, tmp_path):
    shared = host(clock, tmp_path)
    trial = asked(shared)
    handle(shared).set_attr(trial, "path", np.array([1, 2]))
    handle(shared).tell(trial, 1.0)
    handle(shared).set_attr(trial.id, "late", "x")
    again = host(clock, tmp_path)
    for each in (shared, again, host(clock, tmp_path)):
        assert handle(each).best.attrs == {"path": [1, 2], "late": "x"}
    for call in (lambda: handle(shared).set_attr(7, "a", 1), lambda: handle(shared).set_attr(0, "a", object())):
        with pytest.raises(tt.TanteoError):
            call()


class Held:
    """A sampler that keeps everybody waiting."""

    def __init__(self):
        self.entered, self.open = threading.Event(), threading.Event()

    def suggest(self, view, n, rng):
        self.entered.set()
        assert self.open.wait(60)
        return rng.random((n, len(view.axes)))


def test_beats_are_heard_while_an_ask_takes_long(clock):
    """And who asked is alive when the answer comes, however long that took."""
    sampler = Held()
    shared = host(clock, sampler=sampler)
    sampler.open.set()
    (mine,) = shared.ask("1", "beating", 1)
    sampler.open.clear()
    sampler.entered.clear()
    asking = threading.Thread(target=shared.ask, args=("2", "waiting", 1))
    asking.start()
    assert sampler.entered.wait(60)
    clock.now = 100.0
    shared.beat("beating")
    sampler.open.set()
    asking.join(60)
    (new,) = shared.ask("3", "third", 1)
    assert new.id == 2
    assert new.id != mine.id


class FakeRay:
    """Stands for Ray and for the actor; counts beats."""

    def __init__(self):
        self.running, self.beats, self.killed = True, [], []
        self.beat = self

    def is_initialized(self):
        return self.running

    def options(self, **options):
        self.group = options
        return self

    def remote(self, worker):
        assert self.running, "a call would start Ray anew"
        self.beats.append(worker)

    def kill(self, actor, no_restart):
        self.killed.append(actor)


@pytest.mark.parametrize("end", ["told", "ray", "actor"])
def test_a_worker_says_that_it_lives_until_nothing_is_left_to_say_it_for(monkeypatch, end):
    fake = FakeRay()
    monkeypatch.setattr(client, "ray", fake)
    handle = RemoteOptimizer.__new__(RemoteOptimizer)
    handle.__setstate__({"_actor": fake, "_lease": 0.02, "_maximize": [False], "_names": None})
    handle._my_trials.add(0)
    pulse = threading.Thread(target=handle._beat)
    pulse.start()
    while len(fake.beats) < 3:
        time.sleep(0.001)
    if end == "told":
        handle._my_trials.discard(0)
    elif end == "ray":
        fake.running = False
    else:
        handle.shutdown()
        assert fake.killed == [fake]
    pulse.join(60)
    assert not pulse.is_alive()
    assert set(fake.beats) == {handle._worker}
    assert fake.group == {"concurrency_group": "beats"}, "beats wait behind no ask"


def test_the_handle_refuses_what_an_optimizer_refuses_before_there_is_an_actor():
    for options in ({"sampler": "magic"}, {"seed": -1}, {"direction": "up"}, {"deduplicate": 3}):
        with pytest.raises(tt.ArgumentError):
            RemoteOptimizer(SPACE, **options)
    with pytest.raises(TypeError, match="samplr"):
        RemoteOptimizer(SPACE, samplr="tpe")


@pytest.mark.parametrize(("name", "value"), [("lease", -1.0), ("lease", math.inf), ("lease", "a"), ("path", 3)])
def test_a_mistake_in_its_own_arguments_is_raised_before_there_is_an_actor(name, value):
    with pytest.raises(tt.ArgumentError, match=f"{name} must"):
        RemoteOptimizer({"x": tt.Float(0, 1)}, **{name: value})
