"""The state of a study, and the effects of operations on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from .._core import CoreOptimizer, CoreSpace
from ..trials.outcome import CORE_ARGUMENTS
from .header import core_of, earlier_in, stand_in_core
from .record import Removed, StudyRecord

Body: TypeAlias = Mapping[str, Any]


class StudyState:
    """The optimizer of a study and its record.

    A process that carries out an operation (:meth:`note`) and one that replays it (:meth:`replay`) have bitwise equal
    states afterwards, and get the same suggestions.

    Attributes
    ----------
    core
        The optimizer.
    record
        The data that the optimizer does not have.
    header
        The space and the settings of the study.
    """

    def __init__(self, core: CoreOptimizer, record: StudyRecord, header: Body) -> None:
        self.core, self.record, self.header = core, record, header

    @classmethod
    def at_start(cls, header: Body, space: CoreSpace) -> StudyState:
        """Return the state of a study without trials."""
        return cls(core_of(header, space), StudyRecord(), header)

    def replay(self, kind: str, body: Body) -> None:
        """Replay an operation of another or an earlier process."""
        repeat = _REPEATED.get(kind)
        if repeat is not None:
            repeat(self.core, body)
        self.note(kind, body)

    def note(self, kind: str, body: Body) -> None:
        """Record an operation that the optimizer has carried out."""
        noted = _NOTED.get(kind)
        if noted is not None:
            noted(self, body)
        elif kind not in _REPEATED:
            raise KeyError(kind)

    def _ask(self, body: Body) -> None:
        first, n, time = len(self.record.asked_by), len(body["trials"]), body["time"]
        self.record.ask(body["run"], time, n)
        for trial in range(first, first + n):
            self.core.set_evaluation(trial, time, None, None)

    def _tell(self, body: Body) -> None:
        trial = body["trial"]
        self.record.tell(body["run"], trial)
        self.core.set_evaluation(trial, self.record.started[trial], body["time"], None)

    def _retract(self, body: Body) -> None:
        trial = body["trial"]
        self.record.retract(body["run"], trial)
        self.core.set_evaluation(trial, self.record.started[trial], None, None)

    def _resume(self, body: Body) -> None:
        trial, time = body["trial"], body["time"]
        self.record.resume(body["run"], trial, time)
        self.core.set_evaluation(trial, time, None, None)

    def _change_space(self, body: Body) -> None:
        """Change the space; trials that do not fit are set aside, and those that fit again count again."""
        self.core = self.core.respaced(stand_in_core(body), body["rows"], earlier_in(body))
        self.header = {**self.header, **{name: body[name] for name in ("space", "shown", "earlier")}}
        self.record.aside = dict(body["aside"])
        self.record.removed = {name: Removed.from_data(removed) for name, removed in body["removed"].items()}
        self.record.changes += 1

    def _change_budget(self, body: Body) -> None:
        self.header = {**self.header, "budget": body["budget"]}

    def _offer(self, body: Body) -> None:
        trial, time = body["trial"], body["time"]
        self.record.offer(body["run"], trial, time, retried=body["retried"])
        self.core.set_evaluation(trial, time, None, None)

    def _run(self, body: Body) -> None:
        # Its number is its position in the list.
        self.record.runs.append({name: value for name, value in body.items() if name != "number"})


def outcome_to_data(arguments: tuple[Any, ...]) -> dict[str, Any]:
    """Return the outcome of a trial, given as :data:`CORE_ARGUMENTS`, as JSON values without missing parts."""
    named = dict(zip(CORE_ARGUMENTS, arguments, strict=True))
    if named["state"] == "complete":
        del named["state"]
    return {name: value for name, value in named.items() if value is not None and value != []}


def outcome_from_data(data: Body) -> tuple[Any, ...]:
    """Undo :func:`outcome_to_data`."""
    named = {"state": "complete", **data, "constraints": _named(data.get("constraints", ()))}
    return tuple(named.get(name) for name in CORE_ARGUMENTS)


def _named(pairs: Any) -> list[tuple[str, float]]:
    """Return constraints, which are lists of two in JSON."""
    return [(name, value) for name, value in pairs]


def _as_list(value: Any) -> list[float]:
    """Return the values of a report, which is a number for a single objective."""
    return value if isinstance(value, list) else [value]


def _adopt(core: CoreOptimizer, body: Body) -> None:
    duplicates, fallbacks = body["counts"]
    # Queued points that the rule of the process which asked has refused.
    core.adopt(body["trials"], duplicates, fallbacks, body.get("dropped", 0))


# The effects of operations on the optimizer.
_REPEATED: dict[str, Callable[[CoreOptimizer, Body], object]] = {
    "ask": _adopt,
    "attr": lambda core, body: core.set_attribute(body["trial"], body["name"], body["value"]),
    "budget": lambda core, body: core.change_budget(body["budget"]),
    "constraints": lambda core, body: core.tell_constraints(body["trial"], _named(body["constraints"])),
    "enqueue": lambda core, body: core.enqueue(body["row"]),
    "exclude": lambda core, body: core.exclude(body["trial"]),
    "include": lambda core, body: core.include(body["trial"]),
    "evaluation": lambda core, body: core.set_evaluation(
        body["trial"], body["started"], body["finished"], body["traceback"]
    ),
    "objectives": lambda core, body: core.tell_objectives(body["trial"], list(map(tuple, body["told"]))),
    "observe": lambda core, body: core.observe(body["row"], outcome_from_data(body["told"])),
    "fold": lambda core, body: core.report_fold(body["trial"], body["fold"], body["value"]),
    "report": lambda core, body: core.report(
        body["trial"], body["step"], _as_list(body["value"]), _named(body.get("constraints", ()))
    ),
    "resume": lambda core, body: core.resume(body["trial"]),
    "retract": lambda core, body: core.retract(body["trial"]),
    "tell": lambda core, body: core.tell(body["trial"], outcome_from_data(body["told"])),
}
# The effects of operations on the record. Other kinds have none.
_NOTED: dict[str, Callable[[StudyState, Body], object]] = {
    "annotate": lambda state, body: state.record.notes.update({body["trial"]: body["text"]}),
    "artifact": lambda state, body: state.record.artifacts.setdefault(body["trial"], []).append(body["path"]),
    "ask": StudyState._ask,
    "budget": StudyState._change_budget,
    "observe": lambda state, body: state.record.observe(body["run"]),
    "offer": StudyState._offer,
    "order": lambda state, body: state.record.pruning.note_order(body["n"]),
    "release": lambda state, body: state.record.owners.pop(body["trial"], None),
    "resume": StudyState._resume,
    "retract": StudyState._retract,
    "space": StudyState._change_space,
    "stop": lambda state, body: state.record.pruning.note_decision(body["trial"], body["reason"]),
    "run": StudyState._run,
    "tell": StudyState._tell,
}
#: The kinds of operations.
OPERATIONS = frozenset({"create", *_NOTED, *_REPEATED})
