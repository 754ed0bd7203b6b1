"""An algorithm for ``fmin`` of Hyperopt."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ... import inside
from ...exceptions import TanteoError
from ...space.search_space import SearchSpace
from ...trials.outcome import parse_outcome
from ..imported_trials import ImportedTrial, ImportNotes, result_arguments
from ..replica import UNKNOWN, Entry, Replica
from .graph import ParsedSpace, parse_space
from .importing import drawn_values, imported_trials

if TYPE_CHECKING:
    from ...options import AnySampler

# The key under which a trial keeps the seed of its search and the origin of its configuration.
_KEY = "tanteo"


def suggest(
    new_ids: Sequence[int], domain: Any, trials: Any, seed: int, sampler: AnySampler = "auto"
) -> list[dict[str, Any]]:
    """Suggest trials for ``fmin(objective, space, algo=suggest)`` of Hyperopt.

    All of ``hp`` is supported, and nested choices become conditions. The search learns from all trials in ``trials``,
    also those of another algorithm, points of ``points_to_evaluate``, failures and caught exceptions. Trials that wait
    or run are pending, so a batch (``max_queue_len``) is spread out.

    Parameters
    ----------
    new_ids, domain, trials, seed
        As Hyperopt passes them. The seed of the first call is kept in the trials. So a search whose ``trials`` are
        stored and loaded continues as it would have.
    sampler
        As for :class:`tanteo.Optimizer`; set it by ``functools.partial(suggest, sampler="tpe")``.

    Returns
    -------
    list of dict
        The documents of new trials.

    Raises
    ------
    SpaceError
        If a part of the space has no counterpart in Tanteo; the message names it.
    ImportError
        If Hyperopt is not installed (``pip install 'tanteo[hyperopt]'``).

    Examples
    --------
    >>> from hyperopt import fmin, hp                                                         # doctest: +SKIP
    >>> from tanteo.integrations.hyperopt import suggest
    >>> fmin(train, hp.uniform("x", 0, 1), algo=suggest, max_evals=50)                        # doctest: +SKIP
    """
    with _LOCK:
        search = _SEARCHES.get(domain)
        if search is None:
            search = _SEARCHES[domain] = _Search(domain.expr)
        documents = sorted(trials._dynamic_trials, key=lambda document: int(document["tid"]))
        return list(search.suggested(new_ids, domain, trials, documents, int(seed), sampler))


class _Search:
    """The search in one space; what it keeps between calls saves time only."""

    def __init__(self, expression: Any) -> None:
        self._parsed: ParsedSpace = parse_space(expression)
        self._space: SearchSpace | None = None
        # The replica, and the arguments that it depends on.
        self._replica: tuple[tuple[Any, ...], Replica] | None = None

    def suggested(
        self,
        new_ids: Sequence[int],
        domain: Any,
        trials: Any,
        documents: Sequence[Mapping[str, Any]],
        seed: int,
        sampler: AnySampler,
    ) -> Iterator[dict[str, Any]]:
        """Iterate over the documents of new trials."""
        noted = (document["misc"][_KEY]["seed"] for document in documents if _KEY in document["misc"])
        seed = next(noted, seed)
        space = self._space_of(documents)
        replica = self._replica_of(space, sampler, seed)
        imported = imported_trials(documents, self._parsed)
        pairs = zip(documents, imported, strict=True)
        replica.follow([_entry(document, trial, space) for document, trial in pairs])
        for number in new_ids:
            row, origin = replica.ask()
            params = zip(inside.names(space), row, strict=True)
            values = {name: inside.value(space[name], raw) for name, raw in params if raw is not None}
            misc = {"tid": number, "cmd": domain.cmd, "workdir": domain.workdir, _KEY: {"seed": seed, "origin": origin}}
            drawn = self._parsed.drawn(values)
            misc["idxs"] = {label: [number] if label in drawn else [] for label in domain.params}
            misc["vals"] = {label: [drawn[label]] if label in drawn else [] for label in domain.params}
            yield from trials.new_trial_docs([number], [None], [domain.new_result()], [misc])

    def _space_of(self, documents: Sequence[Mapping[str, Any]]) -> SearchSpace:
        """Return the space, whose ranges contain the values of the trials; the same object while it is the same."""
        space = self._parsed.space(drawn_values(documents))
        if self._space is None or self._space != space:
            self._space = space
        return self._space

    def _replica_of(self, space: SearchSpace, sampler: AnySampler, seed: int) -> Replica:
        key = (space, sampler, seed)
        if self._replica is None or any(ours is not theirs for ours, theirs in zip(self._replica[0], key, strict=True)):
            self._replica = key, Replica.of(space, ["minimize"], sampler, seed)
        return self._replica[1]


_LOCK = threading.RLock()
_SEARCHES: weakref.WeakKeyDictionary[Any, _Search] = weakref.WeakKeyDictionary()


def _entry(document: Mapping[str, Any], trial: ImportedTrial, space: SearchSpace) -> Entry:
    """Return a trial as a row; one that is not in the space is unknown."""
    try:
        row = tuple(inside.row(space, trial.params))
    except TanteoError:
        return UNKNOWN
    origin = document["misc"].get(_KEY, {}).get("origin", "observed")
    if trial.state in ("waiting", "running"):
        return Entry(row, origin)
    arguments = result_arguments(trial, ["minimize"], ImportNotes())
    return Entry(row, origin, (), parse_outcome(["loss"], **arguments).core_arguments())
