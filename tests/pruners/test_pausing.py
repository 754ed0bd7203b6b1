"""Trials that are paused and resumed later."""

from __future__ import annotations

import copy
import math
import pickle
from pathlib import Path
from typing import Any

import pytest

import tanteo as tt
from support.hosts import Shared, outcome

SPACE = {"x": tt.Float(0.0, 1.0)}
HALVING = tt.pruners.SuccessiveHalving(min_resource=1, reduction_factor=2)


def search(pruner: Any = HALVING, **options: Any) -> tt.Optimizer:
    return tt.Optimizer(SPACE, **{"sampler": "random", "seed": 0, "pruner": pruner, "pausing": True, **options})


def report_and_pause(opt: tt.Optimizer, value: float, step: int = 1) -> tt.Trial:
    """Run a trial that reports once and pauses without asking the pruner."""
    trial = opt.ask()
    trial.report(step, value)
    opt.tell(trial, state="paused", cost=1.0)
    return trial


def start_trials(opt: tt.Optimizer, *values: float) -> list[tt.Trial]:
    """Start one trial per value; each reports at the first rung and stays pending."""
    trials = opt.ask(len(values))
    for trial, value in zip(trials, values, strict=True):
        trial.report(1, value)
    return trials


def test_a_trial_of_the_history_has_the_step_to_resume_from() -> None:
    opt = search()
    start_trials(opt, 1.0)
    second = report_and_pause(opt, 0.5)
    assert [trial.resume_from for trial in opt.trials] == [None, 1]
    resumed = opt.ask()
    assert resumed.id == second.id
    resumed.report(2, 0.25)
    assert opt.trials[1].resume_from == 1
    assert pickle.loads(pickle.dumps(opt.trials[1])).resume_from == 1
    assert opt.to_dict()["resume_from"][1] == 1
    opt.tell(resumed, 0.25)
    assert opt.trials[1].resume_from is None


def test_a_trial_is_paused_at_its_rung_until_it_is_among_the_best() -> None:
    opt = search()
    start_trials(opt, 1.0)
    second = opt.ask()
    second.report(1, 2.0)
    decision = second.should_prune()
    assert (decision.stop, decision.pause, decision.reason) == (True, True, "rank 2 of 2 at the rung of step 1")
    second.set_attr("checkpoint", "b.pt")
    opt.tell(second, state="paused", cost=2.0)
    paused = opt.trials[1]
    assert (paused.state, paused.value, paused.cost) == ("paused", 2.0, 2.0)
    assert paused.reason == decision.reason
    third = opt.ask()
    assert (third.id, third.resume_from) == (2, None)
    start_trials(opt, 3.0)
    third.report(1, 4.0)
    # Two of four trials may continue now.
    resumed = opt.ask()
    assert (resumed.id, resumed.resume_from, resumed.params) == (1, 1, second.params)
    assert resumed.attrs == {"checkpoint": "b.pt"}
    pending = opt.trials[1]
    assert pending.state == "pending"
    assert (pending.value, pending.cost, pending.reason) == (None, None, None)
    assert pending.steps == {1: 2.0}
    resumed.report(1, 0.5)
    assert opt.trials[1].steps == {1: 2.0}, "a step that is reported again keeps its first value"
    resumed.report(2, 0.5)
    opt.tell(resumed, 0.5, cost=5.0)
    assert (opt.trials[1].state, opt.trials[1].value, opt.trials[1].cost) == ("complete", 0.5, 5.0)
    assert opt.best.id == 1
    assert opt.ask().id == 4


def test_enqueued_points_come_first_and_then_the_paused_trial_with_the_most_steps() -> None:
    opt = search()
    one_step, two_steps, *others = opt.ask(6)
    for trial, curve in [(one_step, [0.9]), (two_steps, [0.5, 2.0])]:
        for step, value in enumerate(curve, 1):
            trial.report(step, value)
        opt.tell(trial, state="paused")
    for trial, value in zip(others, (1.0, 5.0, 6.0, 7.0), strict=True):
        trial.report(1, value)
        trial.report(2, value)
    opt.enqueue({"x": 0.5})
    assert opt.ask().params == {"x": 0.5}
    assert [(trial.id, trial.resume_from) for trial in opt.ask(3)] == [(1, 2), (0, 1), (7, None)]


