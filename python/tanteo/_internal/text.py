"""Values and foreign text, made safe to show."""

from __future__ import annotations

from .typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

# What text begins with that spreadsheets run as a formula; tables of ours put an apostrophe before it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# How deep a container is shown entry by entry when its own repr raises.
_DEPTH = 3


def safe_repr(value: object) -> str:
    """Return the repr of any value; never raises.

    An integer with more digits than Python converts (4300 by default) is shown in hexadecimal. A container with an
    entry whose repr raises is shown entry by entry, and such an entry by its type.

    >>> safe_repr([1, "a"])
    "[1, 'a']"
    """
    return _repr(value, _DEPTH)


def printable(text: str) -> str:
    r"""Return ``text`` with every character that is not printable as an escape: terminals obey control characters.

    >>> print(printable("red: \x1b[31m"))
    red: \x1b[31m
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _repr(value: object, depth: int) -> str:
    try:
        # A repr may be of a subclass of str; what is returned here is plain text.
        return str.__str__(repr(value))
    except Exception:  # user code
        return _without_repr(value, depth)


def _without_repr(value: Any, depth: int) -> str:
    kind = type(value)
    if kind is int:
        return hex(value)
    if depth == 0 or kind not in (list, tuple, dict):
        return f"<{kind.__name__} without a repr>"
    if kind is dict:
        return f"{{{', '.join(f'{_repr(k, depth - 1)}: {_repr(v, depth - 1)}' for k, v in value.items())}}}"
    entries = ", ".join(_repr(entry, depth - 1) for entry in value)
    if kind is list:
        return f"[{entries}]"
    return f"({entries},)" if len(value) == 1 else f"({entries})"
