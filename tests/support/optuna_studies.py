"""Optuna studies with every feature that a study can have."""

import math
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState, create_trial

optuna.logging.set_verbosity(optuna.logging.ERROR)

STORAGES = ["memory", "sqlite", "journal"]


def storage(kind, folder):
    """Return a storage, and the argument that names it in :func:`from_optuna`."""
    if kind == "memory":
        memory = optuna.storages.InMemoryStorage()
        return memory, memory
    if kind == "sqlite":
        url = f"sqlite:///{folder}/study.db"
        return url, url
    path = str(folder / "study.log")
    return optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(path)), path


def objective(trial):
    """Has conditions, a growing range, and every kind of parameter, attribute and final state."""
    kind = trial.suggest_categorical("optimizer", ["adam", "sgd", None])
    lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    layers = trial.suggest_int("layers", 1, 2 + trial.number % 3)
    trial.suggest_categorical("flag", [True, False])
    trial.suggest_float("net/dropout", 0.0, 0.5, step=0.05)
    if kind == "sgd":
        trial.suggest_float("momentum", 0.0, 0.99)
    if layers >= 2:
        trial.suggest_int("width", 8, 64, step=8)
    trial.set_user_attr("nested", {"a": [1, None, "x"]})
    trial.set_constraint("memory", lr - 0.01)
    for step in range(3):
        trial.report(math.nan if step == 1 else lr * step, step * 10)
    if trial.number % 7 == 3:
        raise ValueError
    if trial.number % 7 == 5:
        raise optuna.TrialPruned
    return math.inf if trial.number == 8 else lr


def single(target):
    """Return a study of one objective, copied to a storage; its last trial is running."""
    study = optuna.create_study(
        study_name="single", direction="maximize", sampler=optuna.samplers.RandomSampler(seed=1)
    )
    study.optimize(objective, n_trials=28, catch=(ValueError,))
    first = study.trials[0]
    running = create_trial(state=TrialState.RUNNING, params=first.params, distributions=first.distributions)
    study.add_trial(running)
    optuna.copy_study(from_study_name="single", from_storage=study._storage, to_storage=target)
    return optuna.load_study(study_name="single", storage=target)


def several(target):
    """Return a study of two objectives in a storage; its last trial has failed."""
    study = optuna.create_study(storage=target, study_name="several", directions=["minimize", "maximize"])
    distributions = {"x": IntDistribution(1, 10**6, log=True), "y": CategoricalDistribution(["a", "b"])}
    for x in (1, 10, 300):
        params = {"x": x, "y": "a"}
        study.add_trial(create_trial(params=params, distributions=distributions, values=[x, 1 / x]))
    study.add_trial(create_trial(params=params, distributions=distributions, state=TrialState.FAIL))
    return study


def made(*trials, direction="minimize"):
    """Return a study in memory; its trials are passed as ``(params, distributions, value)``, None for a failed one."""
    study = optuna.create_study(direction=direction)
    for params, distributions, value in trials:
        state = TrialState.COMPLETE if value is not None else TrialState.FAIL
        study.add_trial(create_trial(params=params, distributions=distributions, value=value, state=state))
    return study


def floats(low, high, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return FloatDistribution(low, high, **options)


__all__ = ["STORAGES", "CategoricalDistribution", "IntDistribution", "floats", "made", "several", "single", "storage"]
