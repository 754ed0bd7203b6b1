"""The optimizer that workers share: leases, repeated requests, a journal that loses nothing acknowledged."""

import numpy as np
import pytest

import tanteo as tt
from tanteo.integrations.ray.remote import host as module
from tanteo.integrations.ray.remote import journal
from tanteo.integrations.ray.remote.host import OptimizerHost
from tanteo.integrations.ray.remote.told import packed

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
            each.tell(f"t{k}", "w", k, packed({"value": tt.Replicates([1.0 * k, 2.0]), "cost": np.float32(1)}))
        if k == 10:
            straight.enqueue("q", {"x": 0.5})
            broken.enqueue("q", {"x": 0.5})
        if k % 4 == 0:
            broken = host(clock, tmp_path, seed=99)
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
    monkeypatch.setattr(module, "_REMEMBERED", 5)
    shared = host(clock)
    for k in range(20):
        shared.ask(str(k), "w", 1)
    assert len(shared._answers) == 5


def test_what_is_told_must_be_numbers():
    with pytest.raises(tt.ArgumentError, match="value"):
        packed({"value": object()})
    assert packed({"value": [1, np.float64(2)], "constraints": {"m": 3}, "state": "complete"}) == {
        "value": [1.0, 2.0],
        "constraints": {"m": 3.0},
        "state": "complete",
    }
