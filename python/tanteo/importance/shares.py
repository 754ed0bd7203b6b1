"""The importance of each parameter."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias, get_args

from .. import inside
from .._core import MIN_IMPORTANCE_TRIALS
from .._internal.caller import warn
from .._internal.coercion import as_float, as_one_of
from ..exceptions import ArgumentError
from ..optimizer import Optimizer
from ..run import Result
from ..run.history import NO_RESULT, outcomes
from ..run.result import n_ended, optimizer_of
from ..trials.objectives import labels, selected

Method: TypeAlias = Literal["ped-anova", "fanova"]


def checked_objective(search: Optimizer | Result, objective: Any) -> int:
    """Return the index of an objective of the search; it must be given if there are several."""
    optimizer = optimizer_of(search)
    return selected(objective, len(optimizer.directions), optimizer.objective_names)


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
        trials, none of them is complete and feasible, or all values are equal. Constants are left out. With fewer than
        20 complete, feasible trials a share has a standard deviation of about 0.1; :func:`standard_errors` estimates
        it.

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


# Random halves, and the most trials for which errors are computed: the time grows with the square of their number.
_HALVES, _MOST_HALVED = 8, 2000


def standard_errors(search: Optimizer | Result, *, objective: int | str | None = None) -> dict[str, float]:
    """Return the standard error of the importance of each parameter by the default method, PED-ANOVA.

    It is the spread of the importances over random halves of the trials (the delete-half jackknife, Shao and Wu, Annals
    of Statistics 1989). In random searches of 60 to 500 trials it was one to four times the spread over repeated
    searches. That trials of other samplers depend on earlier ones is not included.

    Parameters
    ----------
    search, objective
        As for :func:`param_importances`.

    Returns
    -------
    dict
        Maps flat names to errors, in the order of :func:`param_importances`. It is empty for more than 2,000 trials:
        the errors are then under 0.01, and would take long.

    Raises
    ------
    ArgumentError
        As :func:`param_importances`.

    Examples
    --------
    >>> import tanteo as tt
    >>> result = tt.minimize(lambda p: p["x"] + p["y"], {"x": tt.Float(0, 1), "y": tt.Float(0, 1)}, n_trials=20, seed=0)
    >>> list(tt.importance.standard_errors(result)) == list(tt.importance.param_importances(result))
    True
    """
    optimizer = optimizer_of(search)
    whole = shares_of(optimizer, objective=objective)
    if len(optimizer) > _MOST_HALVED:
        return {}
    squares = dict.fromkeys(whole, 0.0)
    copy = inside.without_file(optimizer)
    trials = outcomes(optimizer)
    counted = (~trials.are("pending", "paused") & ~trials.excluded).nonzero()[0].tolist()
    draw = random.Random(0)
    for _ in range(_HALVES):
        left_out = draw.sample(counted, len(counted) // 2)
        with inside.leaving_out(copy, left_out):
            for name, share in shares_of(copy, objective=objective).items():
                squares[name] += (share - whole[name]) ** 2 / _HALVES
    return {name: square**0.5 for name, square in squares.items()}


def known_errors(
    search: Optimizer | Result, *, method: Method, objective: int | str | None, quantile: float | None
) -> dict[str, float]:
    """Return :func:`standard_errors` beside importances of the default method, and nothing beside others."""
    return standard_errors(search, objective=objective) if method == "ped-anova" and quantile is None else {}


def _quantile(quantile: Any) -> float | None:
    share = None if quantile is None else as_float(quantile, "quantile")
    if share is not None and not 0.0 < share < 1.0:
        raise ArgumentError(f"quantile must be between 0 and 1, got {share!r}")
    return share


# Over random searches of four parameters, a share has a standard deviation of 0.1 with 9 to 20 results, and of about
# 0.05 with 100. Trials that were stopped add little: with 9 results and 31 stopped trials it is 0.1 too. With fewer
# than `_FEW` results a note says so.
_FEW = 20


def share_text(share: float) -> str:
    """Return a share with two digits: with one, a small share would look like none."""
    return f"{share:.2f}"


def bar(share: float, error: float | None = None, *, length: int = 40) -> str:
    """Return a share as text, with its standard error if that is known, and as a bar; a bar of 1 has ``length``."""
    known = "" if error is None else f" ± {error:.2f}"
    return f"{share_text(share)}{known}  {'#' * round(length * share)}".rstrip()


def for_objective(search: Optimizer | Result, objective: int | str | None) -> str:
    """Return the end of a title such as ``" for loss"``; it is empty for a single objective without a name."""
    optimizer = optimizer_of(search)
    n, names = len(optimizer.directions), optimizer.objective_names
    return "" if n == 1 and names is None else f" for {labels(n, names)[checked_objective(search, objective)]}"


def n_results(search: Optimizer | Result) -> int:
    """Return the number of complete, feasible trials."""
    return outcomes(optimizer_of(search)).n_usable


def method_text(n: int, method: Method = "ped-anova", quantile: float | None = None) -> str:
    """Return the name of the method, and a note if there are too few results."""
    name = "fANOVA" if method == "fanova" else "PED-ANOVA of the best 5 to 95 %"
    name = name if quantile is None else f"PED-ANOVA of the best {100 * quantile:g} %"
    return name + (f"; {n} results are too few to tell" if n < _FEW else "")


def why_none(
    search: Optimizer | Result, shares: Mapping[str, float], method: Method, objective: int | str | None
) -> str | None:
    """Return why all importances are zero, by what the method needs; None if they are not."""
    import numpy as np

    if any(shares.values()):
        return None
    if not shares:
        return "no parameter of the space varies"
    told = outcomes(optimizer_of(search))
    measured = told.counted_as("complete") & np.isfinite(told.values[:, checked_objective(search, objective)])
    if method == "fanova":
        n, needed = int(measured.sum()), "are complete with a finite value"
    elif not (measured & told.feasible).any():
        return NO_RESULT
    else:
        n, needed = n_ended(search), "have ended"
    if n < MIN_IMPORTANCE_TRIALS:
        return f"{method} needs {MIN_IMPORTANCE_TRIALS} trials that {needed}, and there {'is' if n == 1 else 'are'} {n}"
    return "the parameters make no difference to the values"
