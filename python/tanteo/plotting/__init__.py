"""Figures of a search with plotly; ``tanteo.plotting.matplotlib`` draws the same figures with matplotlib.

Each function takes an ``Optimizer`` or a ``Result`` and returns a ``plotly.graph_objects.Figure``. The names are those
of ``optuna.visualization``. The data of a figure is computed in files such as ``data.py``, ``parameter_axes.py`` and
``front.py`` for both backends.
"""

# This does not load matplotlib: both backends import their library when they draw.
from tanteo.plotting import matplotlib as matplotlib
from tanteo.plotting._plotly import (
    plot_ablation,
    plot_contour,
    plot_edf,
    plot_intermediate_values,
    plot_optimization_history,
    plot_parallel_coordinate,
    plot_param_importances,
    plot_rank,
    plot_slice,
    plot_timeline,
)
from tanteo.plotting._plotly_fronts import (
    plot_empirical_attainment_surface,
    plot_hypervolume_history,
    plot_pareto_front,
)

__all__ = [
    "plot_ablation",
    "plot_contour",
    "plot_edf",
    "plot_empirical_attainment_surface",
    "plot_hypervolume_history",
    "plot_intermediate_values",
    "plot_optimization_history",
    "plot_parallel_coordinate",
    "plot_param_importances",
    "plot_pareto_front",
    "plot_rank",
    "plot_slice",
    "plot_timeline",
]
