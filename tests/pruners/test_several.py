"""Reports of several objectives and of constraints are compared by rank."""

from __future__ import annotations

import math
import pickle
from collections.abc import Sequence
from typing import Any

import pytest

import tanteo as tt
from support.hosts import Shared, outcome

SPACE = {"x": tt.Float(0.0, 1.0), "y": tt.Float(0.0, 1.0)}
RULES = tt.pruners
BOTH = {"loss": "minimize", "accuracy": "maximize"}


def search(pruner: Any = "auto", **options: Any) -> tt.Optimizer:
    return tt.Optimizer(SPACE, **{"sampler": "random", "seed": 0, "pruner": pruner, "directions": BOTH, **options})


def run_trial(opt: tt.Optimizer, *reports: Any, end: str = "pending", constraints: Any = None) -> tt.Trial:
    """Run a trial without asking the pruner."""
    trial = opt.ask()
    for step, value in enumerate(reports, 1):
        trial.report(step, value, constraints=constraints)
    if end == "complete":
        opt.tell(trial, reports[-1], constraints=constraints)
    elif end != "pending":
        opt.tell(trial, state=end)
    return trial


def test_a_report_has_a_value_for_each_objective_by_position_or_by_name(tmp_path: Any) -> None:
    opt = search()
    trial = opt.ask()
    trial.report(2, (0.5, 0.75))
    trial.report(4, {"accuracy": 0.8, "loss": math.nan}, constraints={"memory": -1.0})
    for invalid in (0.5, [0.5], [0.5, 0.6, 0.7], {"loss": 1.0}, [0.5, math.inf], ["a", 1.0]):
        with pytest.raises(tt.ArgumentError):
            trial.report(9, invalid)
    with pytest.raises(tt.ArgumentError, match="memory"):
        trial.report(9, (0.5, 0.5), constraints={"memory": math.nan})
    opt.save(tmp_path / "a.tanteo")
    for copy in (opt, tt.Optimizer.load(tmp_path / "a.tanteo"), pickle.loads(pickle.dumps(opt))):
        loaded = copy.trials[0]
        assert list(loaded.steps) == [2, 4]
        assert loaded.steps[2] == (0.5, 0.75)
        assert math.isnan(loaded.steps[4][0])
        assert loaded.step_constraints == {4: {"memory": -1.0}}
        assert copy.to_bytes() == opt.to_bytes()
    assert pickle.loads(pickle.dumps(opt.trials[0])) == opt.trials[0]
    table = opt.to_dict(steps=True)
    assert table["steps/value/accuracy"][0] == [0.75, 0.8]


def test_a_pruned_trial_has_the_values_and_constraints_of_its_last_reports() -> None:
    opt = search()
    trial = opt.ask()
    trial.report(1, (0.5, 0.75), constraints={"memory": 3.0})
    trial.report(2, (0.25, 0.5))
    opt.tell(trial, state="pruned")
    assert opt.trials[0].values == (0.25, 0.5)
    assert opt.trials[0].constraints == {"memory": 3.0}
    assert not opt.trials[0].feasible
    assert opt.pareto_front == []
    second = opt.ask()
    second.report(1, (0.5, math.nan))
    opt.tell(second, state="pruned", constraints={"memory": -1.0})
    assert (opt.trials[1].values, opt.trials[1].constraints) == (None, {"memory": -1.0})


def test_the_median_compares_non_domination_ranks() -> None:
    opt = search(RULES.Median(n_startup=1))
    for loss, accuracy, state in [(1.0, 0.5, "complete"), (2.0, 0.9, "pruned"), (3.0, 0.8, "failed")]:
        run_trial(opt, (loss, accuracy), end=state)
    front = run_trial(opt, (9.0, 0.95))
    assert not front.should_prune()
    assert front.should_prune().reason == "rank 1 of 4 at step 1"
    assert run_trial(opt, (9.0, 0.7)).should_prune().reason == "rank 5 of 5 at step 1"
    assert run_trial(opt, (math.nan, -math.inf)).should_prune()


def test_a_rung_keeps_the_best_by_rank() -> None:
    opt = search(RULES.SuccessiveHalving(min_resource=1, reduction_factor=2))
    assert not run_trial(opt, (1.0, 0.5)).should_prune()
    assert not run_trial(opt, (2.0, 0.6)).should_prune()
    assert run_trial(opt, (3.0, 0.1)).should_prune()
    assert not run_trial(opt, (0.5, 0.6)).should_prune()
    assert not run_trial(opt, (1.5, 0.55)).should_prune()
    assert run_trial(opt, (2.5, 0.55)).should_prune()


