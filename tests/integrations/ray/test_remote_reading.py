"""A handle returns what its optimizer returns."""

import pytest

import tanteo as tt
from tanteo.integrations.ray import RemoteOptimizer


def test_a_handle_reads_from_a_copy_of_its_optimizer(monkeypatch):
    optimizer = tt.Optimizer({"x": tt.Int(0, 9)}, seed=0, earlier=[[({"x": k}, float(k)) for k in range(9)]])
    for x, values in ((0, [1.0, 1.25, 1.5]), (1, [1.25, 2.0, 1.75])):
        optimizer.observe({"x": x}, tt.Replicates(values))
    monkeypatch.setattr(RemoteOptimizer, "optimizer", lambda _: optimizer)
    handle = RemoteOptimizer.__new__(RemoteOptimizer)
    assert handle.comparison().probability == optimizer.comparison().probability
    assert handle.comparison().runs == optimizer.comparison().runs
    assert handle.earlier == optimizer.earlier == ((9, 9, True),)


def test_a_handle_has_the_names_and_thresholds_of_the_objectives(monkeypatch):
    goals = {"loss": "minimize", "speed": "maximize"}
    optimizer = tt.Optimizer({"x": tt.Int(0, 9)}, directions=goals, thresholds={"speed": 30}, seed=0)
    monkeypatch.setattr(RemoteOptimizer, "optimizer", lambda _: optimizer)
    handle = RemoteOptimizer.__new__(RemoteOptimizer)
    assert (handle.objective_names, handle.thresholds) == (("loss", "speed"), (None, 30.0))


def test_the_best_trial_is_asked_of_the_actor_without_a_copy(monkeypatch):
    optimizer = tt.Optimizer({"x": tt.Int(0, 9)}, seed=0)
    handle = RemoteOptimizer.__new__(RemoteOptimizer)
    monkeypatch.setattr(handle, "_maximize", [False], raising=False)
    monkeypatch.setattr(handle, "_call", {"best_trial": None}.__getitem__)
    monkeypatch.setattr(handle, "optimizer", lambda: optimizer)
    with pytest.raises(tt.TrialStateError, match="best_value needs a trial"):
        _ = handle.best_value
    optimizer.observe({"x": 3}, 0.5)
    monkeypatch.setattr(handle, "_call", {"best_trial": optimizer.best}.__getitem__)
    monkeypatch.delattr(handle, "optimizer")
    monkeypatch.setattr(RemoteOptimizer, "optimizer", None)
    assert (handle.best_params, handle.best_value) == ({"x": 3}, 0.5)


@pytest.mark.parametrize(
    "name",
    [
        *("ask", "enqueue", "tell", "tell_constraints", "tell_objectives", "infeasible", "observe", "report"),
        *("report_fold", "fold_order", "should_prune", "set_attr"),
    ],
)
def test_searches_share_the_signatures_of_ask_and_tell(name):
    assert getattr(RemoteOptimizer, name) is getattr(tt.Optimizer, name) is getattr(tt.Study, name)
