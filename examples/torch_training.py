"""Tune a training loop of PyTorch, and stop trials that are behind. Needs `pip install 'tanteo[torch,sklearn]'`.

The loop also runs in several processes, which share each trial: `torchrun --nproc-per-node 2 torch_training.py`.
"""

import os

import torch
from sklearn.datasets import load_digits
from torch import distributed
from torch.nn.functional import cross_entropy

import tanteo as tt
from tanteo.integrations.torch import SharedTrial, on_rank_zero

SPACE = {"lr": tt.Float(1e-4, 1.0, log=True), "units": tt.Int(4, 64, log=True)}
X, Y = (torch.tensor(part) for part in load_digits(return_X_y=True))
X = X.float() / 16


def train(params, trial):
    """Train on this process's share of the data, and return the loss on data that no process trains on."""
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(64, params["units"]), torch.nn.ReLU(), torch.nn.Linear(params["units"], 10)
    )
    optimizer = torch.optim.Adam(model.parameters(), params["lr"])
    is_shared = trial.n_ranks > 1
    share = slice(distributed.get_rank() if is_shared else 0, 1200, trial.n_ranks)
    for epoch in range(20):
        optimizer.zero_grad()
        cross_entropy(model(X[share]), Y[share]).backward()
        for parameter in model.parameters() if is_shared else ():
            distributed.all_reduce(parameter.grad, distributed.ReduceOp.SUM)
            parameter.grad /= trial.n_ranks
        optimizer.step()
        loss = cross_entropy(model(X[1200:]), Y[1200:]).item()
        trial.report(epoch, loss)
        if trial.should_prune():
            raise tt.Pruned
    return loss


def run_trial(search):
    """Ask, train and tell; rank 0 has the search."""
    trial = SharedTrial(lambda: search.ask())
    try:
        loss = train(trial.params, trial)
    except tt.Pruned:
        on_rank_zero(lambda: search.tell(trial.id, state="pruned"))
    else:
        on_rank_zero(lambda: search.tell(trial.id, loss))
    return trial


def main():
    """Search, and print the best configuration once."""
    is_first = os.environ.get("RANK", "0") == "0"
    search = tt.Optimizer(SPACE, seed=0) if is_first else None
    trials = [run_trial(search) for _ in range(10)]
    on_rank_zero(
        lambda: print(f"loss {search.best.value:.3f} with {search.best.params}, {trials[0].n_ranks} processes")
    )


if __name__ == "__main__":
    main()
