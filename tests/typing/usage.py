"""Types of the public interface. `make test` checks this file with mypy; nothing runs it."""

from typing import Any, assert_type

import tanteo as tt
from tanteo.integrations.ray import RemoteOptimizer

space = tt.SearchSpace(
    {"x": tt.Float(0, 1, log=False), "n": tt.Int(1, 8), "kind": tt.Categorical(["a", None, 3]), "group": {"seed": 17}},
    constraints=[tt.Linear({"x": 1, "n": -1}, upper=0)],
)
assert_type(space.sample(3, seed=0), list[dict[str, Any]])
assert_type(space.default(), dict[str, Any] | None)
assert_type(space.size, float)

optimizer = tt.Optimizer(space, direction="maximize", sampler=tt.samplers.TPE(n_startup=5), seed=0)
assert_type(optimizer.ask(), tt.Trial)
assert_type(optimizer.ask(3), list[tt.Trial])
assert_type(optimizer.best, tt.FrozenTrial | Any)
assert_type(optimizer.best_params, dict[str, Any])
assert_type(optimizer.best_value, float)
assert_type(tt.models.GaussianProcess().fit([[0.5]], [1.0]), tt.models.GaussianProcess)
assert_type(tt.importance.param_importances(optimizer), dict[str, float])
assert_type(optimizer.pareto_front, list[tt.FrozenTrial])
assert_type(optimizer.to_bytes(), bytes)
assert_type(tt.Optimizer.from_bytes(b""), tt.Optimizer)
assert_type(optimizer.should_prune(0), tt.pruners.Decision)
# Common use needs neither an assertion nor a cast, but a name that does not exist is an error.
result = tt.maximize(lambda params: params["x"], study=optimizer, until=10)
values = [optimizer.best.params["x"], result.best.params["x"], result.best_params["x"]]
is_good: bool = result.best.value > 0.5 and result.best_value > 0.5
if optimizer.best is not None:
    values.append(optimizer.recommend().params)
wrong = optimizer.best.parameters  # type: ignore[union-attr]  # the name is params
optimizer.tell(0, 0.5)
optimizer.tell(optimizer.ask(), tt.Replicates([0.1, 0.2]), constraints={"latency": -1.0}, cost=3.0)
optimizer.tell(1, state="failed", reason="out of memory")
optimizer.tell(1, state="done")  # type: ignore[arg-type]  # an invalid state must be an error here too
optimizer.observe({"x": 0.5, "n": 1, "kind": "a"}, (0.5, 0.25))


def choose(front: tt.Result) -> None:
    """Results recommend with the types of their search."""
    assert_type(front.recommend(), tt.FrozenTrial | Any)
    assert_type(front.recommend("knee"), tt.Compromise | Any)
    assert_type(front.recommend(weights=[1.0, 2.0]), tt.Compromise | Any)
    assert_type(front.thresholds, tuple[float | None, ...] | None)


def share(remote: RemoteOptimizer, study: tt.Study) -> None:
    """Local and remote searches have the same signatures; they differ in what ``tell`` returns."""
    assert_type(remote.ask(), tt.Trial)
    assert_type(study.ask(2), list[tt.Trial])
    assert_type(remote.tell(remote.ask(), 0.5, cost=1.0), bool)
    assert_type(remote.recommend("knee"), tt.Compromise | Any)
    assert_type(remote.predict([{"x": 0.5}]), list[tuple[float, float, float]] | None)
    _ = study.tell(0, 0.5).real  # type: ignore[attr-defined]  # tell of a study returns None