def test_patience_considers_every_objective() -> None:
    trial = search(RULES.Patient(patience=0)).ask()
    for step, value, stops in [(1, (4.0, 0.1), False), (2, (5.0, 0.2), False), (3, (4.5, 0.2), True)]:
        trial.report(step, value)
        assert bool(trial.should_prune()) is stops, step


@pytest.mark.parametrize("name", [name for name in RULES.settings.BUILT_IN if name != "threshold"])
def test_every_pruner_decides_about_several_objectives_or_is_refused(name: str) -> None:
    try:
        opt = search(name)
    except tt.ArgumentError as error:
        assert "compares single values" in str(error)  # noqa: PT017 - other pruners must not raise
        return
    for _ in range(12):
        run_trial(opt, (1.0, 1.0), end="complete")
    assert not run_trial(opt, (0.0, 0.0)).should_prune()


@pytest.mark.parametrize("pruner", ["wilcoxon", RULES.Threshold(upper=1.0), RULES.Patient("wilcoxon")])
def test_a_pruner_that_needs_a_single_value_is_refused(pruner: Any) -> None:
    with pytest.raises(tt.ArgumentError, match="2 objectives"):
        search(pruner)


@pytest.mark.parametrize("pruner", [RULES.SuccessiveHalving(min_resource=1), RULES.Hyperband(max_resource=9)])
def test_ranks_of_one_objective_give_the_decisions_of_its_values(pruner: Any) -> None:
    """Once a trial violates a constraint, ranks replace values; decisions about the other trials do not change."""
    unranked = search(pruner, directions=["maximize"])
    ranked = search(pruner, directions=["maximize"])
    opts = (unranked, ranked)
    # This trial is worse than all others, and it reports no step.
    for opt, memory in ((unranked, -1.0), (ranked, 1.0)):
        run_trial(opt, constraints=None)
        opt.tell(0, 0.0, constraints={"memory": memory})
    stops: list[list[bool]] = [[], []]
    for k in range(40):
        value = math.sin(1e3 * k)
        for opt, decisions in zip(opts, stops, strict=True):
            trial = run_trial(opt, value)
            decisions.append(bool(trial.should_prune()))
            opt.tell(trial, **({"state": "pruned"} if decisions[-1] else {"value": value}))
    assert stops[0] == stops[1]
    assert 0 < sum(stops[0]) < 40


def test_infeasible_trials_rank_behind_feasible_trials() -> None:
    opt = search(RULES.Median(n_startup=0), directions=["minimize"])
    run_trial(opt, 1.0, end="complete", constraints={"memory": 4.0})  # reported, and told at the end
    opt.observe({"x": 0.5, "y": 0.5}, 0.5)
    run_trial(opt, 2.0, constraints={"memory": 2.0})
    feasible = run_trial(opt, 3.0, constraints={"memory": 0.0})
    assert not feasible.should_prune()
    assert feasible.should_prune().reason == "rank 1 of 3 at step 1"
    assert run_trial(opt, 9.0).should_prune().reason == "rank 2 of 4 at step 1"
    worst = run_trial(opt, 0.0, constraints={"memory": 5.0})
    assert worst.should_prune().reason == "rank 5 of 5 at step 1"
    # Constraints given to tell count for a trial that reported none.
    unreported = opt.ask()
    unreported.report(1, -1.0)
    opt.tell(unreported, -1.0, constraints={"memory": 1.0})
    assert feasible.should_prune().reason == "rank 1 of 6 at step 1"


@pytest.mark.parametrize("milliseconds", [1.0, 1e-3])
def test_the_unit_of_a_constraint_does_not_change_ranks(milliseconds: float) -> None:
    """In units of the medians, 1 and 100 ms, the violations are 4, 2 and 5."""
    opt = search(RULES.Median(n_startup=0), directions=["minimize"])
    violations = [(1.0, 300.0), (1.0, 100.0), (4.0, 100.0)]
    trials = [
        run_trial(opt, 1.0, constraints={"memory": memory, "latency": latency * milliseconds})
        for memory, latency in violations
    ]
    reasons = [trial.should_prune().reason for trial in trials]
    assert reasons == [f"rank {rank} of 3 at step 1" for rank in (2, 1, 3)]


def end_of(x: float, y: float) -> tuple[float, float]:
    """Return the final values of a trial. The front is at y = 0."""
    return x + y, 1.0 - x + y


def run(opt: tt.Optimizer, curve: Any, n: int = 80, steps: int = 20) -> tuple[list[int], list[tuple[float, float]]]:
    """Run random search; return the number of steps and the final values of every trial.

    A pruned trial counts with the final values that it would have had.
    """
    n_steps, final_values = [], []
    for _ in range(n):
        trial = opt.ask()
        final_values.append(end_of(**trial.params))
        for step in range(1, steps + 1):
            trial.report(step, curve(final_values[-1], step))
            if trial.should_prune():
                opt.tell(trial, state="pruned")
                break
        else:
            opt.tell(trial, final_values[-1])
        n_steps.append(step)
    return n_steps, final_values


