"""Tokens that identify the search to which a trial belongs.

A token has two parts:

* The *mark*: a checksum of the seed, the names of the parameters and the configuration. It ensures that a result is
  recorded for the configuration that was run, and for no other. It can be computed from the search, so it survives
  saving and loading.
* The *nonce*: a number drawn when a search is created. It distinguishes searches with equal marks, such as two searches
  with the same seed and default values. Copies, pickles and forked processes keep it. Files and
  :meth:`Optimizer.to_bytes` omit it, so that equal searches have equal bytes; a search read from these has no nonce and
  compares marks only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ..exceptions import UnknownTrialError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..space.codec import Row

    # Mark and nonce.
    Token: TypeAlias = tuple[int, int | None]


class SearchToken:
    """The common part of the tokens of a search; immutable."""

    __slots__ = ("_common", "nonce")

    def __init__(self, seed: int, names: Sequence[str], nonce: int | None) -> None:
        self._common = ascii((seed, names))
        self.nonce = nonce

    def of(self, row: Row) -> Token:
        """Return the token of the trial with this configuration."""
        import zlib  # needed for copied trials only; keeps the import of the package fast

        return zlib.crc32(f"{self._common}{tuple(row)!a}".encode()), self.nonce


class Belonging:
    """Base class of trials, with the information to which search they belong.

    ``_search`` is the token of the search. A copy has its own ``_token`` instead, and ``_search`` is None.
    """

    __slots__ = ("_row", "_search", "_token")
    id: int
    _row: Row
    _search: SearchToken | None
    _token: Token | None

    def _membership(self) -> Token | None:
        """Return the token of the trial, or None if it has none."""
        return self._token if self._search is None else self._search.of(self._row)


def check_belongs(number: int, token: Token | None, search: SearchToken, row: Any) -> None:
    """Refuse a trial of another search.

    Parameters
    ----------
    number
        The id of the trial.
    token
        The token of the trial.
    search, row
        The search, and the configuration of its own trial with this id.

    Raises
    ------
    UnknownTrialError
    """
    if token is None:
        return
    (mark, nonce), (expected, own_nonce) = token, search.of(row)
    if mark != expected or (nonce != own_nonce and None not in (nonce, own_nonce)):
        raise UnknownTrialError(
            f"trial {number} belongs to another search, and this one has another trial {number}; "
            "pass a trial to the optimizer that handed it out"
        )
