r"""Which parameters mattered: PED-ANOVA over the trials of a search.

Watanabe, Bansal and Hutter, "PED-ANOVA: Efficiently Quantifying Hyperparameter Importance in Arbitrary Subspaces",
IJCAI 2023. A parameter matters if its values among the best trials are distributed otherwise than among all of them.

Notation, for one parameter: ``x`` its unit coordinate (on its logarithmic scale, if it has one), :math:`p` the density
of ``x`` over the ``n`` trials that ended and in which it is active, :math:`p'` the density over the best
:math:`n' = \lceil\gamma' n\rceil` of these. By theorem 1 of the paper the variance of the marginal of "being one of the
best" is, up to a factor that all parameters share,

.. math:: v = \gamma'^2 \; \mathbb{E}_{x \sim p} \Big[ \big( p'(x) / p(x) - 1 \big)^2 \Big] ,

:math:`\gamma'^2` times the Pearson divergence of :math:`p'` from :math:`p`: never negative, and zero exactly if the
densities are the same. By default it is averaged over levels :math:`\gamma'` from 5 % to 95 %. The average of
:math:`\operatorname{Var} P(y \le t \mid x)` over all thresholds ``t`` is the Cramer-von Mises index of sensitivity
(Gamboa, Klein and Lagnoux, "Sensitivity analysis based on Cramer-von Mises distance", SIAM/ASA Journal on Uncertainty
Quantification 6, 2018): one number for the top and for the bottom, unchanged by any monotone change of the values.

Additions, for small histories, trials that ended early and conditional spaces:

* Densities are Parzen estimates on cells, with one uniform observation added to each, and with the same kernel width
  for both (Scott's rule for the :math:`n'` best): what smoothing alone does then looks like no difference.
* What is not complete and feasible (pruned, failed, a constraint broken) is not among the best, whatever its value:
  that a region crashes or is given up early is part of why a parameter matters.
* A conditional parameter is judged among the trials in which it is active, and weighted by the share it has, as an
  active parameter, of the best trials overall: what belongs to a branch that never does well does not matter.

Importances are shares of :math:`\sum v`. They describe single parameters, over the trials that the search made: an
effect that only a pair of parameters has shows in neither marginal, and a sampler that settles early leaves little to
compare. A search at random tells most.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tanteo.coercion import as_float, as_int, shown
from tanteo.exceptions import ArgumentError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tanteo.optimizer import Optimizer
    from tanteo.run import Result
    from tanteo.samplers import Axis, View

    Vector = npt.NDArray[np.float64]

# Cells of a continuous axis, and the most that a counted one gets: finer than any kernel width that occurs.
_CELLS = 64
# Levels of the average: the middles of ten equal steps.
_LEVELS = tuple((2 * step + 1) / 20 for step in range(10))

__all__ = ["param_importances"]


def param_importances(
    search: Optimizer | Result, *, objective: int = 0, quantile: float | None = None
) -> dict[str, float]:
    r"""How much each parameter mattered.

    Parameters
    ----------
    search : Optimizer or Result
        The search; every trial that ended is read.
    objective : int
        Which objective, for a search with several.
    quantile : float, optional
        Asks for getting among this share of the trials, in (0, 1); :math:`\gamma'` above. A small one asks about the
        top, and needs more trials: ten in the top is a fair minimum. By default all levels count.

    Returns
    -------
    dict
        Flat name to share, largest first; the shares sum to one. All are zero where nothing can be said: fewer than
        four trials, none that is complete and feasible, or values that are all the same. Constants are left out.

    Raises
    ------
    ArgumentError
        For what is no search, an objective that there is not, and a quantile outside (0, 1).

    Examples
    --------
    >>> import tanteo as tt
    >>> from tanteo.importance import param_importances
    >>> space = {"x": tt.Float(-1, 1), "y": tt.Float(-1, 1)}
    >>> result = tt.minimize(lambda p: 10 * p["x"] ** 2 + p["y"], space, n_trials=100, seed=0, sampler="random")
    >>> next(iter(param_importances(result)))
    'x'
    """
    share = None if quantile is None else as_float(quantile, "quantile")
    if share is not None and not 0.0 < share < 1.0:
        raise ArgumentError(f"quantile must be between 0 and 1, got {share!r}")
    view = _optimizer(search).view()
    values, unit = _ended(view, as_int(objective, "objective"))
    if len(values) < 4 or values.min() == values.max():
        return {axis.name: 0.0 for axis in view.axes}
    levels = _LEVELS if share is None else (share,)
    scores = {
        axis.name: math.fsum(_weighted_variance(axis, column, values, level) for level in levels)
        for axis, column in zip(view.axes, unit.T, strict=True)
    }
    total = math.fsum(scores.values())
    shares = {name: score / total if total > 0.0 else 0.0 for name, score in scores.items()}
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _optimizer(search: Optimizer | Result) -> Optimizer:
    from tanteo.optimizer import Optimizer

    found = getattr(search, "optimizer", search)
    if not isinstance(found, Optimizer):
        raise ArgumentError(f"importances are those of an Optimizer or a Result, got {shown(search)}")
    return found


def _ended(view: View, objective: int) -> tuple[Vector, Vector]:
    """Values to be minimised, shape (n,), and coordinates, shape (n, d); infinite values for what cannot be best."""
    import numpy as np

    n_objectives = view.values.shape[1]
    if not 0 <= objective < n_objectives:
        raise ArgumentError(f"objective must be from 0 to {n_objectives - 1}, got {objective!r}")
    ended = view.state != 0
    eligible = (view.state == 1) & (view.violation <= 0.0)
    return np.where(eligible, view.values[:, objective], np.inf)[ended], view.unit[ended]


def _best(values: Vector, quantile: float) -> npt.NDArray[np.intp]:
    """Positions of the best share of the values, as far as they are finite; the earlier trial of two equal ones."""
    import numpy as np

    count = min(math.ceil(quantile * len(values)), int(np.isfinite(values).sum()))
    return np.argsort(values, kind="stable")[:count]


def _weighted_variance(axis: Axis, column: Vector, values: Vector, quantile: float) -> float:
    """The variance of a parameter that is inactive where ``column`` is NaN."""
    import numpy as np

    active = ~np.isnan(column)
    weight = float(active[_best(values, quantile)].mean())
    return weight * _variance(axis, column[active], values[active], quantile) if weight > 0.0 else 0.0


def _variance(axis: Axis, x: Vector, values: Vector, quantile: float) -> float:
    """The variance :math:`v` of the formula above, for the trials in which the parameter is active."""
    best = x[_best(values, quantile)]
    if len(best) == 0:
        return 0.0
    share = len(best) / len(x)
    if axis.kind == "unordered":
        levels = axis.levels or 1
        density, density_best = _frequencies(x, levels), _frequencies(best, levels)
    else:
        cells = min(axis.levels or _CELLS, _CELLS)
        width = max(float(best.std()) * len(best) ** -0.2, 1.0 / (2 * cells))
        density, density_best = _parzen(x, cells, width), _parzen(best, cells, width)
    return share**2 * float((density * (density_best / density - 1.0) ** 2).sum())


def _frequencies(x: Vector, levels: int) -> Vector:
    """Probabilities of the levels of an unordered axis, one observation added that is spread over all of them."""
    import numpy as np

    counts = np.bincount((x * levels).astype(np.intp), minlength=levels)
    return np.asarray((counts + 1.0 / levels) / (len(x) + 1.0), dtype=np.float64)


def _parzen(x: Vector, cells: int, width: float) -> Vector:
    """Probabilities of equal cells of the unit interval: Gaussian kernels cut to it, and one uniform observation.

    Each kernel's mass in a cell is taken at the cell's centre and scaled to sum to one: with a width of half a cell at
    least, centres stand for cells well enough to compare two densities.
    """
    import numpy as np

    centres = (np.arange(cells, dtype=np.float64) + 0.5) / cells
    # Far from its centre a kernel vanishes, whatever the caller has NumPy do about that.
    with np.errstate(under="ignore"):
        kernels = np.exp(-0.5 * ((centres - x[:, None]) / width) ** 2)
        masses = (kernels / kernels.sum(axis=1, keepdims=True)).sum(axis=0)
    return np.asarray((masses + 1.0 / cells) / (len(x) + 1.0), dtype=np.float64)
