"""The stopper, the recommended concurrency, and imports without Ray."""

import math
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import ray
from ray.tune import Stopper

import tanteo as tt
from tanteo.integrations.ray import NanStopper, TanteoSearch, recommended_concurrency


def test_nan_stops_a_trial_and_nothing_else_does():
    stopper = NanStopper("loss")
    assert isinstance(stopper, Stopper)
    for value in (0.5, math.inf, "nan of a kind", None, [math.nan]):
        assert not stopper("a", {"loss": value})
    assert not stopper("a", {})
    assert stopper("a", {"loss": np.float32("nan")})
    assert not stopper.stop_all()


def test_the_stopper_reads_a_nested_metric():
    """Tune passes nested results to a stopper, and flat ones to a searcher."""
    stopper = NanStopper("eval/loss")
    assert not stopper("a", {"eval": {"loss": 0.5}, "loss": math.nan})
    assert stopper("a", {"eval": {"loss": math.nan}})
    assert stopper("b", {"eval/loss": math.nan})
    assert not stopper("c", {"eval": math.nan})


def test_patience_counts_consecutive_results():
    stopper = NanStopper("loss", patience=2)
    assert [stopper("a", {"loss": value}) for value in (math.nan, 1.0, math.nan, math.nan)] == [
        False,
        False,
        False,
        True,
    ]
    assert not stopper("b", {"loss": math.nan})


def test_the_recommended_concurrency_is_one_more_than_the_slots():
    cluster = {"CPU": 64.0, "GPU": 8.0, "memory": 1e11, "tpu": 3.0}
    assert recommended_concurrency({"cpu": 4, "gpu": 1}, cluster) == 9
    assert recommended_concurrency({"cpu": 0.5, "gpu": 0.1}, cluster) == 81
    assert recommended_concurrency({"TPU": 1, "gpu": 0}, cluster) == 4
    with pytest.raises(tt.ArgumentError, match="does not fit into"):
        recommended_concurrency({"gpu": 9}, cluster)
    with pytest.raises(tt.ArgumentError, match="must name"):
        recommended_concurrency({}, cluster)


def test_slots_are_counted_on_each_node_with_all_resources_of_a_trial():
    assert recommended_concurrency({"cpu": 4}, [{"CPU": 6.0}, {"CPU": 6.0}]) == 3
    assert recommended_concurrency({"cpu": 4, "gpu": 1}, [{"CPU": 64.0}, {"CPU": 9.0, "GPU": 4.0}, {"GPU": 8.0}]) == 3
    with pytest.raises(tt.ArgumentError, match="does not fit into"):
        recommended_concurrency({"gpu": 2}, [{"GPU": 1.0}, {"GPU": 1.0}])
    with pytest.raises(tt.ArgumentError, match="does not fit into"):
        recommended_concurrency({"gpu": 2}, [])
    for nodes in (3, "CPU", [{"CPU": 4.0}, None]):
        with pytest.raises(tt.ArgumentError, match="resources must"):
            recommended_concurrency({"cpu": 1}, nodes)


def test_a_cluster_that_has_only_started_its_head_gets_two_trials_and_a_warning(monkeypatch, caplog):
    head = {"Alive": True, "Resources": {"CPU": 4.0}}
    monkeypatch.setattr(ray, "nodes", lambda: [head, {"Alive": False, "Resources": {"CPU": 64.0, "GPU": 8.0}}])
    assert recommended_concurrency({"gpu": 1}) == 2
    assert "{'gpu': 1}" in caplog.text
    assert "resources=" in caplog.text
    caplog.clear()
    assert recommended_concurrency({"cpu": 2}) == 3
    assert not caplog.text


def run(code):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False
    )


def test_import_tanteo_does_not_import_ray():
    process = run("import sys, tanteo, tanteo.integrations.ray; assert 'ray' not in sys.modules")
    assert process.returncode == 0, process.stderr


def test_without_ray_the_error_names_the_extra():
    process = run(
        """
        import sys
        sys.modules["ray"] = None
        try:
            from tanteo.integrations.ray import TanteoSearch
        except ImportError as error:
            print(error)
        """
    )
    assert "pip install 'tanteo[ray]'" in process.stdout, process.stderr


@pytest.mark.parametrize("per_trial", [3, {"cpu": "a"}])
def test_the_resources_of_a_trial_are_validated(per_trial):
    with pytest.raises(tt.ArgumentError, match="per_trial"):
        recommended_concurrency(per_trial, {"CPU": 4.0})


def test_a_metric_must_be_a_name():
    with pytest.raises(tt.ArgumentError, match="metric must be a name or a list of names, got 3"):
        TanteoSearch(metric=3, mode="min")
