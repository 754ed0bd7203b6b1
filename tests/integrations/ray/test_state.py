"""Saving, restoring and copying a search: complete, compact and exact."""

import copy
import json
import math
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ray import cloudpickle, tune
from ray.tune.search import ConcurrencyLimiter

import tanteo as tt
from support import ray_state
from support.tune_loop import Loop
from tanteo.integrations.ray import TanteoSearch
from tanteo.integrations.ray.search.commands import Ask, Finish
from tanteo.integrations.ray.search.record import End
from tanteo.integrations.ray.state import read_state, write_state

SPACE = {
    "x": tune.uniform(0, 1),
    "m": tune.choice([{"kind": "a"}, {"kind": "b", "n": tune.randint(0, 9)}]),
    "f": tune.choice([math.sqrt, math.cos]),
}


def loss(config):
    return config["x"] + config["m"].get("n", 3) / 10


def in_progress(sampler="tpe"):
    """A search with trials of every state."""
    search = TanteoSearch(sampler=sampler, seed=0)
    tuning = Loop(search, SPACE, n=100)
    tuning.run(loss, 15)
    running, stopped = tuning.suggest(), tuning.suggest()
    tuning.report(running, 0.5, 3)
    tuning.stop(stopped, 0.75, 1)
    tuning.fail(tuning.suggest())
    search.on_trial_result(
        "feedbeef", {"loss": 1.0, "training_iteration": 1, "config/x": 0.5, "config/m/kind": "a", "config/f": math.cos}
    )
    return search, tuning


def test_a_restored_search_continues_as_the_saved_search_does(tmp_path):
    search, tuning = in_progress()
    search.save(tmp_path / "state")
    restored = TanteoSearch()
    restored.restore(tmp_path / "state")
    other = Loop(restored)
    other._number, other.configs = tuning._number, dict(tuning.configs)
    for current_loop in (tuning, other):
        current_loop.stop("00000010", 0.25, 9)
        current_loop.searcher.on_trial_complete("feedbeef", {"loss": 0.9, "training_iteration": 2})
    assert tuning.run(loss, 10) == other.run(loss, 10)
    assert search.to_optimizer(seed=0).to_json() == restored.to_optimizer(seed=0).to_json()


@pytest.mark.parametrize("sampler", ["random", "tpe", "gp", "auto"])
def test_a_restart_after_any_event_changes_nothing(sampler):
    """Suggestions depend only on the order of events, not on whether and when the driver died."""
    uninterrupted, restarted = (TanteoSearch(sampler=sampler, seed=0) for _ in range(2))
    assert uninterrupted.set_search_properties("loss", "min", SPACE)
    assert restarted.set_search_properties("loss", "min", SPACE)
    first, second = Loop(uninterrupted), Loop(restarted)
    running = []
    for number in range(25):
        running.append((first.suggest(), second.suggest()))
        if number % 3 == 2:
            first_trial, second_trial = running.pop(number % len(running))
            first.end(first_trial, loss(first.configs[first_trial]))
            second.end(second_trial, loss(second.configs[second_trial]))
        if number % 4 == 1:
            second.searcher = copy.deepcopy(second.searcher)
    assert first.configs == second.configs


@settings(max_examples=25)
@given(st.data())
def test_any_order_of_events_restores_identically(data):
    """Hypothesis chooses the events. A restart may follow each of them."""
    search = TanteoSearch(
        {"x": tune.uniform(0, 1), "n": tune.randint(0, 50)}, metric="loss", mode="min", sampler="tpe", seed=1
    )
    loops = [Loop(search), Loop(copy.deepcopy(search))]
    running = []
    for _ in range(data.draw(st.integers(1, 30))):
        event = data.draw(st.sampled_from(["suggest", "report", "stop", "end", "fail", "restart"]))
        if event == "restart":
            loops[1].searcher = copy.deepcopy(loops[1].searcher)
        elif event == "suggest" or not running:
            running.append(loops[0].suggest())
            loops[1].suggest()
        else:
            trial = running[data.draw(st.integers(0, len(running) - 1))]
            step, value = data.draw(st.integers(1, 9)), data.draw(st.floats(allow_infinity=False))
            for each in loops:
                each.fail(trial) if event == "fail" else getattr(each, event)(trial, value, step)
            if event != "report":
                running.remove(trial)
    last = [each.configs[each.suggest()] for each in loops]
    assert last[0] == last[1]
    assert loops[0].configs == loops[1].configs


