"""The rows of earlier searches that a search keeps, and warnings about sources with too few of them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .._core import MIN_EARLIER_ROWS
from .._internal.caller import stacklevel
from .._internal.coercion import short
from ..exceptions import ParameterError
from ..space.sums import warn_of_sums
from .mapping import Mapped, mapped
from .reading import read

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from ..space.search_space import SearchSpace
    from .mapping import Source
    from .reading import AnySource


class EarlierSource(NamedTuple):
    """The part of an earlier search that a search keeps.

    Attributes
    ----------
    rows
        The number of its rows that can be mapped to the space.
    candidates
        How many of them may be tried: they satisfied their constraints and are within the ranges.
    used
        Whether there are enough rows. The model of such a source is still not used if it turns out not to be
        predictive.
    """

    rows: int
    candidates: int
    used: bool


def described(core: CoreOptimizer) -> tuple[EarlierSource, ...]:
    """Return the kept part of each earlier search."""
    return tuple(
        EarlierSource(len(rows), sum(is_candidate for _, _, is_candidate in rows), len(rows) >= MIN_EARLIER_ROWS)
        for rows in core.earlier()
    )


def rows_for_space(earlier: Sequence[AnySource], space: SearchSpace, *, maximize: bool) -> list[list[Mapped]]:
    """Return the rows of earlier searches mapped to a space; warn about sources with too few rows.

    Parameters
    ----------
    earlier, maximize
        As for :func:`~tanteo.earlier.reading.read`.
    space
        The space of the new search.

    Warns
    -----
    UserWarning
        Naming a source without effect, and why.
    RuntimeWarning
        If the shares of a mixture add up to another total.
    """
    sources = []
    for i, source in enumerate(read(earlier, space, maximize=maximize)):
        warn_of_sums(space, (row.params for row in source.rows))
        rows = mapped(source, space)
        if len(rows) < MIN_EARLIER_ROWS:
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
    if len(source.rows) < MIN_EARLIER_ROWS:
        return f"it has {len(source.rows)} rows with a finite value, and at least {MIN_EARLIER_ROWS} are needed"
    return (
        f"{n} of its {len(source.rows)} rows can be mapped to the space, and at least {MIN_EARLIER_ROWS} are needed; "
        f"{_misfit(source, space)}"
    )


def _misfit(source: Source, space: SearchSpace) -> str:
    """Return why the first row that cannot be mapped does not fit a space."""
    for row in source.rows:
        for name in row.params.keys() & set(space._codec.names):
            try:
                _, inside = space[name]._nearest(row.params[name])
            except ParameterError as error:
                return f"one is left out because of {name!r}: {error}"
            if not inside:
                return f"one is left out because {name!r} is outside of its range: {short(row.params[name], 80)}"
    return "their parameters do not fit together"
