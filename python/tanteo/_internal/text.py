"""Safe display of arbitrary values and foreign text, and JSON."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

# Defined there, since nothing is below the exceptions.
from ..exceptions import escaped as escaped

# Spreadsheets run text that begins with one of these as a formula; our tables put an apostrophe before it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Integers from this one up have more digits than Python converts to decimal text and back.
TOO_LONG = 10**4300
# Floats with this many significant digits are all different.
_EXACT = 17
# How many levels of a container are shown entry by entry when its own repr raises.
_DEPTH = 3


def show_value(value: object, digits: int = 6) -> str:
    """Return a value as text: floats with ``digits`` (at least 4), anything else as its repr.

    Large floats have ``digits - 3`` decimals, since results may be large and differ by little.

    >>> show_value(0.123456789), show_value(1234567.8912), show_value(1e12)
    ('0.123457', '1234567.891', '1e+12')
    """
    if not isinstance(value, float):
        return safe_repr(value)
    if not 1e3 <= abs(value) < 1e12:
        return f"{value:.{digits}g}"
    return f"{value:.{digits - 3}f}".rstrip("0").rstrip(".")


def tell_apart(values: Iterable[float], digits: int = 6) -> dict[float, str]:
    """Return the values of a table as :func:`show_value`, with more digits where different ones would look alike.

    >>> tell_apart([0.25, 0.123456781, 0.123456789])
    {0.25: '0.25', 0.123456781: '0.12345678', 0.123456789: '0.12345679'}
    """
    left = dict.fromkeys(map(float, values))
    texts: dict[float, str] = {}
    for more in range(digits, _EXACT + 1):
        shown = {value: show_value(value, more) if more < _EXACT else repr(value) for value in left}
        texts |= shown
        alike = Counter(shown.values())
        left = {value: None for value, text in shown.items() if alike[text] > 1}
    return texts


def show_rounded(value: float, digits: int = 2) -> str:
    """Return a number as text with so many digits; a large one has no exponent.

    >>> show_rounded(687.5), show_rounded(0.01234), show_rounded(12345.0, 3)
    ('690', '0.012', '12300')
    """
    return show_value(float(f"{value:.{digits}g}"))


def counted(n: int, one: str, several: str | None = None) -> str:
    """Return a number with its noun.

    >>> counted(1, "trial"), counted(1200, "trial")
    ('1 trial', '1,200 trials')
    """
    return f"{n:,} {one if n == 1 else several or one + 's'}"


def truths(choices: Collection[object]) -> dict[str, bool]:
    """Return the booleans among some choices by texts in lower case that mean them, as spreadsheets write them.

    A text, or the number 1 or 0, that is itself a choice means that choice.
    """
    others = [choice for choice in choices if not isinstance(choice, bool)]
    texts = {choice.casefold() for choice in others if isinstance(choice, str)}
    meanings = {}
    for truth in (choice for choice in choices if isinstance(choice, bool)):
        meanings[str(truth).lower()] = truth
        if not any(isinstance(choice, int | float) and choice == truth for choice in others):
            meanings[str(int(truth))] = truth
    return {text: truth for text, truth in meanings.items() if text not in texts}


def safe_repr(value: object) -> str:
    """Return the repr of any value; never raise.

    An integer with more digits than Python converts (4300 by default) is shown in hexadecimal. If the repr of an entry
    raises, the container is shown entry by entry, and that entry by its type.

    >>> safe_repr([1, "a"])
    "[1, 'a']"
    """
    return _repr(value, _DEPTH)


def message_of(error: BaseException) -> str:
    r"""Return the message of an exception on one line; never raise.

    >>> message_of(ValueError("too\n  large"))
    'too large'
    """
    try:
        return " ".join(str.split(str(error)))
    except Exception:  # user code
        return "its message cannot be read: its __str__ raises"


def printable(text: str) -> str:
    r"""Return ``text`` with non-printable characters escaped, since terminals obey control characters.

    >>> print(printable("red: \x1b[31m"))
    red: \x1b[31m
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def printable_lines(text: str) -> str:
    r"""Return ``text`` with non-printable characters escaped, except line ends.

    >>> printable_lines("red:\n\x1b[31m")
    'red:\n\\x1b[31m'
    """
    return "\n".join(map(printable, text.split("\n")))


def _repr(value: object, depth: int) -> str:
    try:
        # A repr may be an instance of a subclass of str; plain text is returned.
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


# Values nested deeper than this are written as their repr, so that no depth exceeds the stack.
_JSON_DEPTH = 100


def to_json(data: object, *, indent: int | None = None) -> str:
    """Return ``data`` as JSON; anything that JSON cannot represent is written as its repr.

    Every table, report and ``--json`` of the package is written here. JSON has no NaN and no infinity, and programs
    that follow its standard refuse a document with these words. NaN becomes null, as pandas and JavaScript write it.
    An infinity becomes the text "inf" or "-inf", as Optuna's dashboard and our own spaces write it; ``float`` reads it
    back.

    >>> to_json({"loss": [0.5, float("nan"), float("-inf")], "act": abs, "size": (1, 2)})
    '{"loss": [0.5, null, "-inf"], "act": "<built-in function abs>", "size": [1, 2]}'
    """
    import json  # not needed to ask and tell; keeps the import of the package fast

    return json.dumps(_plain(data, _JSON_DEPTH), indent=indent, allow_nan=False)


def _plain(value: Any, depth: int) -> Any:
    """Return a value as one that JSON can represent. Subclasses are written as their repr."""
    kind = type(value)
    if kind is float:
        return value if math.isfinite(value) else None if math.isnan(value) else repr(value)
    if value is None or kind in (bool, str) or (kind is int and abs(value) < TOO_LONG):
        return value
    if depth and kind is dict and all(type(key) is str for key in value):
        return {key: _plain(item, depth - 1) for key, item in value.items()}
    return [_plain(item, depth - 1) for item in value] if depth and kind in (list, tuple) else safe_repr(value)
