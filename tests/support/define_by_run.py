"""A define-by-run study of Optuna with branches, layers, prunes, failures and unfinished trials."""

import functools

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def objective(trial, *, breaks_off=True):
    """Branches two levels deep, a conjunction, and trials that end before they have suggested everything."""
    kind = trial.suggest_categorical("kind", ["adam", "sgd", "lbfgs"])
    if kind == "sgd":
        trial.suggest_float("momentum", 0.0, 0.99)
        if trial.suggest_categorical("nesterov", [True, False]):
            trial.suggest_float("look", 0.0, 1.0)
    elif kind == "lbfgs":
        trial.suggest_int("memory", 1, 20)
    layers = trial.suggest_int("layers", 1, 4)
    for k in range(layers):
        if breaks_off and trial.number % 11 == k + 1:
            raise ValueError(k)
        trial.suggest_int(f"width{k}", 8, 64, log=True)
    if kind == "sgd" and layers >= 3:
        trial.suggest_float("dropout", 0.0, 0.5)
    if breaks_off and trial.number % 23 == 5:
        raise optuna.TrialPruned
    rate = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    if rate < 1e-3:
        trial.suggest_categorical("warmup", ["linear", "cosine"])
    for step in range(3):
        trial.report(rate * layers, step)
        if trial.number % 7 == 3 and step == 2:
            raise optuna.TrialPruned
    if trial.number % 13 == 6:
        raise RuntimeError
    return rate * layers


def study(n_trials, *, breaks_off=True):
    """Return a study of finished trials, three that run (one of them without parameters) and three that wait."""
    made = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=3), study_name="branches")
    run = functools.partial(objective, breaks_off=breaks_off)
    for _ in range(n_trials // 2):
        made.optimize(run, n_trials=2, catch=(ValueError, RuntimeError))
    made.ask()
    made.ask().suggest_categorical("kind", ["adam", "sgd", "lbfgs"])
    made.add_trial(optuna.trial.create_trial(state=optuna.trial.TrialState.FAIL))
    made.enqueue_trial({"kind": "sgd", "lr": 0.01})
    made.enqueue_trial({"kind": "adam", "momentum": 0.5, "unheard_of": 1})
    made.enqueue_trial({"layers": 6})
    return made
