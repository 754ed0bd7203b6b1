"""What a searcher is made of, and how it is kept: in Tune's files, in pickles, in copies."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...exceptions import ParameterError
from ...optimizer import Optimizer
from ...samplers.settings import Settings
from .metrics import Metrics
from .search.freeze import Blocks
from .search.ledger import Ledger
from .search.session import Session
from .space import Plan, Point
from .state import read_state, write_state
from .tune import Searcher, cloudpickle
from .warm import FinishedTrial

_LOG = logging.getLogger(__name__)

#: Configurations with their results, None where they are to be run.
Points = Sequence[tuple[Mapping[Any, Any], Any]]


class SearchBase(Searcher):  # type: ignore[misc]  # Ray has no types, and a class of type Any cannot be checked
    """A search that begins when space, metric and mode are known, and can be saved at any time.

    Parameters
    ----------
    metric, mode, time_attr
        As for :class:`TanteoSearch`.
    options
        What :class:`tanteo.Optimizer` takes besides the space and the directions.
    points
        To be tried, or learned from, first.
    """

    # Of Tune's base class.
    _metric: str | Sequence[str] | None
    _mode: str | Sequence[str] | None

    def __init__(
        self, metric: Any, mode: Any, options: Mapping[str, Any], points: Points, time_attr: str | None
    ) -> None:
        if mode is not None:
            Metrics(metric, mode)
        super().__init__(metric=metric, mode=mode)
        self._options = options
        self._points = points
        self._time_attr = time_attr
        # Results from elsewhere that came before the search could begin.
        self._early: list[FinishedTrial] = []
        self._objects: bytes | None = None
        self._unresolved = False
        self._plan: Plan | None = None
        self._metrics: Metrics | None = None
        self._session: Session | None = None

    def save(self, checkpoint_path: str) -> None:
        """Write everything to a file."""
        Path(checkpoint_path).write_bytes(self._state())

    def restore(self, checkpoint_path: str) -> None:
        """Take over what :meth:`save` wrote, whatever this searcher knew before.

        Raises
        ------
        SnapshotError
            If the file is damaged or of a later version.
        """
        self._take_over(Path(checkpoint_path).read_bytes())

    def _state(self) -> bytes:
        header: dict[str, Any] = {
            "metric": self._metric,
            "mode": self._mode,
            "time_attr": self._time_attr,
            "session": None,
        }
        blocks: Blocks = {}
        if self._session is not None:
            blocks, header["session"] = self._session.save()
        if self._objects is not None:
            blocks["objects"] = self._objects
        return write_state(header, blocks)

    def _take_over(self, data: bytes) -> None:
        header, blocks = read_state(data)
        self._metric, self._mode, self._time_attr = header["metric"], header["mode"], header["time_attr"]
        stored = cloudpickle.loads(blocks["objects"]) if "objects" in blocks else {}
        if "config" in stored and (self._plan is None or not self._plan.has(stored["config"])):
            self._set_plan(Plan(stored["config"]))
            # Tune's tuples in the place of objects: only Tune can resolve them, and only in a run that was given them.
            self._unresolved = bool(self._plan and self._plan.placeholders)
        self._session = None
        if header["session"] is None:
            self._try_to_begin()
            return
        self._metrics = Metrics(self._metric, self._mode)
        self._session = Session.restore(self._known_plan(), blocks, header["session"], self._own_sampler())
        self._early.clear()

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy needs; threads and the native core stay behind."""
        state = dict(self.__dict__)
        for name in ("_session", "_plan", "_metrics"):
            state.pop(name)
        return {**state, "_bytes": self._state() if self._plan is not None else None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Become what :meth:`__getstate__` described."""
        data = state.pop("_bytes")
        unresolved = state["_unresolved"]
        self.__dict__.update(state, _session=None, _plan=None, _metrics=None)
        if data is not None:
            self._take_over(data)
        self._unresolved = unresolved

    def _set_plan(self, plan: Plan) -> None:
        self._plan = plan
        self._unresolved = False
        self._objects = self._pickled()

    def _exchange_plan(self, plan: Plan) -> None:
        self._set_plan(plan)
        if self._session is not None:
            self._session.plan = plan

    def _pickled(self) -> bytes | None:
        """Return what only a pickle can hold; None if it cannot, and a restored search needs the space again."""
        try:
            return bytes(cloudpickle.dumps({"config": self._known_plan().config}))
        except Exception:
            # Any object may stand in a space, and objects fail in any way.
            _LOG.warning("the space cannot be pickled: pass param_space= to Tuner.restore", exc_info=True)
            return None

    def _try_to_begin(self) -> None:
        """Begin the search if everything it needs is known."""
        if self._session is not None or self._plan is None or self._mode is None:
            return
        self._metrics = Metrics(self._metric, self._mode)
        optimizer = Optimizer(self._plan.space, directions=self._metrics.directions, **self._options)
        self._session = Session(self._plan, Ledger(optimizer))
        self._use_points(self._session)
        early, self._early = self._early, []
        self._take_in(early)

    def _take_in(self, trials: Sequence[FinishedTrial]) -> None:
        if self._session is None:
            self._early += trials
            return
        session, metrics, plan = self._session, self._known_metrics(), self._known_plan()
        unfit = 0
        for trial in trials:
            try:
                point = Point(dict(trial.config)) if trial.native else plan.read(trial.config, strict=False)
                plan.space.validate(point.params)
            except ParameterError:
                if trial.strict:
                    raise
                unfit += 1
                continue
            curve = [(step, metrics.values(value)) for step, value in trial.curve]
            session.observe(point, curve, failed=trial.failed, stopped=trial.stopped)
        if unfit:
            _LOG.warning("%d of %d earlier trials are outside the space and were left out", unfit, len(trials))

    def _use_points(self, session: Session) -> None:
        plan, metrics = self._known_plan(), self._known_metrics()
        points = [(plan.read(config, strict=True), reward) for config, reward in self._points]
        session.enqueue([point for point, reward in points if reward is None])
        for point, reward in points:
            if reward is not None:
                plan.space.validate(point.params)
                session.observe(point, [(1, metrics.values(reward))], failed=False, stopped=False)

    def _own_sampler(self) -> Any:
        """Return the sampler if it is one written in Python, which no snapshot can hold."""
        sampler = self._options["sampler"]
        return None if isinstance(sampler, str | Settings) else sampler

    def _ready(self) -> Session:
        self._try_to_begin()
        if self._session is None:
            missing = "a search space (param_space=)" if self._plan is None else "metric and mode"
            raise RuntimeError(f"TanteoSearch was never given {missing}: pass it to the Tuner or to TanteoSearch")
        if self._unresolved:
            raise RuntimeError(
                "the space holds objects or tune.sample_from, which only the original param_space can bring back: "
                "pass param_space= to Tuner.restore"
            )
        return self._session

    def _known_plan(self) -> Plan:
        if self._plan is None:
            raise RuntimeError("TanteoSearch was never given a search space")
        return self._plan

    def _known_metrics(self) -> Metrics:
        if self._metrics is None:
            raise RuntimeError("TanteoSearch was never given metric and mode")
        return self._metrics
