"""Colours, sizes and lines of text of both backends.

The hues can be distinguished with all common forms of colour vision.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

# The number of characters in a line of a title that fit a figure of the usual width.
_TITLE_WIDTH = 72
# A dark line for the best value so far over light points.
POINT = "#5b8fd9"
BEST = "#d1495b"
# The same colour, transparent enough for points to show through.
BAND = "rgba(209, 73, 91, 0.15)"
MUTED = "#b8bcc4"
# Beside the front, which has the colour of the best.
KNEE = "#e0a100"
CHOSEN = "#8a5aa8"
INK = "#22262e"
SOFT_INK = "#6b7280"
# Faint on a light and on a dark ground.
GRID: dict[str, Any] = {"color": "#7a7f8a", "alpha": 0.2}
# Of lines at thresholds; it is legible on a light and on a dark ground.
LIMIT = "#7a7f8a"
# Colours of several searches or groups of trials, in this order.
CYCLE = ("#3d6fb6", "#e08e26", "#3f9b6c", "#8a5aa8", "#c95d63", "#4ba3b5", "#8c6d46", "#74777d")
# Their lines in matplotlib and in plotly, so that they can be told apart without colours; another number than that of
# the colours, so that pairs repeat late.
DASHES: tuple[tuple[Any, str], ...] = (
    ("solid", "solid"),
    ((0, (5, 2)), "dash"),
    ((0, (1, 1)), "dot"),
    ((0, (5, 2, 1, 2)), "dashdot"),
    ((0, (10, 2)), "longdash"),
    ((0, (10, 2, 1, 2, 1, 2)), "longdashdot"),
    ((0, (2, 4)), "2px,4px"),
)
# How an evaluation ended.
ENDED = {"complete": POINT, "stopped": MUTED, "failed": BEST, "cancelled": KNEE}
# The colours and dashes of lines that are not those of complete trials.
LINES = {
    "stopped": (MUTED, "dotted"),
    "failed": (CYCLE[1], "dashdot"),
    "infeasible": (SOFT_INK, "dashed"),
    "best": (BEST, "solid"),
}
# Light is worse, dark is better.
SCALE = ("#dbe6f6", "#b0c8ea", "#7ba3d9", "#4577b9", "#1f4b87", "#0b2a55")

# Of the marks of infeasible, failed and stopped trials over this scale, on which grey would not show.
OVER_SCALE = CYCLE[1]

# The symbols of trials in matplotlib and in plotly; beyond the axis, they depend on whether the search maximizes.
SYMBOLS = {
    "infeasible": ("x", "x-thin-open"),
    "failed": ("+", "cross-thin-open"),
    "stopped": ("o", "circle-open"),
    "stopped above": ("^", "triangle-up-open"),
    "stopped below": ("v", "triangle-down-open"),
    "infinite": ("$\\infty$", "bowtie-open"),
    "best": ("*", "star"),
    "dominated": ("o", "circle"),
    "front": ("D", "diamond"),
    "knee": ("*", "star"),
    "by thresholds": ("o", "circle-open"),  # a ring, which shows at a knee too
    "beyond an axis": ("^", "triangle-up"),
    "infeasible, beyond an axis": ("+", "cross-thin-open"),
}
BEYOND = {False: ("^", "triangle-up"), True: ("v", "triangle-down")}

# The sizes of groups that stand out, in matplotlib (an area) and in plotly: flat and in space; those of the others.
STANDING_OUT = {"knee": (130, 14, 11), "by thresholds": (170, 15, 13)}
USUAL = (26, 6, 3)

# Panels per row. With more, the panels would be too small or the figure too wide.
PANELS_IN_A_ROW = 4


def transparent(colour: str) -> str:
    """Return a colour such as ``#3d6fb6`` for an area, through which points and lines show.

    >>> transparent("#3d6fb6")
    'rgba(61, 111, 182, 0.15)'
    """
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.15)"


def lines() -> Iterator[tuple[str, tuple[Any, str]]]:
    """Return an endless iterator over a colour and the dashes of both backends, for several searches."""
    return zip(cycle(CYCLE), cycle(DASHES), strict=True)


def rows(panels: int) -> int:
    """Return the number of rows for a number of panels."""
    return -(-panels // PANELS_IN_A_ROW)


def fading(ids: int) -> float:
    """Return the opacity of points: the more points, the lighter."""
    return 0.85 if ids <= 150 else 0.5 if ids <= 1000 else 0.25


def lines_of(text: str, width: int = _TITLE_WIDTH) -> list[str]:
    """Return the lines of a text, broken at blanks and after ``_``, ``/`` and ``.`` within names.

    Only a part that is longer than a line exceeds the width.

    >>> lines_of("validation_loss of val.set_2, at 0.5", 12)
    ['validation_', 'loss of val.', 'set_2, at', '0.5']
    >>> lines_of("_private_name", 5)
    ['_private_', 'name']
    """
    lines = [""]
    for part in re.split(r"(?<= )(?=[^ ])|(?<=\w[_/])(?=\w)|(?<=\.)(?=[^\W\d])", text):
        if lines[-1] and len(lines[-1] + part.rstrip(" ")) > width:
            lines.append("")
        lines[-1] += part
    return [line.rstrip(" ") for line in lines]
