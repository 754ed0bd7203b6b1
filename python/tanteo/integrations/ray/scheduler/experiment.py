"""The experiment that a scheduler serves: its controller, its searcher and its limiters of concurrency."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ....exceptions import ArgumentError
from ..base import SearchBase

_ONE_EXPERIMENT = "a TanteoScheduler serves one experiment; make a new one"


class Experiment:
    """What a scheduler knows of its experiment: nothing before the first trial is added."""

    def __init__(self) -> None:
        self._controller: Any = None
        self._search: SearchBase | None = None
        self._limiters: list[Any] = []

    def check_new(self) -> None:
        """Refuse a second experiment, which Tune announces before it adds a trial."""
        if self._controller is not None:
            raise ArgumentError(_ONE_EXPERIMENT)

    def bind(self, tune_controller: Any) -> None:
        """Remember the controller; refuse that of another experiment."""
        # Tune sometimes passes a new wrapper around the controller.
        controller = getattr(tune_controller, "_tune_controller", tune_controller)
        if self._controller is not None and self._controller is not controller:
            raise ArgumentError(_ONE_EXPERIMENT)
        self._controller = controller

    def forget_decision(self, trial_id: str) -> None:
        """Make Tune forget what it was to do with a trial once a checkpoint would be saved.

        A restored experiment has this decision from before the save, and Tune would carry it out at the next
        checkpoint of the trial even if the scheduler decides otherwise.
        """
        getattr(self._controller, "_cached_trial_decisions", {}).pop(trial_id, None)

    def connect(self, tune_controller: Any, read_state: Callable[[], bytes]) -> bytes | None:
        """Find the searcher, which keeps the state of the scheduler, and the limiters of concurrency.

        Parameters
        ----------
        tune_controller
            The controller of the experiment.
        read_state
            Returns the state of the scheduler.

        Returns
        -------
        bytes or None
            The state that the searcher restored, if it restored one.
        """
        self._search, self._limiters = None, []
        stored = None
        for search in _unwrapped(getattr(tune_controller, "search_alg", None)):
            if isinstance(getattr(search, "live_trials", None), set) and hasattr(search, "searcher"):
                self._limiters.append(search)
            if isinstance(search, SearchBase):
                self._search, stored = search, search.keep_for(read_state)
        return stored

    def announce(self, trial_id: str, *, paused: bool) -> None:
        """Tell the searcher and the limiters that a trial is paused, or resumes."""
        if self._search is not None:
            (self._search.on_pause if paused else self._search.on_unpause)(trial_id)
        self.count(trial_id, paused=paused)

    def count(self, trial_id: str, *, paused: bool) -> None:
        """Make the limiters count a trial, or not count it while it is paused."""
        for limiter in self._limiters:
            (limiter.live_trials.discard if paused else limiter.live_trials.add)(trial_id)


def _unwrapped(search: Any) -> Iterator[Any]:
    """Iterate over a searcher and those inside of it."""
    while search is not None:
        yield search
        search = getattr(search, "searcher", None)