def dominated(final_values: Sequence[tuple[float, float]], k: int) -> bool:
    return any(
        a <= final_values[k][0] and b <= final_values[k][1] and (a, b) != final_values[k] for a, b in final_values
    )


def test_auto_stops_trials_that_many_others_dominate() -> None:
    for seed in range(5):
        opt = search(directions=["minimize", "minimize"], seed=seed)
        n_steps, final_values = run(opt, lambda end, step: (end[0] + 1.0 / step, end[1] + 1.0 / step))
        stopped = [k for k, steps in enumerate(n_steps) if steps < 20]
        assert len(stopped) > 10
        assert all(dominated(final_values, k) for k in stopped)
        assert "dominate it at step" in opt.trials[stopped[0]].reason


def test_auto_stops_few_trials_where_early_steps_mislead() -> None:
    """The best trials look worst until the last steps; trials that run to the end as a check reveal this."""
    n_lost = n_stopped = 0
    for seed in range(5):
        opt = search(directions=["minimize", "minimize"], seed=seed)
        n_steps, final_values = run(opt, lambda end, step: end if step > 17 else (-end[0], -end[1]))
        n_lost += sum(not dominated(final_values, k) for k, steps in enumerate(n_steps) if steps < 20)
        n_stopped += sum(steps < 20 for steps in n_steps)
    assert n_stopped < 0.25 * 5 * 80
    assert n_lost <= 5


@pytest.mark.parametrize("memory", [-1.0, 1.0])
def test_auto_stops_a_trial_for_a_constraint_that_no_trial_satisfied_at_its_end(memory: float) -> None:
    """Every report violates the constraint; ``memory`` is its value at the end."""
    opt = search(directions=["minimize"])
    for _ in range(30):
        trial = opt.ask()
        for step in range(1, 11):
            trial.report(step, trial.params["x"], constraints={"memory": 1.0})
            if "breaks constraints (memory)" in trial.should_prune().reason and trial.should_prune():
                opt.tell(trial, state="pruned")
                break
        else:
            opt.tell(trial, trial.params["x"], constraints={"memory": memory})
    stopped = sum("breaks constraints" in (trial.reason or "") for trial in opt.trials)
    # A third of the 27 trials after the first three run to the end as a check. The bound: three standard deviations.
    assert stopped == 0 if memory < 0 else abs(stopped - 18) <= 7


def test_a_custom_pruner_sees_all_objectives() -> None:
    received: list[Any] = []

    class RecordingPruner:
        def decide(self, reports: Any) -> bool:
            received.append(reports.curves[reports.trial])
            return False

    opt = search(RecordingPruner())
    run_trial(opt, (1.0, 0.5), end="complete")
    assert not run_trial(opt, (2.0, 0.25), (1.5, 0.75)).should_prune()
    assert received == [("pending", None, [(1, (2.0, -0.25)), (2, (1.5, -0.75))], [])]


def test_a_study_keeps_reports_and_the_reason(tmp_path: Any) -> None:
    with tt.Study(tmp_path / "a.db", SPACE, directions=BOTH, pruner=RULES.Median(n_startup=0), seed=0) as study:
        run_trial(study, (1.0, 0.5), end="complete", constraints={"memory": -1.0})
        trial = run_trial(study, (2.0, 0.25), constraints={"memory": 1.0})
        assert trial.should_prune()
        study.tell(trial, state="pruned")
        written = list(study.trials)
    reopened = tt.Study(tmp_path / "a.db")
    assert list(reopened.trials) == written
    assert reopened.trials[1].reason == "rank 2 of 2 at step 1"
    assert reopened.trials[1].step_constraints == {1: {"memory": 1.0}}
    assert tt.study.check(tmp_path / "a.db") == []


@pytest.mark.parametrize("n_workers", [1, 2])
def test_minimize_reports_several_objectives_and_keeps_the_reason(n_workers: int) -> None:
    def train(params: dict[str, float], trial: Any) -> Any:
        for step in range(1, 4):
            trial.report(step, {"loss": params["x"], "accuracy": params["y"]}, constraints={"memory": params["x"] - 2})
            if trial.should_prune():
                raise tt.Pruned
        return {"loss": params["x"], "accuracy": params["y"]}

    options: dict[str, Any] = {"directions": BOTH, "sampler": "random", "seed": 0, "progress": False}
    pruner = RULES.Median(n_startup=2)
    result = tt.minimize(train, SPACE, n_trials=12, pruner=pruner, n_workers=n_workers, **options)
    stopped = [trial for trial in result.trials if trial.state == "pruned"]
    assert stopped
    assert all(trial.reason.startswith("rank ") for trial in stopped)
    assert all(len(trial.steps[1]) == 2 and trial.step_constraints for trial in stopped)


