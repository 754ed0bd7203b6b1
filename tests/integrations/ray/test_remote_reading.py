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


@pytest.mark.parametrize(
    "name",
    [
        *("ask", "enqueue", "tell", "tell_constraints", "tell_objectives", "infeasible", "observe", "report"),
        *("report_fold", "fold_order", "should_prune", "set_attr"),
    ],
)
def test_searches_share_the_signatures_of_ask_and_tell(name):
    assert getattr(RemoteOptimizer, name) is getattr(tt.Optimizer, name) is getattr(tt.Study, name)