@pytest.mark.parametrize("sampler", ["tpe", "auto"])
def test_two_experiments_with_a_save_between_them_equal_one_experiment(tmp_path, sampler):
    """A searcher under a limiter, restored by hand and passed to a new experiment, whose trial ids are new to it."""
    uninterrupted = ConcurrencyLimiter(TanteoSearch(sampler=sampler, seed=5), 1)
    first = ConcurrencyLimiter(TanteoSearch(sampler=sampler, seed=5), 1)
    expected = Loop(uninterrupted, SPACE, n=20).run(loss, 20)
    first_configs = Loop(first, SPACE, n=10).run(loss, 10)
    first.save(str(tmp_path / "state"))
    second = ConcurrencyLimiter(TanteoSearch(sampler=sampler), 1)
    second.restore(str(tmp_path / "state"))
    continued = Loop(second, SPACE, n=10)
    continued._number = 500
    assert first_configs + continued.run(loss, 10) == expected
    assert second.searcher._session.n_samples == 20, "the second experiment adds ten samples"


def test_the_newest_file_in_a_folder_is_restored(tmp_path):
    """Each session of an experiment writes a file with a name of its own."""
    search, _ = in_progress()
    search.save_to_dir(str(tmp_path), "2026-11-25_08-00-00")
    search.suggest("one more")
    search.save_to_dir(str(tmp_path), "2026-11-25_09-00-00")
    restored = TanteoSearch()
    restored.restore_from_dir(str(tmp_path))
    assert restored.suggest("a") == search.suggest("a")


def test_a_trial_that_is_running_during_a_save_is_known_after_the_restore(tmp_path):
    search = TanteoSearch(seed=0)
    tuning = Loop(search, SPACE, mode="max")
    ended, later, _unfinished = (tuning.suggest() for _ in range(3))
    tuning.end(ended, 1.0)
    search.save(str(tmp_path / "state"))
    restored = TanteoSearch()
    restored.restore(str(tmp_path / "state"))
    restored.on_trial_complete(later, {"loss": 2.0, "training_iteration": 1})
    restored.suggest("new")
    trials = restored.to_optimizer().trials
    assert [trial.state for trial in trials] == ["complete", "complete", "pending", "pending"]
    assert (restored.metric, restored.mode) == ("loss", "max")


def test_waiting_commands_are_saved(tmp_path):
    """A save during a slow ask contains the state before the ask and the commands that wait for it."""
    search, tuning = in_progress()
    session = search._session
    blocks, waiting = session._worker.frozen()
    ticket = session._tickets["00000010"]
    waiting = [*waiting, Finish(ticket, False, None, 9, (0.25,)), Ask()]
    session._worker.frozen = lambda: (blocks, waiting)
    session._prepared.append((session._next_ticket, None, {}))
    session._next_ticket += 1
    search.save(tmp_path / "state")
    restored = TanteoSearch()
    restored.restore(tmp_path / "state")
    tuning.searcher = in_progress()[0]
    tuning.stop("00000010", 0.25, 9)
    expected = [tuning.configs[tuning.suggest()] for _ in range(2)]
    assert [restored.suggest("a"), restored.suggest("b")] == expected


