"""How much of the outcome each parameter accounts for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from .._internal.coercion import as_float, shown
from ..exceptions import ArgumentError
from .arguments import checked_objective, optimizer_of

if TYPE_CHECKING:
    from ..optimizer import Optimizer
    from ..run import Result

Method: TypeAlias = Literal["ped-anova", "fanova"]


def param_importances(
    search: Optimizer | Result,
    *,
    method: Method = "ped-anova",
    objective: int | str = 0,
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
    objective : int or str
        Which objective, by its place, from 0, or its name; for a search with several.
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
    optimizer, number = optimizer_of(search), checked_objective(search, objective)
    share = _quantile(quantile)
    if _method(method) == "ped-anova":
        shares = optimizer._core.ped_anova(number, share)
    elif share is not None:
        raise ArgumentError(f"quantile={share!r} is for method='ped-anova'; fANOVA has no levels, leave it out")
    else:
        shares = optimizer._core.fanova(number)
    return dict(sorted(zip(optimizer._codec.names, shares, strict=True), key=lambda item: -item[1]))


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
