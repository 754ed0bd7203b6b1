"""What a page says, as plain data: sections of texts, tables and pictures.

The sections are computed in ``sections/``, and drawn in the browser by ``page.js``. Nothing in between depends on what
a section is about.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal, TypeAlias

from tanteo._internal.text import printable_lines, safe_repr

#: What a mark stands for; ``page.css`` has a colour and ``page.js`` a shape for each, so that neither is needed alone.
Role: TypeAlias = Literal[
    "trial",
    "best",
    "infeasible",
    "stopped",
    "failed",
    "cancelled",
    "beyond",
    "stopped-beyond",
    "infeasible-beyond",
    "infinite",
    "front",
    "knee",
    "threshold",
    "expected",
    "line",
    "uncertain",
    "top",
    "faint",
    "study0",
    "study1",
    "study2",
    "study3",
    "study4",
    "study5",
]
Numbers: TypeAlias = Sequence[float | None]
Cell: TypeAlias = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """An axis; ``ticks`` are positions with labels, or None for round numbers, or only ``whole`` ones."""

    label: str
    low: float
    high: float
    log: bool = False
    whole: bool = False
    ticks: Sequence[tuple[float, str]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Symbols; ``ids`` are the trials that a click opens.

    ``errors`` and ``x_errors`` are half lengths of error bars along ``y`` and ``x``.
    """

    role: Role
    label: str
    x: Numbers
    y: Numbers
    ids: Sequence[int] | None = None
    errors: Numbers | None = None
    x_errors: Numbers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line through points, or with ``step`` a staircase; ``id`` is the trial that it belongs to."""

    role: Role
    label: str
    x: Numbers
    y: Numbers
    step: bool = False
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The area between two lines."""

    label: str
    x: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Horizontal bars, such as the evaluations of workers: bar k is in row ``rows[k]``."""

    role: Role
    label: str
    rows: Sequence[int]
    starts: Numbers
    ends: Numbers
    ids: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """A grid of values: ``values[j][k]`` is at ``y[j]`` and ``x[k]``; light is better."""

    label: str
    x: Numbers
    y: Numbers
    values: Sequence[Numbers]


Mark: TypeAlias = Points | Line | Band | Spans | Heat


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A picture.

    Attributes
    ----------
    title : str
    how : str
        One sentence: how to read it.
    shows : str
        One sentence: what it shows of this search, with numbers of the page.
    x, y : Axis
    marks : sequence of Mark
        In the order of drawing.
    """

    title: str
    how: str
    shows: str
    x: Axis
    y: Axis
    marks: Sequence[Mark]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A picture of named shares from 0 to 1, with half lengths of error bars where they are known."""

    title: str
    how: str
    shows: str
    names: Sequence[str]
    values: Numbers
    errors: Numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; the cells of the column ``trial`` are ids that a click opens."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The trials of a front, among which a reader chooses by bounds; each row is an id and the values."""

    names: Sequence[str]
    maximize: Sequence[bool]
    rows: Sequence[Sequence[int | float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph: the answer of the section, a statement, a reason why something is not said, or text to copy."""

    text: str
    tone: Literal["lead", "plain", "missing", "code"] = "plain"


Part: TypeAlias = Chart | Bars | Table | Bounds | Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the page; ``id`` is its anchor."""

    id: str
    title: str
    parts: Sequence[Part]


def lead(text: str) -> Text:
    """Return the answer of a section."""
    return Text(text=text, tone="lead")


def missing(text: str) -> Text:
    """Return the reason why something is not said."""
    return Text(text=text, tone="missing")


def time_text(seconds: float) -> str:
    """Return a time, in seconds since the epoch, as a page shows it."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))


def plain(value: Any) -> Any:
    """Return a part of a document as values that JSON can represent; the entry ``kind`` names the class.

    This is the only way of foreign text into a page: control characters, and marks that reverse the direction of
    writing, are escaped here.
    """
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return {"kind": type(value).__name__.lower(), **named}
    if isinstance(value, str):
        return printable_lines(value)
    if isinstance(value, dict):
        return {printable_lines(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else printable_lines(safe_repr(value))


def numbers(values: Iterable[Any]) -> list[float | None]:
    """Return numbers with digits that suffice for a picture; None for those that are not finite.

    These are six digits, and more of numbers whose spread is small against their size.
    """
    row = [float(value) for value in values]
    finite = [value for value in row if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    # Halves, since the spread of the largest floats is no float.
    spread, digits = high / 2 - low / 2, 17
    if spread:
        more = math.floor(math.log10(max(abs(low), abs(high))) - math.log10(spread))
        digits = min(digits, 6 + more)
    return [float(f"{value:.{digits}g}") if math.isfinite(value) else None for value in row]
