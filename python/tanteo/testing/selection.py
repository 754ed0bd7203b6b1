"""Which checks are run."""

from __future__ import annotations

from collections.abc import Iterable

from ..exceptions import ArgumentError
from .registry import CHECKS, GROUPS, Check


def all_checks(tags: Iterable[str] | str | None = None) -> list[Check]:
    """Return the checks, in the order of their groups.

    Parameters
    ----------
    tags
        Names of groups or of checks; None for all of them.

    Raises
    ------
    ArgumentError
        For a tag that is neither.
    """
    from . import checks as _  # noqa: F401 - importing them puts them on the list

    found = list(CHECKS.values())
    found.sort(key=lambda one: GROUPS.index(one.group) if one.group in GROUPS else len(GROUPS))
    if tags is None:
        return found
    wanted = {tags} if isinstance(tags, str) else set(tags)
    unknown = wanted - {one.group for one in found} - {one.name for one in found}
    if unknown:
        raise ArgumentError(f"there is no group or check {sorted(unknown)[0]!r}; the groups are {', '.join(GROUPS)}")
    return [one for one in found if one.group in wanted or one.name in wanted]
