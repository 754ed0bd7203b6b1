"""Which search a trial belongs to.

Two things tell the trials of one search from those of another.

* The *mark*: a checksum of the seed, the names of the parameters and the configuration. With it a result is recorded
  beside the configuration that was run, and beside no other. It follows from the search, so it holds after saving and
  loading.
* The *nonce*: a number drawn when a search is created. It tells apart searches that are alike in all of this, such as
  two searches with one seed and default values. Copies, pickles and forked processes keep it. Files and
  :meth:`Optimizer.to_bytes` leave it out, so that equal searches have equal bytes; a search read from these has none,
  and goes by marks alone.
"""

from __future__ import annotations

from .._internal.typing import TYPE_CHECKING
from ..exceptions import UnknownTrialError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, TypeAlias

    from ..space.codec import Row

    # Mark and nonce.
    Token: TypeAlias = tuple[int, int | None]


class SearchToken:
    """What the trials of one search have in common; immutable."""

    __slots__ = ("_common", "nonce")

    def __init__(self, seed: int, names: Sequence[str], nonce: int | None) -> None:
        self._common = ascii((seed, names))
        self.nonce = nonce

    def of(self, row: Row) -> Token:
        """Return the token of the trial with this configuration."""
        import zlib  # needed for trials that travelled only: keeps the import of the package light

        return zlib.crc32(f"{self._common}{tuple(row)!a}".encode()), self.nonce


class Belonging:
    """The base of what is handed out for a trial: it shows to which search it belongs.

    ``_search`` is the token of that search. It is None for a copy, which carries its own ``_token`` instead.
    """

    __slots__ = ("_row", "_search", "_token")
    id: int
    _row: Row
    _search: SearchToken | None
    _token: Token | None

    def _membership(self) -> Token | None:
        """Return the token of the trial; None if nothing is known of it."""
        return self._token if self._search is None else self._search.of(self._row)


def check_belongs(number: int, token: Token | None, search: SearchToken, row: Any) -> None:
    """Refuse a trial of another search.

    Parameters
    ----------
    number
        The id of the trial.
    token
        What the trial shows.
    search, row
        The search, and the configuration that its own trial with this id has.

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