@pytest.mark.parametrize("duplicate", [lambda opt: tt.Optimizer.from_bytes(opt.to_bytes()), copy.deepcopy])
def test_a_copy_keeps_paused_and_resumed_trials(duplicate: Any) -> None:
    opt = search()
    trials = start_trials(opt, 1.0, 2.0, 3.0, 4.0)
    for trial in trials[1:3]:
        opt.tell(trial, state="paused")
    assert opt.ask().id == 1
    copied = duplicate(opt)
    assert copied.pausing
    assert [trial.state == "paused" for trial in copied.trials] == [False, False, True, False]
    assert {trial.id: trial.resume_from for trial in copied.pending} == {0: None, 1: 1, 3: None}
    assert pickle.loads(pickle.dumps(opt.pending[1])).resume_from == 1
    assert copied.to_bytes() == opt.to_bytes()
    for optimizer in (opt, copied):
        for trial, value in zip(optimizer.ask(2), (5.0, 6.0), strict=True):
            trial.report(1, value)
    resumed = opt.ask()
    assert (resumed.id, resumed) == (2, copied.ask())


def test_only_paused_trials_that_are_not_excluded_or_retracted_are_resumed(tmp_path: Path) -> None:
    with tt.Study(tmp_path / "a.db", SPACE, pruner="nothing", pausing=True, sampler="random", seed=0) as study:
        trials = study.ask(4)
        for trial, state in zip(trials, ("pruned", "failed", "paused", "paused"), strict=True):
            study.tell(trial, state=state)
        study.exclude(2)
        study.retract(3)
        assert "paused" not in [trial.state for trial in study.trials]
        assert study.ask().id == 4
    opt = search("nothing")
    opt.ask()
    with pytest.raises(tt.ArgumentError, match="trial 0 is not paused"):
        opt._core.resume(0)


def test_without_pausing_a_trial_cannot_be_paused() -> None:
    opt = search("nothing", pausing=False)
    trial = opt.ask()
    with pytest.raises(tt.ArgumentError, match=r"needs a search with pausing=True; .* raise tt\.Pruned"):
        opt.tell(trial, state="paused")
    assert opt.trials[0].state == "pending"

    def fn(params: dict[str, float]) -> float:
        raise tt.Paused

    with pytest.raises(tt.ArgumentError, match="pausing=True"):
        tt.minimize(fn, SPACE, n_trials=1, catch=(), progress=False)


@pytest.mark.parametrize("is_study", [False, True])
def test_a_paused_trial_takes_reports_and_results_again_once_it_resumes(is_study: bool, tmp_path: Path) -> None:
    opt: tt.Optimizer = search("nothing")
    if is_study:
        opt = tt.Study(tmp_path / "study.db", SPACE, sampler="random", seed=0, pruner="nothing", pausing=True)
    trial = report_and_pause(opt, 0.5)
    calls = [lambda: opt.tell(trial, 1.0), lambda: trial.report(2, 1.0)]
    if isinstance(opt, tt.Study):
        calls.append(lambda study=opt: study.heartbeat(trial))
    for call in calls:
        with pytest.raises(tt.TrialStateError) as caught:
            call()
        message = "trial 0 is paused; it takes reports and results again once ask() hands it out"
        assert str(caught.value) == message
    opt._core.resume(0)
    opt.tell(trial, 1.0)
    for call in calls:
        with pytest.raises(tt.TrialStateError, match=r"trial 0 is already complete .* call retract\(trial\) first"):
            call()


def test_one_ask_for_several_trials_equals_several_asks() -> None:
    results = []
    for in_one_ask in (True, False):
        opt = search()
        trials = start_trials(opt, 1.0, 2.0, 3.0, 4.0)
        opt.tell(trials[1], state="paused")
        opt.enqueue({"x": 0.5})
        suggested = opt.ask(3) if in_one_ask else [opt.ask() for _ in range(3)]
        results.append([(trial.id, trial.resume_from, trial.params) for trial in suggested])
    assert results[0] == results[1]
    assert [(number, step) for number, step, _ in results[0]] == [(4, None), (1, 1), (5, None)]


