"""Selection of the checks to run."""

from __future__ import annotations

from collections.abc import Iterable

from ..exceptions import ArgumentError
from .registry import CHECKS, GROUPS, Check


def all_checks(tags: Iterable[str] | str | None = None) -> list[Check]:
    """Return the checks, in the order of their groups.

    Parameters
    ----------
    tags
        Names of groups or checks; None selects all checks.

    Raises
    ------
    ArgumentError
        If a tag is neither a group nor a check.
    """
    from . import checks as _  # noqa: F401 - the import registers the checks

    checks = list(CHECKS.values())
    checks.sort(key=lambda check: GROUPS.index(check.group) if check.group in GROUPS else len(GROUPS))
    if tags is None:
        return checks
    selected = {tags} if isinstance(tags, str) else set(tags)
    unknown = selected - {check.group for check in checks} - {check.name for check in checks}
    if unknown:
        raise ArgumentError(f"there is no group or check {sorted(unknown)[0]!r}; the groups are {', '.join(GROUPS)}")
    return [check for check in checks if check.group in selected or check.name in selected]
