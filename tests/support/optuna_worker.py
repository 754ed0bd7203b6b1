"""A conditional objective with pruning for Optuna, and a process that optimizes it in a study with Tanteo's classes."""

import os
import signal
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def objective(trial):
    """Branches, layers, reports, prunes, failures."""
    kind = trial.suggest_categorical("kind", ["adam", "sgd", "lbfgs"])
    momentum = trial.suggest_float("momentum", 0.0, 0.99) if kind == "sgd" else 0.5
    layers = trial.suggest_int("layers", 1, 3)
    widths = [trial.suggest_int(f"width{k}", 8, 64, log=True) for k in range(layers)]
    rate = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    if widths[0] > 60:
        raise MemoryError
    loss = abs(rate - 1e-3) ** 0.5 + (momentum - 0.9) ** 2 + 0.05 * abs(layers - 2) + sum(widths) * 1e-4
    for step in range(1, 5):
        trial.report(loss + 1 / step, step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return loss


def killed(trial):
    """Kill the process in the middle of a trial."""
    trial.suggest_categorical("kind", ["adam", "sgd", "lbfgs"])
    os.kill(os.getpid(), signal.SIGKILL)


def main(url, n_trials):
    from tanteo.integrations.optuna import TanteoPruner, TanteoSampler

    study = optuna.load_study(
        study_name="moved", storage=url, sampler=TanteoSampler(seed=0), pruner=TanteoPruner("median")
    )
    study.optimize(objective if n_trials else killed, n_trials=n_trials or 1, catch=MemoryError)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