def test_a_paused_trial_is_not_lost_if_the_sampler_raises() -> None:
    class RaisingSampler:
        is_broken = False

        def suggest(self, view: Any, n: int, rng: Any) -> Any:
            if self.is_broken:
                raise ZeroDivisionError
            return rng.random((n, 1))

    sampler = RaisingSampler()
    opt = search(sampler=sampler)
    trials = start_trials(opt, 1.0, 2.0, 3.0, 4.0)
    opt.tell(trials[1], state="paused")
    sampler.is_broken = True
    assert [trial.id for trial in opt.ask(3)] == [1]
    with pytest.raises(ZeroDivisionError):
        opt.ask(3)
    assert len(opt) == 4


def test_folds_may_be_reported_again_and_keep_their_first_values() -> None:
    def validate(params: dict[str, float], trial: Any) -> None:
        calls.append(trial.resume_from)
        for fold in range(1 + len(calls)):
            trial.report_fold(fold, len(calls) + 0.25 * fold)
        if len(calls) < 2:
            raise tt.Paused

    calls: list[int | None] = []
    result = tt.minimize(validate, SPACE, n_trials=1, pruner="nothing", pausing=True, progress=False)
    assert len(calls) == 2
    assert result.trials[0].folds == {0: 1.0, 1: 1.25, 2: 2.5}


@pytest.mark.parametrize("is_run", [True, False])
def test_reports_of_a_lost_worker_are_kept_when_its_trial_runs_again(is_run: bool) -> None:
    def report_five_steps(trial: Any) -> float:
        for step in range(1, 6):
            trial.report(step, 10.0 * step)
        return 1.0

    study = tt.Optimizer(SPACE, sampler="random", seed=0)
    trial = study.ask()
    for step in range(1, 4):
        trial.report(step, float(step))
    study = tt.Optimizer.from_bytes(study.to_bytes())
    if is_run:
        tt.minimize(lambda params, trial: report_five_steps(trial), study=study, n_trials=1, progress=False)
    else:
        (pending,) = study.pending
        study.tell(pending, report_five_steps(pending))
    assert study.trials[0].steps == {1: 1.0, 2: 2.0, 3: 3.0, 4: 40.0, 5: 50.0}


def test_a_trial_that_a_study_reassigns_may_report_again(tmp_path: Path) -> None:
    with tt.Study(tmp_path / "a.db", SPACE, sampler="random", seed=0) as first:
        lost = first.ask()
        lost.report(1, 1.0)
        first._sharing().give_back([lost])
        with tt.Study(tmp_path / "a.db", lease=60.0) as second:
            reassigned = second.ask()
            assert reassigned.id == lost.id
            reassigned.report(1, 5.0)
            reassigned.report(2, 2.0)
            assert second.trials[0].steps == {1: 1.0, 2: 2.0}


def test_a_stop_is_a_pause_only_if_other_trials_can_change_the_decision() -> None:
    opt = search(tt.pruners.Threshold(upper=1.0))
    trial = opt.ask()
    trial.report(1, 2.0)
    decision = trial.should_prune()
    assert (decision.stop, decision.pause) == (True, False)
    patient = search(tt.pruners.Patient(patience=0)).ask()
    patient.report(1, 1.0)
    patient.report(2, 1.0)
    assert (patient.should_prune().stop, patient.should_prune().pause) == (True, False)
    without_pausing = search(pausing=False)
    start_trials(without_pausing, 1.0)
    (second,) = start_trials(without_pausing, 2.0)
    assert (second.should_prune().stop, second.should_prune().pause) == (True, False)


@pytest.mark.parametrize("sampler", ["tpe", "gp"])
def test_samplers_learn_the_same_from_paused_and_pruned_trials(sampler: str) -> None:
    class StopAlways:
        def decide(self, reports: Any) -> bool:
            return True

    suggestions = []
    for state in ("paused", "pruned"):
        opt = search(StopAlways(), sampler=sampler, pausing=state == "paused")
        for number in range(14):
            trial = opt.ask()
            assert (trial.id, trial.resume_from) == (number, None)
            for step in range(1, 10):
                trial.report(step, abs(trial.params["x"] - 0.3) + 1.0 / step)
            if number > 5 and trial.params["x"] > 0.5:
                opt.tell(trial, state=state)
            else:
                trial.report(10, abs(trial.params["x"] - 0.3))
                opt.tell(trial, abs(trial.params["x"] - 0.3))
        suggestions.append([trial.params for trial in opt.ask(3)])
    assert suggestions[0] == suggestions[1]


