"""Which parameters mattered, and which of their changes led from one configuration to another.

The mathematics stands with the code in the core, ``rust/core/src/importance``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tanteo._internal.coercion import as_float, as_int, shown
from tanteo._internal.immutable import Immutable
from tanteo.exceptions import ArgumentError
from tanteo.trials.trial import FrozenTrial, Trial

if TYPE_CHECKING:
    from tanteo.optimizer import Optimizer
    from tanteo.run import Result

Method: TypeAlias = Literal["ped-anova", "fanova"]

__all__ = ["AblationStep", "ablation", "param_importances"]


def param_importances(
    search: Optimizer | Result,
    *,
    method: Method = "ped-anova",
    objective: int = 0,
    quantile: float | None = None,
) -> dict[str, float]:
    r"""How much each parameter mattered.

    Parameters
    ----------
    search : Optimizer or Result
        The search; every trial that ended is read.
    method : str
        ``"ped-anova"``: how much a parameter decides whether a trial is among the best. ``"fanova"``: how much of the
        variance of the value it explains over the whole space, by a random forest.
    objective : int
        Which objective, for a search with several.
    quantile : float, optional
        For PED-ANOVA: asks for getting among this share of the trials, in (0, 1). A small one asks about the top, and
        needs more trials: ten in the top is a fair minimum. By default all levels from 5 % to 95 % count.

    Returns
    -------
    dict
        Flat name to share, largest first; the shares sum to one. All are zero where nothing can be said: fewer than
        four trials, none that is complete and feasible, or values that are all the same. Constants are left out.

    Raises
    ------
    ArgumentError
        For what is no search, an unknown method, an objective that there is not, a quantile outside (0, 1), and a
        quantile for fANOVA.

    Notes
    -----
    PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023) is the default: it takes milliseconds, is unchanged by any
    increasing change of the values, so that no outlier rules it, counts pruned, failed and infeasible trials as not
    among the best, and compares what was tried with what was tried, wherever the sampler went. fANOVA (Hutter, Hoos and
    Leyton-Brown, ICML 2014) answers for the whole space, weighs differences by their size, needs trials all over the
    space for that, and leaves out trials that failed or were pruned.

    The importance of a conditional parameter is the variance that it makes where it is active, times the share of the
    trials (PED-ANOVA) or of the space (fANOVA) in which it is. Importances describe single parameters: an effect that
    only two parameters have together shows in neither. The same search gives the same bits on every machine.

    Examples
    --------
    >>> import tanteo as tt
    >>> from tanteo.importance import param_importances
    >>> space = {"x": tt.Float(-1, 1), "y": tt.Float(-1, 1)}
    >>> result = tt.minimize(lambda p: 10 * p["x"] ** 2 + p["y"], space, n_trials=100, seed=0, sampler="random")
    >>> next(iter(param_importances(result)))
    'x'
    >>> next(iter(param_importances(result, method="fanova")))
    'x'
    """
    optimizer, number = _optimizer(search), _objective(search, objective)
    share = _quantile(quantile)
    if _method(method) == "ped-anova":
        shares = optimizer._core.ped_anova(number, share)
    elif share is not None:
        raise ArgumentError(f"quantile={share!r} is for method='ped-anova'; fANOVA has no levels, leave it out")
    else:
        shares = optimizer._core.fanova(number)
    return dict(sorted(zip(optimizer._codec.names, shares, strict=True), key=lambda item: -item[1]))


class AblationStep(Immutable):
    """One configuration on the way from one to another; what :func:`ablation` returns a list of.

    Attributes
    ----------
    changed : tuple of str
        Flat names of the parameters that changed, those that appeared or disappeared with them included. Empty for the
        start.
    params : dict
        The configuration.
    value : float
        What the model predicts of it, in the unit of the objective.
    """

    _names = ("changed", "params", "value")
    __slots__ = _names
    changed: tuple[str, ...]
    params: Mapping[str, Any]
    value: float

    def __init__(self, **fields: Any) -> None:
        self._set(**fields)

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._fields().items())
        return f"AblationStep({fields})"


def ablation(
    search: Optimizer | Result,
    start: Mapping[str, Any] | Trial | FrozenTrial | None = None,
    end: Mapping[str, Any] | Trial | FrozenTrial | None = None,
    *,
    objective: int = 0,
) -> list[AblationStep]:
    """Go from one configuration to another by one parameter at a time, the most useful change first.

    Of all parameters that still differ, the one is changed whose change has the best prediction, until the end is
    reached (Fawcett and Hoos, Journal of Heuristics 2016). A random forest fitted to the complete trials predicts;
    nothing is evaluated.

    Parameters
    ----------
    search : Optimizer or Result
        The search whose trials teach the model.
    start : mapping, Trial or FrozenTrial, optional
        Where to begin; by default the trial with the defaults of the space.
    end : mapping, Trial or FrozenTrial, optional
        Where to go; by default the best trial.
    objective : int
        Which objective is predicted, for a search with several.

    Returns
    -------
    list of AblationStep
        From the start to the end, both included.

    Raises
    ------
    ArgumentError
        For what is no search, an objective that there is not, a start or end that has to be given because the search
        has no such trial, and a search without a complete trial with a finite value.
    ParameterError
        For a configuration that is not in the space.

    Notes
    -----
    A parameter that a change brings into existence gets its value at the end together with its parent; what a change
    makes inactive disappears with it. Configurations that break a known constraint are passed over while there are
    others.

    Examples
    --------
    >>> import tanteo as tt
    >>> space = {"x": tt.Float(-1, 1, default=1), "y": tt.Float(-1, 1, default=1)}
    >>> result = tt.minimize(lambda p: 10 * p["x"] ** 2 + p["y"] ** 2, space, n_trials=50, seed=0)
    >>> [step.changed for step in tt.importance.ablation(result)]
    [(), ('x',), ('y',)]
    """
    optimizer, number = _optimizer(search), _objective(search, objective)
    rows = (_row(optimizer, _start(optimizer, start), "start"), _row(optimizer, _end(optimizer, end), "end"))
    steps = optimizer._core.ablation(number, *rows)
    if steps is None:
        raise ArgumentError("an ablation needs a model of the values, and no trial is complete with a finite one")
    names = optimizer._codec.names
    return [
        AblationStep(changed=tuple(names[j] for j in changed), params=optimizer._codec.params(row), value=value)
        for changed, row, value in steps
    ]


def _optimizer(search: Optimizer | Result) -> Optimizer:
    from tanteo.optimizer import Optimizer

    found = getattr(search, "optimizer", search)
    if not isinstance(found, Optimizer):
        raise ArgumentError(f"importances are those of an Optimizer or a Result, got {shown(search)}")
    return found


def _objective(search: Optimizer | Result, objective: Any) -> int:
    number, last = as_int(objective, "objective"), len(_optimizer(search).directions) - 1
    if not 0 <= number <= last:
        raise ArgumentError(f"objective must be from 0 to {last}, got {number!r}")
    return number


def _quantile(quantile: Any) -> float | None:
    share = None if quantile is None else as_float(quantile, "quantile")
    if share is not None and not 0.0 < share < 1.0:
        raise ArgumentError(f"quantile must be between 0 and 1, got {share!r}")
    return share


def _method(method: Any) -> Method:
    if isinstance(method, str):
        if method == "ped-anova":
            return "ped-anova"
        if method == "fanova":
            return "fanova"
    raise ArgumentError(f"method must be 'ped-anova' or 'fanova', got {shown(method)}")


def _start(optimizer: Optimizer, start: Any) -> Any:
    if start is not None:
        return start
    found = next((trial for trial in optimizer.trials if trial.origin == "default"), None)
    if found is None:
        raise ArgumentError("this search has no trial of the defaults to start from; give start=")
    return found


def _end(optimizer: Optimizer, end: Any) -> Any:
    if end is not None:
        return end
    if len(optimizer.directions) > 1:
        raise ArgumentError("a search with several objectives has no single best trial; give end=")
    if optimizer.best is None:
        raise ArgumentError("no trial is complete and feasible, so there is no best one; give end=")
    return optimizer.best


def _row(optimizer: Optimizer, given: Any, what: str) -> Sequence[Any]:
    params = given.params if isinstance(given, Trial | FrozenTrial) else given
    if not isinstance(params, Mapping):
        raise ArgumentError(f"{what} must be a configuration or a trial, got {shown(given)}")
    return optimizer._space._raw(params, partial=False)
