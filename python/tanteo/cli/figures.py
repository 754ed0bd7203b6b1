"""The plots of the command line."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tanteo  # loads the figures when they are first asked for
from tanteo._internal.optional import require
from tanteo.cli.files import objective_of
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.trials.trial import FrozenTrial

# Name on the command line -> name of the function, which is the same in both backends.
KINDS = {
    "ablation": "plot_ablation",
    "attainment": "plot_empirical_attainment_surface",
    "contour": "plot_contour",
    "edf": "plot_edf",
    "history": "plot_optimization_history",
    "hypervolume": "plot_hypervolume_history",
    "importances": "plot_param_importances",
    "intermediate": "plot_intermediate_values",
    "parallel": "plot_parallel_coordinate",
    "pareto": "plot_pareto_front",
    "rank": "plot_rank",
    "slice": "plot_slice",
    "timeline": "plot_timeline",
}

# Those that show several searches.
_OF_SEVERAL = ("attainment", "edf")

#: The script that figures of plotly share, in the folder of a figure.
LIBRARY = "plotly.min.js"
# Whether a figure contains the library, of 5 MB -> the option of plotly.
_LIBRARY: Mapping[bool, Any] = {True: True, False: "directory"}


def draw(
    optimizer: Optimizer,
    kind: str,
    file: Path,
    params: Sequence[str] | None,
    objective: str | None = None,
    *,
    beside: Sequence[Optimizer] = (),
    names: Sequence[str] = (),
    trials: Mapping[str, int] = MappingProxyType({}),
    standalone: bool = False,
) -> None:
    """Draw a figure into a file: HTML with plotly, every other format with matplotlib.

    ``beside`` are more searches for a figure of several, and ``names`` the names of all. ``trials`` has ids of trials
    by the argument of the figure that they are for. HTML shares the library of plotly with the other figures of its
    folder, unless it is ``standalone``.

    Raises
    ------
    ArgumentError
        If the figure does not take ``params``, ``objective``, ``trials`` or ``beside``, the objective is missing or
        unknown, there is no such trial, nothing to draw, or matplotlib does not support the format.
    """
    options: dict[str, Any] = {name: trial_of(optimizer, number, name) for name, number in trials.items()}
    if params is not None:
        options["params"] = params
    if objective is not None:
        options["objective"] = objective_of(optimizer, objective)
    elif "objective" in _arguments(kind) and len(optimizer.directions) > 1:
        known = ", ".join(optimizer.objective_names or map(str, range(len(optimizer.directions))))
        raise ArgumentError(f"{kind} shows one objective of several; choose one with --objective: {known}")
    _check_meaning(kind, options)
    if beside and kind not in _OF_SEVERAL:
        raise ArgumentError(f"--beside has no meaning for {kind}; it has for {', '.join(_OF_SEVERAL)}")
    drawn: Any = [optimizer, *beside] if beside else optimizer
    if beside and kind == "edf":  # the other figure of several shows what they have together
        drawn = dict(zip(names, drawn, strict=True))
    try:
        if is_html(file):
            _with_plotly(drawn, KINDS[kind], file, options, standalone=standalone)
        else:
            _with_matplotlib(drawn, KINDS[kind], file, options)
    except ArgumentError as error:
        from tanteo.plotting.parameter_axes import WITH_PARAMS

        raise ArgumentError(str(error).replace(WITH_PARAMS, "with --params")) from error


def trial_of(search: Optimizer, number: int, option: str) -> FrozenTrial:
    """Return the trial that an option gives by its id."""
    if number >= (n := len(search.trials)):
        has = f"ids run from 0 to {n - 1} here" if n else "this search has no trials"
        raise ArgumentError(f"--{option} {number}: trial {number} is unknown: {has}")
    trial: FrozenTrial = search.trials[number]
    return trial


def names_of(files: Sequence[Path]) -> list[str]:
    """Return the names of files without folder and ending, or the whole paths if two have the same name."""
    stems = [file.stem for file in files]
    return stems if len(set(stems)) == len(files) else [str(file) for file in files]


def is_html(file: Path) -> bool:
    """Whether the figure in a file is drawn with plotly."""
    return file.suffix.lower() == ".html"


def _arguments(kind: str) -> Collection[str]:
    return inspect.signature(getattr(tanteo.plotting, KINDS[kind])).parameters


def _check_meaning(kind: str, options: Collection[str]) -> None:
    """Check that a figure takes the options of the command line, which are called as its arguments."""
    for option in options:
        found = [name for name in KINDS if option in _arguments(name)]
        if kind not in found:
            raise ArgumentError(f"--{option} has no meaning for {kind}; it has for {', '.join(found)}")


def _with_plotly(drawn: Any, name: str, file: Path, options: dict[str, Any], *, standalone: bool) -> None:
    getattr(tanteo.plotting, name)(drawn, **options).write_html(file, include_plotlyjs=_LIBRARY[standalone])


def _with_matplotlib(drawn: Any, name: str, file: Path, options: dict[str, Any]) -> None:
    require("matplotlib", extra="plot", needed_by="tanteo plot").use("Agg")
    axes = getattr(tanteo.plotting.matplotlib, name)(drawn, **options)
    try:
        (axes[0] if isinstance(axes, list) else axes).figure.savefig(file, dpi=150)
    except ValueError as error:
        raise ArgumentError(f"--out {file}: {error}; .html is drawn by plotly") from error
