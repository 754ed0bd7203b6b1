"""Converts ``hyperopt.Trials`` to a search."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Unpack

from ..._internal.coercion import shown
from ..._internal.equality import builtin
from ...exceptions import ArgumentError
from ...optimizer import Optimizer
from ...options import takes_import_options
from ...space.search_space import SearchSpace
from ..imported_trials import ImportedTrial, ImportNotes, fill, new_search
from .graph import ParsedSpace, parse_space

if TYPE_CHECKING:
    from ...options import ImportOptions

# The states of Hyperopt for waiting, running and finished jobs; errors have another number.
_WAITS, _RUNS, _DONE = 0, 1, 2
# Entries of a result that are not attributes.
_KNOWN = ("loss", "status", "loss_variance", "attachments")


@takes_import_options
def from_hyperopt(
    trials: Any,
    space: Any,
    *,
    path: str | os.PathLike[str] | None = None,
    **options: Unpack[ImportOptions],
) -> Optimizer:
    """Return a search with all trials of Hyperopt, ready to be continued.

    Other entries of a result than status and loss become attributes; a ``loss_variance`` becomes the standard error. An
    exception that Hyperopt caught becomes a failure with its message. Running jobs become pending trials, and waiting
    jobs are queued.

    Parameters
    ----------
    trials
        The ``hyperopt.Trials``.
    space
        The space that was passed to ``fmin``, or a :class:`tanteo.SearchSpace` whose flat names are Hyperopt's labels.
        A choice among plain options becomes a categorical of these options. A choice whose options contain parameters
        becomes a categorical of their positions, on which the parameters are conditional. Normal distributions are
        truncated at four standard deviations, or at the outermost trial. A logarithmic number that is rounded to
        multiples of ``q`` keeps either its scale or its rounding, unless it is an integer that keeps both. A parameter
        in several branches, which no condition describes, depends on an added choice ``"<label> used"``.
    path
        A new file in which the search is kept as a :class:`tanteo.Study`. By default it is kept in memory.
    sampler, seed, deduplicate, pruner, pausing, budget, earlier, max_violation_probability, thresholds, allowed
        As for :class:`tanteo.Optimizer`.

    Warns
    -----
    UserWarning
        Once, if something could not be imported unchanged.

    Raises
    ------
    SpaceError
        If a part of the space has no counterpart in Tanteo; the message names it.
    StudyError
        If ``path`` exists.
    ImportError
        If Hyperopt is not installed (``pip install 'tanteo[hyperopt]'``).

    Examples
    --------
    >>> from hyperopt import Trials, fmin, hp, tpe                                            # doctest: +SKIP
    >>> from tanteo.integrations.hyperopt import from_hyperopt
    >>> trials = Trials()                                                                     # doctest: +SKIP
    >>> fmin(objective, space, algo=tpe.suggest, max_evals=50, trials=trials)                 # doctest: +SKIP
    >>> search = from_hyperopt(trials, space)                                                 # doctest: +SKIP
    """
    # `trials.trials` leaves out the errors.
    documents = getattr(trials, "_dynamic_trials", None)
    if documents is None:
        raise ArgumentError(f"expected Trials of Hyperopt, got {shown(trials)}")
    notes = ImportNotes()
    if isinstance(space, SearchSpace):
        parsed, search_space = ParsedSpace({}), space
    else:
        parsed = parse_space(space)
        search_space = parsed.space(drawn_values(documents))
    search = new_search(search_space, ["minimize"], path=path, options=options)
    fill(search, imported_trials(documents, parsed), notes)
    notes.warn("Hyperopt trials")
    return search


def drawn_values(documents: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    """Return the values of each parameter over all trials."""
    values: dict[str, list[float]] = {}
    for document in documents:
        for label, drawn in document["misc"]["vals"].items():
            values.setdefault(label, []).extend(map(float, drawn))
    return values


def imported_trials(documents: Sequence[Mapping[str, Any]], parsed: ParsedSpace) -> Iterator[ImportedTrial]:
    """Iterate over the trials of the documents."""
    for document in documents:
        result, number = document["result"], document["tid"]
        state, reason = _state(document)
        loss, variance = result.get("loss"), result.get("loss_variance")
        yield ImportedTrial(
            name=f"trial {number}",
            params=parsed.params(document["misc"]["vals"]),
            state=state,
            values=None if loss is None or state != "complete" else [float(loss)],
            sems=None if not variance or state != "complete" else [math.sqrt(variance)],
            reason=reason,
            attrs={name: builtin(value) for name, value in result.items() if name not in _KNOWN},
            started=_seconds(document.get("book_time")),
            finished=_seconds(document.get("refresh_time")) if state in ("complete", "failed") else None,
        )


def _state(document: Mapping[str, Any]) -> tuple[Any, str | None]:
    """Return the state, and the reason of a failure if it is known."""
    if document["state"] == _WAITS:
        return "waiting", None
    if document["state"] == _RUNS:
        return "running", None
    if document["state"] != _DONE:
        return "failed", ": ".join(map(_named, document["misc"].get("error", ()))) or None
    return ("complete", None) if document["result"].get("status") == "ok" else ("failed", None)


def _named(part: Any) -> str:
    """Return a part of an error: the message, or the name of the class, which Hyperopt stores as its repr."""
    return str(part).removeprefix("<class '").removesuffix("'>")


def _seconds(moment: Any) -> float | None:
    """Return seconds since 1970; Hyperopt stores UTC without a time zone."""
    return None if moment is None else float(moment.replace(tzinfo=datetime.UTC).timestamp())