def test_only_a_pruned_trial_has_the_reason_of_its_last_decision() -> None:
    opt = search(RULES.Threshold(upper=1.0), directions=["minimize"])
    unasked, recovered, failed, with_own_reason = opt.ask(4)
    for trial in (unasked, recovered, failed, with_own_reason):
        trial.report(1, 2.0)
    opt.tell(unasked, state="pruned")
    assert recovered.should_prune()
    recovered.report(2, 0.5)
    assert not recovered.should_prune()
    opt.tell(recovered, state="pruned")
    assert failed.should_prune()
    opt.tell(failed, state="failed")
    assert with_own_reason.should_prune()
    opt.tell(with_own_reason, state="pruned", reason="the disk is full")
    assert [trial.reason for trial in opt.trials] == [None, None, None, "the disk is full"]
    pruned = opt.ask()
    pruned.report(1, 2.0)
    assert pruned.should_prune()
    opt.tell(pruned, state="pruned")
    assert tt.Optimizer.from_bytes(opt.to_bytes()).trials[4].reason == "2 at step 1 is outside the bounds"
    assert opt.to_dict()["reason"][4] == "2 at step 1 is outside the bounds"
    with pytest.raises(tt.ArgumentError, match="reason says why a trial failed"):
        opt.tell(opt.ask(), 1.0, reason="fine")


def test_a_host_keeps_the_reason_and_the_reports(tmp_path: Any) -> None:
    def host() -> Shared:
        options = {"seed": 0, "directions": BOTH, "pruner": RULES.Median(n_startup=0)}
        return Shared(tt.SearchSpace(SPACE), options, str(tmp_path / "s.db"), lambda: 0.0)

    first = host()
    for number, values in enumerate([[1.0, 0.5], [2.0, 0.25]]):
        first.hand_out(f"a{number}", "worker", 1)
        first.record("worker", number, 3, values, [("memory", -0.5)])
    assert first.judge(1)
    first.take("t1", "worker", 1, outcome(None, 2, state="pruned"))
    recovered = host()
    assert recovered.copied().to_bytes() == first.copied().to_bytes()
    assert recovered.trials[1].reason == "rank 2 of 2 at step 3"


def raced(sampler: str, n: int, shift: float = 0.0, **options: Any) -> tt.Optimizer:
    """A search whose every second trial is stopped after the first of three steps, at values that ``shift`` moves."""
    opt = tt.Optimizer(SPACE, directions=["minimize"] * 2, sampler=sampler, pruner="nothing", seed=2, **options)
    for k in range(n):
        trial = opt.ask()
        x = trial.params["x"]
        ends = ((x - 0.25) ** 2, (x - 0.75) ** 2)
        is_stopped = k > 4 and k % 2 == 1
        for step in range(1, 2 if is_stopped else 4):
            trial.report(step, [end + 0.5 / step + (shift if is_stopped else 0.0) for end in ends])
        opt.tell(trial, **{"state": "pruned"} if is_stopped else {"value": ends})
    return opt


@pytest.mark.parametrize("sampler", ["auto", "gp"])
def test_stopped_trials_teach_and_are_never_on_the_front(sampler: str) -> None:
    """Excellent early values change the suggestions, but a stopped trial is never an answer."""
    known = raced(sampler, 16)
    promising = tt.Optimizer.from_bytes(known.to_bytes())
    for opt, shift in ((known, 0.0), (promising, -3.0)):
        trial = opt.ask()
        trial.report(1, [1.0 + shift, 1.0 + shift])
        opt.tell(trial, state="pruned")
    suggested = [[trial.params["x"] for trial in opt.ask(3)] for opt in (known, promising)]
    assert suggested[0] != suggested[1]
    for answer in (*promising.pareto_front, *(member.trial for member in promising.front())):
        assert answer.state == "complete"
    assert promising.recommend("knee").trial.state == "complete"


@pytest.mark.parametrize("sampler", ["auto", "gp", "tpe", "nsga2"])
def test_a_copy_of_a_search_with_stopped_trials_continues_identically(sampler: str) -> None:
    """Estimates change as lines are fitted again, and caches of models must follow."""
    opt = raced(sampler, 8)
    for k in range(8, 26):
        copy = tt.Optimizer.from_bytes(opt.to_bytes())
        trial = opt.ask()
        assert copy.ask().params == trial.params, k
        trial.report(1, [trial.params["x"], 1.0 - trial.params["x"]])
        if k % 3:
            opt.tell(trial, state="pruned")
        else:
            trial.report(3, [trial.params["x"] / 2, 0.5])
            opt.tell(trial, [trial.params["x"] / 2, 0.5])
