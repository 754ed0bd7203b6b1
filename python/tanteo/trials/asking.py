"""Handing out trials: queued points, defaults, paused trials and suggestions."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._internal.caller import stacklevel
from ..exceptions import SpaceError
from ..space.candidates import as_candidates
from ..space.infeasible import nothing_feasible, refused_queued_point
from .reporting import Reporting
from .trial import Trial

if TYPE_CHECKING:
    from ..pruners import Pruner
    from ..pruners.external import Promotion
    from ..samplers.external import External
    from ..space.candidates import AnyCandidates, Candidates


class Asking(Reporting):
    """The part of an :class:`Optimizer` that hands out trials."""

    _promotion: Promotion | None
    _external: External | None

    def _candidates(self, among: AnyCandidates) -> Candidates:
        return as_candidates(among, self._space)

    def _ask_one(self, among: Candidates | None) -> Trial:
        try:
            promoted = self._promoted(among) if self._pausing else None
            if promoted is not None:
                return promoted
            if self._external is None and among is None:
                number, row = self._core.ask()
                self._warn_of_dropped()
                return Trial(number, row, self._codec, self)
            return self._next(1, among)[0]
        except SpaceError as error:
            raise nothing_feasible(error, self._space.constraints) from None

    def _ask_many(self, n: int, among: Candidates | None) -> list[Trial]:
        try:
            if self._pausing:
                return self._with_promoted(n, among)
            return self._next(n, among) if n else []
        except SpaceError as error:
            raise nothing_feasible(error, self._space.constraints) from None

    def _with_promoted(self, n: int, among: Candidates | None) -> list[Trial]:
        """Hand out up to ``n`` trials in the order of single asks: queued points and defaults, paused trials, new ones.

        If the sampler or the pruner fails, the trials found so far are returned; the next ask meets the same error.
        """
        trials: list[Trial] = []
        try:
            while among is None and len(trials) < n and self._core.next_is_given():
                trials += self._next(1, among)
            while len(trials) < n and (promoted := self._promoted(among)) is not None:
                trials.append(promoted)
            return [*trials, *(self._next(n - len(trials), among) if len(trials) < n else ())]
        except Exception:  # a sampler or pruner of the user may raise any kind
            if trials:
                return trials
            raise

    def _promoted(self, among: Candidates | None = None) -> Trial | None:
        """Hand out the paused trial that should go on, if there is one and no queued point or default comes first.

        With a table it comes first, because the queued points may wait for an ask without one.
        """
        if not self._pausing or (among is None and self._core.next_is_given()):
            return None
        number = (
            self._core.promote() if self._user_objects.pruner is None else self._promoted_by(self._user_objects.pruner)
        )
        return None if number is None else self._pending(number)

    def _promoted_by(self, pruner: Pruner) -> int | None:
        if self._promotion is None:
            from ..pruners.external import Promotion

            self._promotion = Promotion()
        number = self._promotion.first(pruner, self._core)
        if number is not None:
            self._core.resume(number)
        return number

    def _pending(self, number: int) -> Trial:
        record = self._core.trial(number)
        folds = frozenset(fold for fold, _ in record["folds"])
        last = record["curve"][-1][0] if record["curve"] and not folds else None
        return Trial(number, record["row"], self._codec, self, record["resume_from"], (last, folds))

    def _next(self, n: int, among: Candidates | None) -> list[Trial]:
        """Hand out ``n`` queued points, defaults or suggestions, but no paused trials."""
        if among is not None:
            chosen = self._core.ask_among(n, among._core)
            return [Trial(number, row, self._codec, self, index=among._index[k]) for number, row, k in chosen]
        handed_out = self._core.ask_many(n) if self._external is None else self._external.ask(self._core, n)
        self._warn_of_dropped()
        return [Trial(number, row, self._codec, self) for number, row in handed_out]

    def _warn_of_dropped(self) -> None:
        """Warn of queued points that an ask has dropped."""
        if self._user_objects.allowed is None:
            return
        for row in self._core.dropped():
            message = (
                f"{refused_queued_point(self._codec.params(row))}; it was taken from the queue and will not be tried"
            )
            warnings.warn(message, UserWarning, stacklevel=stacklevel())

    @property
    def pending(self) -> list[Trial]:
        """The trials asked but not yet told, in the order of their ids; after loading, the trials to continue."""
        return [self._pending(number) for number in self._core.pending()]

    def _enqueue(self, params: Mapping[str, Any]) -> None:
        self._core.enqueue(self._check_enqueue(params, 0))

    def _check_enqueue(self, params: Mapping[str, Any], n_before: int) -> Sequence[Any]:
        """Raise the error that :meth:`enqueue` raises once ``n_before`` more points are queued; queue nothing.

        Return the raw values.
        """
        raw = self._space._raw(params, partial=True)
        try:
            is_allowed = self._core.check_enqueue(raw, n_before)
        except SpaceError as error:
            raise self._space._infeasible(error, params) from None
        if not is_allowed:
            raise SpaceError(f"{refused_queued_point(params)}; change the point")
        return raw
