"""A search in progress: trial ids, prepared suggestions, and the state that is saved."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from ..metrics import Reported, Values
from ..space import Plan, Point
from ..warm import KnownTrial
from .commands import Adopt, Ask, Command, Finish, Pause, Report, from_data, to_data
from .freeze import Blocks
from .ledger import Ledger
from .worker import Answer, Worker

#: Fast built-in samplers: they need no preparation before all results are in, and a save can wait for them.
_FAST = ("random", "sobol", "grid", "one_at_a_time", "tpe", "nsga2", "nsga3")


class RaySession:
    """One search in progress.

    A suggestion is prepared before it is needed, at the latest when a trial ends. If fitting a model is slow and
    several trials run, it is prepared as soon as the previous suggestion is returned. It then lacks the results that
    arrive in between; in return, the event loop never waits. This depends only on the order of events, so every run
    with the same events has the same suggestions.

    Parameters
    ----------
    plan
        The space.
    ledger
        The records and the optimizer.

    Attributes
    ----------
    n_samples
        The number of trials, if it is known; no further ones are prepared.
    earlier_constraints
        The names of the constraints that observed trials and those of a restored search have told.
    """

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self.plan = plan
        self.n_samples: int | None = None
        self.earlier_constraints: set[str] = set()
        self._is_fast = getattr(ledger.optimizer.sampler, "name", None) in _FAST
        self._worker: Worker = Worker(ledger, is_fast=self._is_fast)
        self._tickets: dict[str, int] = {}
        self._running: set[int] = set()
        # What was suggested to the trials that have not ended, and the tickets whose trials were lost.
        self._suggested: dict[int, tuple[Answer, dict[str, float]]] = {}
        self._lost: set[int] = set()
        self._next_ticket = 0
        self._n_suggested = 0
        # Prepared suggestions: the ticket, the answer, and for one that was lost the numbers that were returned.
        self._prepared: deque[tuple[int, Answer, dict[str, float]]] = deque()
        # The numbers of each queued point, to be returned exactly as the user wrote them.
        self._exact: list[dict[str, float]] = []

    def enqueue(self, point: Point) -> None:
        """Queue a point to be suggested first; call this before the first suggestion."""
        self._worker.idle().optimizer.enqueue(point.params)
        if point.exact:
            self._exact.append(point.exact)

    def expect(self, n_samples: int) -> None:
        """Set the number of further trials of the experiment."""
        self.n_samples = self._n_suggested + n_samples

    def knows(self, trial_id: str) -> bool:
        """Whether a trial with this id was suggested or adopted."""
        return trial_id in self._tickets

    def suggest(self, trial_id: str) -> dict[Any, Any]:
        """Return the configuration of a new trial.

        Raises
        ------
        TanteoError
            As for :meth:`tanteo.Optimizer.ask`, if the space is exhausted or constraints cannot be satisfied.
        """
        if not self._prepared:
            self._prepare_suggestion()
        ticket, answer, exact = self._prepared[0]
        try:
            params = answer.result()
        finally:
            # After an interrupted wait the suggestion remains for the next call.
            if answer.done():
                self._prepared.popleft()
        exact = exact or self._take_exact(params)
        self._tickets[trial_id] = ticket
        self._running.add(ticket)
        if ticket not in self._lost:
            self._suggested[ticket] = answer, exact
        self._n_suggested += 1
        if not self._is_fast and len(self._running) > 1:
            self._prepare_next()
        return self.plan.build(params, exact)

    def _take_exact(self, params: Mapping[str, Any]) -> dict[str, float]:
        """Return the numbers of the point that a suggestion comes from; a rule may have dropped those before it."""
        place = next((i for i, exact in enumerate(self._exact) if self.plan.has_numbers(params, exact)), None)
        return {} if place is None else self._exact.pop(place)

    def report(self, trial_id: str, step: float, values: Reported, constraints: dict[str, float]) -> None:
        """Queue a result."""
        self._worker.put(Report(self._tickets[trial_id], step, values, constraints))

    def pause(self, trial_id: str, *, paused: bool) -> None:
        """Queue that a trial is paused, or resumed. A paused trial does not count as running."""
        ticket = self._tickets[trial_id]
        self._worker.put(Pause(ticket, paused))
        if paused:
            self._not_running(ticket)
        else:
            self._running.add(ticket)

    def finish(
        self,
        trial_id: str,
        *,
        failed: bool,
        step: float | None,
        values: Reported | None,
        constraints: dict[str, float],
        reason: str | None,
    ) -> None:
        """Queue the end of a trial."""
        ticket = self._tickets[trial_id]
        self._worker.put(Finish(ticket, failed, None, step, values, constraints, reason))
        self._suggested.pop(ticket, None)
        self._not_running(ticket)

    def lose(self, trial_id: str) -> None:
        """Take back a trial that the cluster lost; its configuration is suggested next.

        A configuration is taken back once. One that destroys its node would otherwise be suggested for ever.
        """
        ticket = self._tickets[trial_id]
        if ticket in self._suggested:
            self._lost.add(ticket)
            self._prepared.appendleft((ticket, *self._suggested.pop(ticket)))
        self._not_running(ticket)

    def _not_running(self, ticket: int) -> None:
        self._running.discard(ticket)
        if not self._prepare_next():
            self._worker.wake()

    def adopt(self, trial_id: str, params: dict[str, Any]) -> None:
        """Add a running trial that was not suggested here, with ``params`` in the form of a suggestion."""
        self._worker.put(Adopt(params))
        self._tickets[trial_id] = self._next_ticket
        self._next_ticket += 1

    def observe(self, trials: Iterable[KnownTrial]) -> None:
        """Add finished trials."""
        for trial in trials:
            self.earlier_constraints.update(trial.constraints)
            self._worker.put(Adopt(trial.params))
            for step, values in trial.curve[:-1]:
                self._worker.put(Report(self._next_ticket, step, values))
            last: tuple[float | None, Values | None] = trial.curve[-1] if trial.curve else (None, None)
            self._worker.put(Finish(self._next_ticket, trial.failed, trial.stopped, *last, trial.constraints))
            self._next_ticket += 1

    def ledger(self) -> Ledger:
        """Return the ledger after all commands are executed; it is valid until the next command."""
        return self._worker.idle()

    @property
    def prepared(self) -> set[int]:
        """Tickets of suggestions that are not assigned to a trial yet."""
        return {ticket for ticket, _, _ in self._prepared}

    def _prepare_next(self) -> bool:
        """Prepare a suggestion unless one is ready or no more are needed; return whether one was prepared."""
        is_needed = not self._prepared and (self.n_samples is None or self._n_suggested < self.n_samples)
        if is_needed:
            self._prepare_suggestion()
        return is_needed

    def _prepare_suggestion(self) -> None:
        self._prepared.append((self._next_ticket, self._worker.ask(), {}))
        self._next_ticket += 1

    def save(self) -> tuple[Blocks, dict[str, Any]]:
        """Return the blocks of the ledger, and the rest of the state as JSON data."""
        blocks, waiting = self._worker.frozen()
        ids: list[str | None] = [None] * self._next_ticket
        for trial_id, ticket in self._tickets.items():
            ids[ticket] = trial_id
        return blocks, {
            "waiting": [to_data(command) for command in waiting],
            "ids": ids,
            "live": sorted(self._running),
            "given": self._n_suggested,
            "n_samples": self.n_samples,
            "ahead": [[ticket, exact] for ticket, _, exact in self._prepared],
            "suggested": [[ticket, exact] for ticket, (_, exact) in self._suggested.items()],
            "exact": self._exact,
        }

    @classmethod
    def restore(cls, plan: Plan, ledger: Ledger, state: Mapping[str, Any]) -> RaySession:
        """Return the session that :meth:`save` stored; ``ledger`` is the result of :func:`thaw`."""
        session = cls(plan, ledger)
        session.n_samples, session._n_suggested = state["n_samples"], state["given"]
        session._next_ticket, session._running = len(state["ids"]), set(state["live"])
        session._tickets = {trial_id: ticket for ticket, trial_id in enumerate(state["ids"]) if trial_id is not None}
        session._exact = list(state["exact"])
        answers = session._replay([from_data(data) for data in state["waiting"]])
        session._worker.idle()
        session.earlier_constraints.update(*(record.constraints for record in ledger.records))
        trials = ledger.optimizer.trials
        for ticket, exact in state["ahead"]:
            row = ledger.records[ticket].row
            if ticket in answers:
                session._prepared.append((ticket, answers[ticket], exact))
            elif row >= 0:  # otherwise it raised an error that was not reported yet; the next suggestion asks again
                session._prepared.append((ticket, _completed_answer(trials[row].params), exact))
        for ticket, exact in state["suggested"]:
            session._suggested[ticket] = _completed_answer(trials[ledger.records[ticket].row].params), exact
        return session

    def _replay(self, waiting: Sequence[Command]) -> dict[int, Answer]:
        """Queue the commands again that were not executed before the save; return the answers of asks by ticket."""
        ticket = len(self._worker.idle().records)
        answers: dict[int, Answer] = {}
        for command in waiting:
            if isinstance(command, Ask):
                answers[ticket] = self._worker.ask()
            else:
                self._worker.put(command)
            ticket += isinstance(command, Ask | Adopt)
        return answers


def _completed_answer(params: dict[str, Any]) -> Answer:
    answer: Answer = Future()
    answer.set_result(params)
    return answer