def test_auto_resumes_a_trial_once_other_trials_show_that_it_may_become_the_best() -> None:
    opt = search("auto")

    def run(values: list[float]) -> None:
        trial = opt.ask()
        for step, value in enumerate(values, 1):
            trial.report(step, value)
        opt.tell(trial, values[-1])

    for final_value in (0.1, 0.2, 0.3, 0.4):
        run([final_value] * 9)
    while True:
        trial = opt.ask()
        for step in (1, 2, 3):
            trial.report(step, 0.9)
        if trial.should_prune().pause:
            break
        opt.tell(trial, state="failed")
    opt.tell(trial, state="paused")
    assert opt.ask().id > trial.id
    for _ in range(6):
        candidate = opt.ask()
        if candidate.id == trial.id:
            break
        for step, value in enumerate([0.9] * 4 + [0.0] * 5, 1):
            candidate.report(step, value)
        opt.tell(candidate, 0.0)
    assert (candidate.id, candidate.resume_from) == (trial.id, 3)


def test_a_custom_pruner_decides_about_paused_trials() -> None:
    class PauseUntilMoreReport:
        """Pauses a trial whose value exceeds the number of trials that have reported."""

        def decide(self, reports: Any) -> Any:
            states.append(reports.curves[reports.trial].state)
            stop = reports.curves[reports.trial].reports[-1][1] > len(reports.curves)
            return tt.pruners.Decision(stop=stop, pause=True)

    states: list[str] = []
    opt = search(PauseUntilMoreReport())
    (trial,) = start_trials(opt, 2.5)
    assert trial.should_prune().pause
    opt.tell(trial, state="paused")
    assert [opt.ask().id, opt.ask().id] == [1, 2]
    opt.report(1, 1, 0.0)
    assert opt.ask().id == 3
    opt.report(2, 1, 0.0)
    assert opt.ask().id == 0
    assert (states[0], states[-1]) == ("pending", "paused")


def test_curves_are_read_once_for_all_paused_trials() -> None:
    decided = []

    class StopAlways:
        def decide(self, reports: Any) -> bool:
            decided.append(reports)
            return True

    opt = search(StopAlways())
    for value, step in [(1.0, 1), (2.0, 3), (3.0, 1)]:
        report_and_pause(opt, value, step)
    decided.clear()
    assert opt.ask().id == 3
    assert [reports.trial for reports in decided] == [1, 0, 2]
    assert len({id(reports.curves) for reports in decided}) == 1


@pytest.mark.parametrize("is_study", [False, True])
def test_a_pruner_decides_again_only_after_new_reports(is_study: bool, tmp_path: Path) -> None:
    decided = []

    class StopAlways:
        def decide(self, reports: Any) -> bool:
            decided.append(reports.trial)
            return True

    def count_decisions() -> int:
        decided.clear()
        opt.ask(1)
        opt.ask()
        return len(decided)

    opt = (
        tt.Study(tmp_path / "a.db", SPACE, seed=0, pruner=StopAlways(), pausing=True)
        if is_study
        else search(StopAlways())
    )
    for value in (1.0, math.nan, 3.0):
        report_and_pause(opt, value)
    running, failed = opt.ask(), opt.ask()
    assert count_decisions() == 0
    opt.report(running, 1, 0.5)
    assert count_decisions() == 3
    opt.tell(failed, state="failed")
    assert count_decisions() == 0, "the failed trial reported nothing"
    opt.tell(running, 0.125)
    assert count_decisions() == 3


