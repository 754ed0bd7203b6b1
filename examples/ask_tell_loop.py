"""A hand-written ask-tell loop with failures, early stopping, a batch and a restart."""

import tempfile
from pathlib import Path

import tanteo as tt

space = tt.SearchSpace({"lr": tt.Float(1e-4, 1.0, log=True), "width": tt.Int(8, 256, log=True)})


def curve(params):
    """A stand-in for training: yield one loss after each epoch."""
    floor = abs(params["lr"] - 0.03) + 8.0 / params["width"]
    for epoch in range(20):
        yield floor + 2.0 / (1.0 + 20.0 * params["lr"] * epoch)


def evaluate(opt, trial):
    """Train until the trial is pruned, and tell the result."""
    if trial.params["width"] > 100:
        opt.tell(trial, state="failed", reason="out of memory")
        return
    for epoch, loss in enumerate(curve(trial.params)):
        opt.report(trial, epoch, loss)
        if epoch >= 3 and opt.should_prune(trial):
            opt.tell(trial, loss, state="pruned")
            return
    opt.tell(trial, loss)


def main():
    """Ask and tell, save and load."""
    opt = tt.Optimizer(space, sampler="random", seed=0)
    for _ in range(30):
        evaluate(opt, opt.ask())

    # A batch of four, chosen jointly. The order of the tells does not matter.
    for trial in reversed(opt.ask(4)):
        evaluate(opt, trial)

    # A restart: the loaded optimizer continues exactly like the saved one.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "search.tanteo"
        opt.save(path)
        loaded = tt.Optimizer.load(path)
    assert loaded.ask() == opt.ask()

    counts = {state: sum(t.state == state for t in opt.trials) for state in ("complete", "pruned", "failed", "pending")}
    print(counts)
    print(opt.best)


if __name__ == "__main__":
    main()