def test_a_space_given_before_the_restore_keeps_its_objects(tmp_path):
    """`Tuner.restore(param_space=...)`: set_search_properties, then restore."""
    search, _ = in_progress()
    search.save(tmp_path / "state")
    restored = TanteoSearch()
    assert restored.set_search_properties("loss", "min", SPACE)
    restored.restore(tmp_path / "state")
    assert restored.suggest("a") == search.suggest("a")
    assert restored._plan.config is SPACE


def test_unresolved_placeholders_are_an_error_at_the_first_suggest(tmp_path):
    space = {"x": tune.uniform(0, 1), "o": ("__ref_ph", "abc"), "f": {"g": ("__fn_ph", "def")}}
    search = TanteoSearch(seed=0)
    Loop(search, space).run(lambda config: config["x"], 2)
    search.save(tmp_path / "state")
    restored = TanteoSearch()
    restored.restore(tmp_path / "state")
    with pytest.raises(tt.ArgumentError, match=r"pass param_space= to Tuner\.restore"):
        restored.suggest("a")
    assert restored.set_search_properties("loss", "min", space)
    assert restored.suggest("a") == search.suggest("a")


def test_a_searcher_without_a_space_can_be_pickled():
    """`Tuner.__init__` writes tuner.pkl before it passes the space."""
    unpickled = cloudpickle.loads(cloudpickle.dumps(TanteoSearch(seed=3, points_to_evaluate=[{"x": 0.5}])))
    assert Loop(unpickled, SPACE).configs == {}
    assert unpickled.suggest("a")["x"] == 0.5


def test_results_added_before_the_space_survive_pickling():
    search = TanteoSearch(seed=3)
    search.add_evaluated_point({"x": 0.5, "m": {"kind": "a"}, "f": math.cos}, 0.25)
    copied_search = copy.deepcopy(cloudpickle.loads(cloudpickle.dumps(search)))
    Loop(copied_search, SPACE)
    assert copied_search.to_optimizer().best.value == 0.25


def test_pickled_and_deep_copied_searches_continue_identically():
    search, _ = in_progress()
    copies = [copy.deepcopy(search), cloudpickle.loads(cloudpickle.dumps(search))]
    suggested = search.suggest("a")
    assert [copied_search.suggest("a") for copied_search in copies] == [suggested, suggested]


def test_a_save_of_a_thousand_trials_is_small(tmp_path):
    """At most 250 KB for 1,000 trials of 20 parameters."""
    space = {f"u{i}": tune.uniform(0, 1) for i in range(10)} | {f"l{i}": tune.loguniform(1e-5, 1) for i in range(4)}
    space |= {f"i{i}": tune.randint(0, 100) for i in range(3)} | {f"c{i}": tune.choice(list("abcd")) for i in range(3)}
    search = TanteoSearch(sampler="random", seed=0)
    Loop(search, space).run(lambda config: config["u0"], 1000)
    search.save(tmp_path / "state")
    assert (tmp_path / "state").stat().st_size < 250_000


@pytest.mark.parametrize("version", ray_state.RELEASES, ids=lambda path: path.stem)
def test_the_state_of_every_release_is_read(version):
    restored = TanteoSearch()
    restored.restore(version)
    trials = restored.to_optimizer().trials
    assert {trial.state for trial in trials} == {"complete", "failed", "pruned", "pending"}
    assert [(adopted.params["x"], dict(adopted.steps)) for adopted in trials][-3:-1] == [(0.25, {}), (0.75, {2: 2.5})]
    assert dict(trials[0].steps) == {1: 2.0, 2: 1.0}
    assert End.PAUSED in [record.end for record in restored._session.ledger().records]
    assert isinstance(restored.suggest("next"), dict)


def test_unknown_entries_of_a_state_are_skipped(tmp_path):
    search, _ = in_progress()
    header, blocks = read_state(search._state())
    (tmp_path / "state").write_bytes(write_state({**header, "unknown": 1}, {"unknown": b"xyz", **blocks}))
    restored = TanteoSearch()
    restored.restore(tmp_path / "state")
    assert restored.suggest("a") == search.suggest("a")