def test_a_custom_pruner_decides_about_64_paused_trials_at_most() -> None:
    decided = []

    class StopAlways:
        def decide(self, reports: Any) -> bool:
            decided.append(reports.trial)
            return True

    opt = search(StopAlways())
    for k in range(70):
        trial = opt.ask()
        trial.report(1, float(k))
        opt.tell(trial, state="paused")
    decided.clear()
    opt.ask()
    assert decided == list(range(64)), "the best 64 trials"


def test_a_study_offers_a_paused_trial_to_any_process(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with tt.Study(path, SPACE, pruner=HALVING, pausing=True, sampler="random", seed=0, lease=60.0) as first:
        trials = start_trials(first, 1.0, 2.0, 3.0)
        first.tell(trials[1], state="paused", cost=1.0)
        with tt.Study(path, lease=60.0) as second:
            assert second.pausing
            assert second.trials[1].state == "paused"
            fourth = second.ask()
            assert fourth.id == 3
            fourth.report(1, 4.0)
            resumed = second.ask()
            assert (resumed.id, resumed.resume_from) == (1, 1)
            # Meanwhile other processes get other trials.
            assert first.ask().id == 4
            assert first.trials[1].state == "pending"
            resumed.report(2, 0.25)
            second.tell(resumed, 0.25)
        first.refresh()
        trials_of_first = list(first.trials)
    assert tt.study.check(path) == []
    assert list(tt.Study(path).trials) == trials_of_first
    assert trials_of_first[1].value == 0.25
    with pytest.raises(tt.StudyError, match="pausing"):
        tt.Study(path, pausing=False)


@pytest.mark.parametrize("n_workers", [1, 2])
def test_minimize_resumes_the_objective_at_the_step_of_the_pause(n_workers: int, tmp_path: Path) -> None:
    def train(params: dict[str, float], trial: Any) -> float:
        checkpoint = tmp_path / str(trial.id)
        start = 1 if trial.resume_from is None else int(checkpoint.read_text()) + 1
        assert start == (trial.resume_from or 0) + 1
        for step in range(start, 9):
            trial.report(step, params["x"] + 1.0 / step)
            if trial.should_prune().pause:
                checkpoint.write_text(str(step))
                raise tt.Paused
        return params["x"]

    observed: list[tuple[int, bool]] = []
    result = tt.minimize(
        train,
        SPACE,
        n_trials=20,
        n_workers=n_workers,
        sampler="random",
        seed=0,
        pruner=HALVING,
        pausing=True,
        progress=False,
        callbacks=[lambda run, trial: observed.append((trial.id, trial.state == "paused"))],
    )
    assert len(result.trials) == 20
    assert {trial.state for trial in result.trials} == {"complete", "paused"}
    ids = [number for number, _ in observed]
    resumed = [number for number in ids if ids.count(number) > 1]
    # With several workers the order in which trials report decides whether any is resumed.
    assert resumed or n_workers > 1
    for trial in result.trials:
        assert list(trial.steps) == list(range(1, 1 + len(trial.steps)))
    # At the end no trial is left to be resumed.
    assert result.optimizer._core.promote() is None


def test_a_host_gives_a_paused_trial_to_any_worker_and_keeps_it(tmp_path: Path) -> None:
    def host() -> Shared:
        options = {"seed": 0, "sampler": "random", "pruner": HALVING, "pausing": True}
        return Shared(tt.SearchSpace(SPACE), options, str(tmp_path / "s.db"), lambda: 0.0)

    shared = host()
    shared.hand_out("a", "one", 4)
    for number, value in enumerate((1.0, 2.0, 3.0)):
        shared.record("one", number, 1, [value], [])
    assert shared.judge(1).pause
    shared.take("b", "one", 1, outcome(state="paused"))
    assert host().trials[1].reason == "rank 2 of 3 at the rung of step 1"
    shared.record("one", 3, 1, [4.0], [])
    resumed, fresh = shared.hand_out("c", "two", 2)
    assert (resumed.id, resumed.resume_from, fresh.id, fresh.resume_from) == (1, 1, 4, None)
    recovered = host()
    assert recovered.copied().to_bytes() == shared.copied().to_bytes()
    assert [trial.resume_from for trial in recovered.hand_out("c", "two", 2)] == [1, None]
    assert [trial.host for trial in recovered.trials] == ["one", "two", "one", "one", "two"]
