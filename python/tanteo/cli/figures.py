"""The plots of the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tanteo._internal.optional import require
from tanteo.cli.files import objective_of
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer

# Name on the command line -> name of the function, which is the same in both backends.
KINDS = {
    "contour": "plot_contour",
    "edf": "plot_edf",
    "history": "plot_optimization_history",
    "importances": "plot_param_importances",
    "intermediate": "plot_intermediate_values",
    "parallel": "plot_parallel_coordinate",
    "pareto": "plot_pareto_front",
    "rank": "plot_rank",
    "slice": "plot_slice",
}
_WITH_PARAMS = ("contour", "parallel", "rank", "slice")
# The keyword by which each function takes the objective. The other functions show all objectives or none.
_OBJECTIVE = {
    **dict.fromkeys(("contour", "edf", "history", "parallel", "rank", "slice"), "target"),
    "importances": "objective",
}


def draw(
    optimizer: Optimizer, kind: str, file: Path, params: Sequence[str] | None, objective: str | None = None
) -> None:
    """Draw a figure into a file: HTML with plotly, every other format with matplotlib.

    Raises
    ------
    ArgumentError
        If the figure does not take ``params`` or ``objective``, the objective is missing or unknown, there is nothing
        to draw, or matplotlib does not support the format.
    """
    if params is not None and kind not in _WITH_PARAMS:
        raise ArgumentError(f"--params has no meaning for {kind}; it has for {', '.join(_WITH_PARAMS)}")
    options: dict[str, Any] = {} if params is None else {"params": params}
    options |= _of_objective(optimizer, kind, objective)
    if file.suffix.lower() == ".html":
        _with_plotly(optimizer, KINDS[kind], file, options)
    else:
        _with_matplotlib(optimizer, KINDS[kind], file, options)


def _of_objective(optimizer: Optimizer, kind: str, objective: str | None) -> dict[str, Any]:
    if kind not in _OBJECTIVE:
        if objective is not None:
            raise ArgumentError(f"--objective has no meaning for {kind}; it has for {', '.join(_OBJECTIVE)}")
        return {}
    if objective is None:
        if _OBJECTIVE[kind] == "target" and len(optimizer.directions) > 1:
            known = ", ".join(optimizer.objective_names or map(str, range(len(optimizer.directions))))
            raise ArgumentError(f"{kind} shows one objective of several; choose one with --objective: {known}")
        return {}
    return {_OBJECTIVE[kind]: objective_of(optimizer, objective)}


def _with_plotly(optimizer: Optimizer, name: str, file: Path, options: dict[str, Any]) -> None:
    from tanteo import plotting

    getattr(plotting, name)(optimizer, **options).write_html(file, include_plotlyjs=True)


def _with_matplotlib(optimizer: Optimizer, name: str, file: Path, options: dict[str, Any]) -> None:
    require("matplotlib", extra="plot", needed_by="tanteo plot").use("Agg")
    from tanteo.plotting import matplotlib

    axes = getattr(matplotlib, name)(optimizer, **options)
    try:
        (axes[0] if isinstance(axes, list) else axes).figure.savefig(file, dpi=150)
    except ValueError as error:
        raise ArgumentError(f"--out {file}: {error}; .html is drawn by plotly") from error