def test_a_damaged_or_later_state_is_an_error_that_names_the_cause():
    data = TanteoSearch(SPACE, metric="loss", mode="min")._state()
    with pytest.raises(tt.SnapshotError, match="checksum"):
        read_state(data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(tt.SnapshotError, match="not the state"):
        read_state(b"pickle")
    for version in (0, 2, 99):
        other = data[:11] + version.to_bytes(2, "little") + data[13:]
        with pytest.raises(tt.SnapshotError, match=f"version {version}"):
            read_state(other)


def test_damage_at_any_position_is_a_snapshot_error():
    search, _ = in_progress()
    data = search._state()
    for offset in [*range(11, 60), *range(60, len(data), 97)]:
        for bit in (1, 128):
            damaged = bytearray(data)
            damaged[offset] ^= bit
            with pytest.raises(tt.SnapshotError):
                read_state(bytes(damaged))
    for length in range(0, len(data), 61):
        with pytest.raises(tt.SnapshotError):
            read_state(data[:length])


def test_an_unknown_end_or_command_is_an_error_that_names_it():
    search, _ = in_progress()
    header, blocks = read_state(search._state())
    changed = {**header, "session": {**header["session"], "waiting": [["later", 0]]}}
    ledger = json.loads(blocks["ledger"])
    ends = json.dumps({**ledger, "ends": [99, *ledger["ends"][1:]]}).encode()
    for state, message in (
        (write_state(changed, blocks), "unknown command, 'later'"),
        (write_state(header, {**blocks, "ledger": ends}), "unknown end, 99"),
    ):
        with pytest.raises(tt.SnapshotError, match=message):
            TanteoSearch()._take_over(state)


def native(**options):
    """A search over a space of Tanteo, with choices that plain JSON cannot hold."""
    space = tt.SearchSpace({"k": tt.Categorical([(3, 3), (5, 5)]), "n": tt.Int(0, 9), "g": {"x": tt.Float(0, 1)}})
    return TanteoSearch(space, metric="loss", mode="min", seed=0, **options)


CONFIG = {"k": (5, 5), "n": np.int64(3), "g": {"x": np.float32(0.5)}}
PLAIN = {"k": (5, 5), "n": 3, "g": {"x": 0.5}}


def test_adopted_trials_in_a_space_of_tanteo_keep_their_types_in_a_save():
    for reload in (copy.deepcopy, lambda search: search):
        search = native(points_to_evaluate=[CONFIG], evaluated_rewards=[1.5])
        search.add_evaluated_point(CONFIG, 2.5)
        result = {"training_iteration": 1, "config/k": (5, 5), "config/n": np.int64(3), "config/g/x": 0.5}
        search.on_trial_result("feed", result)
        search = reload(search)
        search._session.ledger()
        search = reload(search)
        search.on_trial_complete("feed", {"loss": 3.5, "training_iteration": 2})
        trials = search.to_optimizer().trials
        assert [(adopted.params, adopted.value) for adopted in trials] == [(PLAIN, 1.5), (PLAIN, 2.5), (PLAIN, 3.5)]


def test_a_prepared_suggestion_that_failed_is_made_again():
    """The new suggestion differs from the configuration of the last trial."""
    search = TanteoSearch(sampler=Faulty(), seed=0)
    tuning = Loop(search, {"x": tune.uniform(0, 1)})
    trial = tuning.suggest()
    Faulty.works = False
    try:
        tuning.end(trial, 1.0)  # prepares the next suggestion, which fails
        search._session.ledger()
        restored = copy.deepcopy(search)
    finally:
        Faulty.works = True
    config = restored.suggest("a")
    assert config != tuning.configs[trial]
    restored.on_trial_complete("a", {"loss": 0.5, "training_iteration": 1})
    assert [frozen.value for frozen in restored.to_optimizer().trials] == [1.0, 0.5]
    with pytest.raises(ZeroDivisionError):
        search.suggest("a")  # without a restore the error reaches the user


class Faulty:
    """A sampler of the user that raises unless `works` is set."""

    works = True

    def suggest(self, view, n, rng):
        if not self.works:
            raise ZeroDivisionError
        return rng.random((n, len(view.axes)))


def test_a_suggestion_that_failed_before_the_first_trial_does_not_prevent_a_restore():
    search = TanteoSearch(sampler=Faulty(), seed=0)
    Loop(search, {"x": tune.uniform(0, 1)})
    search._session._prepare_suggestion()
    Faulty.works = False
    try:
        search._session.ledger()
        restored = copy.deepcopy(search)
    finally:
        Faulty.works = True
    assert isinstance(restored.suggest("a"), dict)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"space": {"x": tune.uniform(0, 2)}}, r"parameter 'x': high .* in the given space, .* in the stored one"),
        ({"space": {"y": tune.uniform(0, 1)}}, "parameter 'y' exists in the given space, but not in the stored one"),
        ({"mode": "max"}, "mode 'max' was given, and 'min' is stored"),
        ({"metric": "accuracy"}, "metric 'accuracy' was given, and 'loss' is stored"),
    ],
)
@pytest.mark.parametrize("picklable", [True, False])
def test_the_state_of_another_search_is_an_error_that_names_the_difference(tmp_path, options, message, picklable):
    """The error is raised at the first suggest, since Tune starts over after an error in `restore`. Nothing is lost."""
    space = {"x": tune.uniform(0, 1)} | ({} if picklable else {"lock": threading.Lock()})
    search = TanteoSearch(space, metric="loss", mode="min", seed=0)
    Loop(search).run(lambda config: config["x"], 3)
    search.save(tmp_path / "state")
    restored = TanteoSearch(**({"space": space, "metric": "loss", "mode": "min"} | options))
    restored.restore(tmp_path / "state")
    restored.on_trial_result("00000001", {"loss": 1.0, "training_iteration": 7})
    for current_search in (restored, copy.deepcopy(restored)) if picklable else (restored,):
        with pytest.raises(tt.SnapshotError, match=message):
            current_search.suggest("a")
        current_search.save(tmp_path / "again")
        assert (tmp_path / "again").read_bytes() == (tmp_path / "state").read_bytes()


