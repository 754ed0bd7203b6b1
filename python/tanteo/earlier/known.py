"""What a search knows of earlier ones, and a warning about those that tell it nothing."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .._internal.caller import stacklevel
from .._internal.coercion import short
from ..exceptions import ParameterError
from .mapping import Mapped, mapped, placed
from .reading import read

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from ..space.search_space import SearchSpace
    from .reading import AnySource
    from .source import Source

#: Rows that a source needs, as the core has it.
MIN_ROWS = 5


class EarlierSource(NamedTuple):
    """What a search keeps of one earlier search.

    Attributes
    ----------
    rows
        How many of its rows have a place in the space.
    candidates
        How many of these may be tried: they kept their constraints and lie within the ranges.
    used
        Whether there are enough rows. The model of such a source may still turn out to predict nothing, and is then
        not used either.
    """

    rows: int
    candidates: int
    used: bool


def described(core: CoreOptimizer) -> tuple[EarlierSource, ...]:
    """Return what a search keeps, source by source."""
    return tuple(
        EarlierSource(len(rows), sum(is_candidate for _, _, is_candidate in rows), len(rows) >= MIN_ROWS)
        for rows in core.earlier()
    )


def rows_for_space(earlier: Sequence[AnySource], space: SearchSpace, *, maximize: bool) -> list[list[Mapped]]:
    """Return the rows of earlier searches that have a place in a space; a source with too few is warned of.

    Parameters
    ----------
    earlier, maximize
        As :func:`~tanteo.earlier.reading.read` takes them.
    space
        That of the new search.

    Warns
    -----
    UserWarning
        Naming a source that tells nothing, and why.
    """
    sources = []
    for i, source in enumerate(read(earlier, maximize=maximize)):
        rows = mapped(source, space)
        if len(rows) < MIN_ROWS:
            why = _why_so_few(source, space, len(rows))
            warnings.warn(f"earlier[{i}] changes nothing: {why}", UserWarning, stacklevel=stacklevel())
        sources.append(rows)
    return sources


def _why_so_few(source: Source, space: SearchSpace, n: int) -> str:
    named = {name for row in source.rows for name in row.params}
    searched = space._codec.names
    if not source.rows:
        return "none of its entries is complete with a finite value"
    if not named.intersection(searched):
        return f"it names no parameter of the space: it has {short(sorted(named), 80)}, not {short(list(searched), 80)}"
    if len(source.rows) < MIN_ROWS:
        return f"it has {len(source.rows)} rows with a finite value, and at least {MIN_ROWS} are needed"
    return (
        f"{n} of its {len(source.rows)} rows have a place in the space, and at least {MIN_ROWS} are needed; "
        f"{_misfit(source, space)}"
    )


def _misfit(source: Source, space: SearchSpace) -> str:
    """Return what is wrong with the first row that has no place in a space."""
    for row in source.rows:
        for name in row.params.keys() & set(space._codec.names):
            try:
                inside = placed(space[name], row.params[name]).is_inside
            except ParameterError as error:
                return f"one is left out because of {name!r}: {error}"
            if not inside:
                return f"one is left out because {name!r} is outside of its range: {short(row.params[name], 80)}"
    return "their parameters do not fit together"
