"""The importance of each parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from .._internal.caller import warn
from .._internal.coercion import as_float, as_one_of
from ..exceptions import ArgumentError
from ..run.result import optimizer_of
from .arguments import Method, checked_objective
from .none import why_none

if TYPE_CHECKING:
    from ..optimizer import Optimizer
    from ..run import Result


def param_importances(
    search: Optimizer | Result,
    *,
    method: Method = "ped-anova",
    objective: int | str | None = None,
    quantile: float | None = None,
) -> dict[str, float]:
    r"""Return the importance of each parameter.

    Parameters
    ----------
    search : Optimizer or Result
        The search; every trial that has ended is used.
    method : str
        ``"ped-anova"``: how much a parameter decides whether a trial is among the best. ``"fanova"``: how much of the
        variance of the value the parameter explains over the whole space, according to a random forest.
    objective : int or str, optional
        The index (from 0) or name of the objective. With several objectives it is required.
    quantile : float, optional
        For PED-ANOVA: the share of the trials, in (0, 1), that count as the best. A small quantile explains the top
        trials and needs more trials: ten in the top are a reasonable minimum. The default averages all levels from 5 %
        to 95 %.

    Returns
    -------
    dict
        Maps flat names to shares, largest first; the shares sum to one. All are zero if there are fewer than four
        trials, none of them is complete and feasible, or all values are equal. Constants are left out.

    Warns
    -----
    RuntimeWarning
        If all are zero, with the reason.

    Raises
    ------
    ArgumentError
        If the argument is not a search, the method or the objective is unknown, there are several objectives and none
        is chosen, the quantile is outside (0, 1), or a quantile is given for fANOVA.

    Notes
    -----
    PED-ANOVA (Watanabe, Bansal and Hutter, IJCAI 2023) is the default. It takes milliseconds. Increasing
    transformations of the values do not change it, so outliers have little influence. Pruned, failed and infeasible
    trials count as not among the best. It compares tried configurations with each other, so it does not depend on
    where the sampler searched. fANOVA (Hutter, Hoos and Leyton-Brown, ICML 2014) describes the whole space, weights
    differences by their size, needs trials all over the space, and ignores failed and pruned trials.

    The importance of a conditional parameter is its variance where it is active, multiplied by the share of the trials
    (PED-ANOVA) or of the space (fANOVA) in which it is active. Importances describe single parameters: an effect that
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
    shares = shares_of(search, method=method, objective=objective, quantile=quantile)
    reason = why_none(search, shares, method, objective)
    if reason is not None and shares:
        warn(f"all importances are zero: {reason}")
    return shares


def shares_of(
    search: Optimizer | Result,
    *,
    method: Method = "ped-anova",
    objective: int | str | None = None,
    quantile: float | None = None,
) -> dict[str, float]:
    """Return what :func:`param_importances` returns, without a warning."""
    optimizer, number = optimizer_of(search), checked_objective(search, objective)
    share = _quantile(quantile)
    if as_one_of(method, get_args(Method), "method must be") == "ped-anova":
        shares = optimizer._core.ped_anova(number, share)
    elif share is not None:
        raise ArgumentError(f"quantile={share!r} applies to method='ped-anova' only; omit it for fANOVA")
    else:
        shares = optimizer._core.fanova(number)
    return dict(sorted(zip(optimizer._codec.names, shares, strict=True), key=lambda item: -item[1]))


def _quantile(quantile: Any) -> float | None:
    share = None if quantile is None else as_float(quantile, "quantile")
    if share is not None and not 0.0 < share < 1.0:
        raise ArgumentError(f"quantile must be between 0 and 1, got {share!r}")
    return share
