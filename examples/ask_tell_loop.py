"""A loop of one's own: failures, early stopping, a batch, and going on after a restart."""

import tempfile
from pathlib import Path

import tanteo as tt

space = tt.SearchSpace({"lr": tt.Float(1e-4, 1.0, log=True), "width": tt.Int(8, 256, log=True)})


def curve(params):
    """Stands for training: one loss after each epoch."""
    floor = abs(params["lr"] - 0.03) + 8.0 / params["width"]
    for epoch in range(20):
        yield floor + 2.0 / (1.0 + 20.0 * params["lr"] * epoch)


def evaluate(opt, trial):
    """Trains as long as it is worth it, and tells how it ended."""
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
    """Asks and tells, saves and loads."""
    opt = tt.Optimizer(space, sampler="random", seed=0)
    for _ in range(30):
        evaluate(opt, opt.ask())

    # Four at once, chosen jointly: the order in which they are told does not matter.
    for trial in reversed(opt.ask(4)):
        evaluate(opt, trial)

    # A restart: the loaded optimizer goes on exactly as the saved one would have.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "search.tanteo"
        opt.save(path)
        again = tt.Optimizer.load(path)
    assert again.ask() == opt.ask()

    counts = {state: sum(t.state == state for t in opt.trials) for state in ("complete", "pruned", "failed", "pending")}
    print(counts)
    print(opt.best)


if __name__ == "__main__":
    main()
