"""Which known name is probably meant by a misspelled one."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

# "constraint" and "costs" are similar to arguments of `tell`, and the American spelling of "cancelled" (0.94) to the
# British one; "stats" is not similar enough to "state".
_SIMILARITY = 0.85


def resembled(name: str, known: Sequence[str]) -> str | None:
    """Return the most similar one of the known names, which are in small letters, or None if none is similar.

    >>> resembled("Constraint", ["cost", "constraints"])
    'constraints'
    """
    return next(iter(get_close_matches(name.lower(), known, n=1, cutoff=_SIMILARITY)), None)
