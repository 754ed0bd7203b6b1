"""The state of a searcher, and how it is saved in Tune's files, in pickles and in copies."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..._internal.coercion import named_in_errors
from ..._internal.equality import same
from ..._internal.files import as_path
from ...exceptions import ArgumentError, SnapshotError
from ...optimizer import Optimizer
from ...pruners.user_objects import UserObjects
from ...space.allowed import checked_allowed
from ...space.difference import space_difference
from ...space.parameters import Int
from ...trials.objectives import as_limits
from .limits import Limits
from .metrics import Metrics, Names, named
from .search.freeze import Blocks, thaw
from .search.ledger import Ledger
from .search.session import RaySession
from .space import Plan
from .state import read_state, write_state
from .tune import Searcher, cloudpickle
from .warm import FinishedTrial, matching_trials

if TYPE_CHECKING:
    from ...space.allowed import Allowed

_LOG = logging.getLogger(__name__)

#: Configurations with their results; None if a configuration is to be run.
Points = Sequence[tuple[Mapping[Any, Any], Any]]

_ANY_SPACE = {"x": Int(0, 1)}
_NO_SPACE = "TanteoSearch has no search space: pass it to the Tuner (param_space=) or to TanteoSearch"
_NO_MODE = (
    "TanteoSearch has no mode: pass metric= and mode= ('min' or 'max') to TuneConfig, or to TanteoSearch if the space "
    "is given there (Tune passes them on only together with param_space=)"
)
_NO_OBJECTS = (
    "the space holds objects or tune.sample_from, which can only be restored from the original param_space: "
    "pass param_space= to Tuner.restore"
)


class SearchBase(Searcher):  # type: ignore[misc]  # Ray has no types, and a class of type Any cannot be checked
    """A search that begins when space, metric and mode are known, and that can be saved at any time.

    Parameters
    ----------
    metric, mode, time_attr, constraints, allowed
        As for :class:`TanteoSearch`.
    options
        The options of :class:`tanteo.Optimizer` other than the space and the directions.
    points
        Configurations to try first, or to learn from.
    """

    # Attributes of Tune's base class.
    _metric: Names
    _mode: Names
    # The state of a scheduler: where to get it, and what was restored.
    _scheduler: Callable[[], bytes] | None = None
    _of_scheduler: bytes | None = None

    def __init__(
        self,
        metric: Any,
        mode: Any,
        options: Mapping[str, Any],
        points: Points,
        time_attr: str | None,
        constraints: Any = None,
        allowed: Any = None,
    ) -> None:
        # The space may be set later, and so may the objectives, but invalid options should fail immediately.
        if mode is None:
            Optimizer(_ANY_SPACE, **{**options, "thresholds": None})
        else:
            Optimizer(_ANY_SPACE, directions=Metrics(metric, mode).goals, **options)
        self._limits, self._allowed = Limits(constraints), checked_allowed(allowed)
        super().__init__(metric=metric, mode=mode)
        self._options = options
        self._points = points
        self._time_attr = time_attr
        # Observed trials that were added before the search could begin.
        self._early: list[FinishedTrial] = []
        self._objects: bytes | None = None
        self._unresolved = False
        # The state of a restored search that does not match this one, and the difference.
        self._refused: tuple[bytes, str] | None = None
        self._plan: Plan | None = None
        self._metrics: Metrics | None = None
        self._session: RaySession | None = None

    def keep_for(self, scheduler: Callable[[], bytes]) -> bytes | None:
        """Keep the state of a scheduler in the files of this search, for Tune keeps none of it.

        Parameters
        ----------
        scheduler
            Called for the state whenever the search is saved.

        Returns
        -------
        bytes or None
            The state of the scheduler in the file from which this search was restored, if there is one.
        """
        self._scheduler = scheduler
        return self._of_scheduler

    def save(self, checkpoint_path: str) -> None:
        """Write the complete state to a file.

        Parameters
        ----------
        checkpoint_path
            The path of the file, which is replaced.
        """
        as_path(checkpoint_path).write_bytes(self._state())

    def restore(self, checkpoint_path: str) -> None:
        """Restore the state that :meth:`save` wrote: trials, waiting commands, sampler, seed and ``time_attr``.

        If the space, metric, mode, constraints, thresholds or ``max_violation_probability`` of this searcher are given
        and differ from the stored ones, the next :meth:`suggest` raises the error. An error raised here would make Tune
        start the experiment over without reporting the difference. Until then the stored search is kept unchanged.

        The search goes on by the ``allowed`` of this searcher, since a function is not stored.

        Parameters
        ----------
        checkpoint_path
            The path of the file.

        Raises
        ------
        SnapshotError
            If the file is damaged or of a later version.
        """
        self._take_over(as_path(checkpoint_path).read_bytes())

    def _state(self) -> bytes:
        if self._refused is not None:
            return self._refused[0]
        # The scheduler comes first: it records the latest pauses, in this search too.
        of_scheduler = self._of_scheduler if self._scheduler is None else self._scheduler()
        header: dict[str, Any] = {
            "metric": self._metric,
            "mode": self._mode,
            "time_attr": self._time_attr,
            "constraints": self._limits.stored,
            "session": None,
        }
        blocks: Blocks = {}
        if self._session is not None:
            blocks, header["session"] = self._session.save()
        if self._objects is not None:
            blocks["objects"] = self._objects
        if of_scheduler is not None:
            blocks["scheduler"] = of_scheduler
        return write_state(header, blocks)

    def _take_over(self, data: bytes) -> None:
        """Restore the state from a file, or keep it unchanged if it belongs to another search."""
        header, blocks = read_state(data)
        self._of_scheduler = blocks.get("scheduler")
        plan = self._plan or _load_plan(blocks.get("objects"))
        session = None
        if header["session"] is not None:
            header["metric"] = named(header["metric"], header["mode"])
            ledger = thaw(blocks, self._own_sampler(), None if plan is None else self._rule(plan))
            difference = self._difference(header) or self._other_option(ledger) or _space_difference(plan, ledger)
            if plan is None or difference is not None:
                self._session, self._refused = None, (data, f"the restored search is another one: {difference}")
                return
            session = RaySession.restore(plan, ledger, header["session"])
            self._early.clear()
        if plan is not None and self._plan is None:
            self._set_plan(plan)
            # Tune replaces objects by tuples, which only Tune can resolve, and only in a run that was given the
            # objects.
            self._unresolved = bool(plan.placeholders)
        self._metric = header["metric"] if self._metric is None else self._metric
        self._mode = header["mode"] if self._mode is None else self._mode
        self._metrics = None if self._mode is None else Metrics(self._metric, self._mode)
        self._time_attr, self._session, self._refused = header["time_attr"], session, None
        self._limits = self._limits if self._limits.limits else Limits.restored(header["constraints"])

    def _difference(self, header: Mapping[str, Any]) -> str | None:
        """Return how given metric, mode or constraints differ from the stored ones; None if they do not."""
        for name, expected in (("metric", self._metric), ("mode", self._mode)):
            stored = header[name]
            if expected is not None and (expected if isinstance(expected, str) else list(expected)) != stored:
                return f"{name} {expected!r} was given, and {stored!r} is stored"
        limits, stored = self._limits.limits, Limits.restored(header["constraints"]).limits
        if limits and not same(limits, stored):
            return f"constraints {limits!r} were given, and {stored!r} are stored"
        return None

    def _other_option(self, ledger: Ledger) -> str | None:
        """Return how given thresholds or ``max_violation_probability`` differ from those of the stored search."""
        stored, given = ledger.optimizer, dict(self._options)
        try:
            given["thresholds"] = as_limits(given["thresholds"], len(stored.directions), stored.objective_names)
        except ArgumentError as error:  # which is raised by the next `suggest`, too
            return str(error)
        for name in ("thresholds", "max_violation_probability"):
            if given[name] not in (None, getattr(stored, name)):
                was, is_ = ("were", "are") if name == "thresholds" else ("was", "is")
                return f"{name} {given[name]!r} {was} given, and {getattr(stored, name)!r} {is_} stored"
        return None

    def __getstate__(self) -> dict[str, Any]:
        """Return the state of a copy, without threads and the native core."""
        state = dict(self.__dict__)
        for name in ("_session", "_plan", "_metrics", "_refused"):
            state.pop(name)
        state.pop("_scheduler", None)
        return {**state, "_bytes": self._state() if self._plan is not None else None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Restore the state that :meth:`__getstate__` returned."""
        data = state.pop("_bytes")
        self.__dict__.update(state, _session=None, _plan=None, _metrics=None, _refused=None)
        self._plan = _load_plan(self._objects)
        if data is not None:
            self._take_over(data)

    def _set_plan(self, plan: Plan) -> None:
        self._plan = plan
        self._unresolved = False
        self._objects = _pickle_config(plan)

    def _arrange(self, plan: Plan, metric: Names, mode: Names) -> None:
        """Set space, metric and mode, or raise and change nothing; begin the search if they are complete."""
        if self._session is not None:
            self._metrics = Metrics(metric, mode)
            self._session.plan = plan
        elif mode is not None and self._refused is None:
            self._begin(plan, metric, mode)
        self._metric, self._mode = metric, mode
        if plan is not self._plan:
            self._set_plan(plan)
        if self._refused is not None:
            # The stored search may match now that the space is known.
            self._take_over(self._refused[0])

    def _begin(self, plan: Plan, metric: Names, mode: Names) -> None:
        """Begin the search, or raise and change nothing."""
        metrics = Metrics(metric, mode)
        points = []
        for k, (config, _) in enumerate(self._points):
            with named_in_errors(f"points_to_evaluate[{k}]", config):
                points.append(plan.read(config, strict=True))
        trials = [
            FinishedTrial(config, [(1, reward)], strict=True) for config, reward in self._points if reward is not None
        ]
        matching = matching_trials([*trials, *self._early], plan, metrics)
        optimizer = Optimizer(plan.space, directions=metrics.goals, allowed=self._rule(plan), **self._options)
        session = RaySession(plan, Ledger(optimizer))
        for k, (point, (config, reward)) in enumerate(zip(points, self._points, strict=True)):
            with named_in_errors(f"points_to_evaluate[{k}]", config):
                if reward is None:
                    session.enqueue(point)
        session.observe(matching)
        self._metrics, self._session, self._early = metrics, session, []

    def _learn(self, trials: Sequence[FinishedTrial]) -> None:
        """Add finished trials: all of them or, after an error, none."""
        if self._session is None or self._metrics is None:
            self._early += trials
        else:
            self._session.observe(matching_trials(trials, self._session.plan, self._metrics))

    def _rule(self, plan: Plan) -> Allowed | None:
        """Return the rule on configurations for the parameters that are searched."""
        allowed = self._allowed
        return None if allowed is None else lambda batch: allowed(plan.translation.columns(batch))

    def _own_sampler(self) -> Any:
        """Return the sampler if it is written in Python, since a snapshot cannot hold it."""
        return UserObjects.among(self._options["sampler"], None).sampler

    def _ready(self) -> RaySession:
        if self._refused is not None:
            raise SnapshotError(self._refused[1])
        if self._session is None and self._plan is not None and self._mode is not None:
            self._metric = named(self._metric, self._mode)
            self._begin(self._plan, self._metric, self._mode)
        if self._session is None:
            raise ArgumentError(_NO_SPACE if self._plan is None else _NO_MODE)
        if self._unresolved:
            raise ArgumentError(_NO_OBJECTS)
        return self._session


def _pickle_config(plan: Plan) -> bytes | None:
    """Pickle the space with its objects; return None if that fails, so that a restored search needs the space again."""
    try:
        return bytes(cloudpickle.dumps({"config": plan.config}))
    except Exception:
        # A space can hold any object, and pickling one can raise anything.
        _LOG.warning("the space cannot be pickled: pass param_space= to Tuner.restore", exc_info=True)
        return None


def _load_plan(objects: bytes | None) -> Plan | None:
    """Return the space that :func:`_pickle_config` stored; None if there is none, or it cannot be read here."""
    if objects is None:
        return None
    try:
        return Plan(cloudpickle.loads(objects)["config"])
    except Exception:  # as above
        _LOG.warning("the stored space cannot be read: pass param_space= to Tuner.restore", exc_info=True)
        return None


def _space_difference(plan: Plan | None, ledger: Ledger) -> str | None:
    """Return how the space of a restored search differs from the given one; None if it does not."""
    if plan is None:
        return "its space could not be stored; pass param_space= to Tuner.restore"
    return space_difference(plan.space, ledger.optimizer.space, ("in the given space", "in the stored one"))