def test_a_space_that_could_not_be_stored_may_be_passed_after_the_restore(tmp_path):
    space = {"x": tune.uniform(0, 1), "lock": threading.Lock()}
    search = TanteoSearch(space, metric="loss", mode="min", seed=0)
    Loop(search).run(lambda config: config["x"], 3)
    search.save(tmp_path / "state")
    restored = TanteoSearch()
    restored.restore(tmp_path / "state")
    with pytest.raises(tt.SnapshotError, match="its space could not be stored"):
        restored.suggest("a")
    assert restored.set_search_properties("loss", "min", space)
    assert restored.suggest("a") == search.suggest("a")


def test_the_header_is_readable_json():
    data = TanteoSearch(SPACE, metric="loss", mode="min")._state()
    length = int.from_bytes(data[17:21], "little")
    assert json.loads(data[21 : 21 + length])["metric"] == "loss"


def test_objects_that_cannot_be_pickled_require_the_space_again(tmp_path, caplog):
    class Locked:
        def __reduce__(self):
            raise TypeError("cannot pickle a lock")

    space = {"x": tune.uniform(0, 1), "lock": Locked()}
    search = TanteoSearch(space, metric="loss", mode="min", seed=0)
    assert "pass param_space=" in caplog.text
    search.save(tmp_path / "state")
    restored = TanteoSearch(space, seed=0)
    restored.restore(tmp_path / "state")
    assert restored.suggest("a")["x"] == search.suggest("a")["x"]
