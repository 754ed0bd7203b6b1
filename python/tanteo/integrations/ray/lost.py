"""Separates trials that the cluster lost from trials that failed, and says why these failed.

A lost node, a preemption or an actor that cannot be scheduled says nothing about the configuration of a trial.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import FrameType
from typing import Any

from ...run.evaluation import describe_error
from .tune import exceptions, train_exceptions

#: Errors of the cluster. Ray reports a node that has just vanished as an actor that is unavailable.
_OF_THE_CLUSTER = (
    exceptions.ActorPlacementGroupRemoved,
    exceptions.ActorUnavailableError,
    exceptions.ActorUnschedulableError,
    exceptions.LocalRayletDiedError,
    exceptions.NodeDiedError,
    exceptions.ObjectLostError,
    exceptions.RuntimeEnvSetupError,
    exceptions.TaskPlacementGroupRemoved,
    exceptions.TaskUnschedulableError,
    train_exceptions.PreemptionError,
)
#: Part of the message of an ``ActorDiedError``, which has no other sign of a lost node.
_NODE_DIED = "because its node has died"
#: The method of Tune's controller that ends a failed trial, with the arguments ``trial`` and ``exception``.
_ENDS_TRIAL = "_process_trial_failure"


def is_lost(error: Any) -> bool:
    """Whether an error is that of the cluster, so that the trial is lost and has not failed.

    A process that dies alone is a failure, because the usual causes, too little memory or an invalid memory access, lie
    in the configuration. So is a process that Ray's memory monitor kills (``OutOfMemoryError``).
    """
    if isinstance(error, exceptions.RayTaskError):
        error = error.cause
    if isinstance(error, exceptions.RayActorError) and error.preempted:
        return True
    if isinstance(error, exceptions.ActorDiedError):
        return not error.actor_init_failed and _NODE_DIED in str(error)
    return isinstance(error, _OF_THE_CLUSTER) or any(map(is_lost, _inner(error)))


def _inner(error: Any) -> Iterable[Any]:
    """Return the errors inside an error of Ray Train. If a node is lost, workers on other nodes fail too."""
    if isinstance(error, train_exceptions.WorkerGroupError):
        return tuple(error.worker_failures.values())
    return (error.controller_failure,) if isinstance(error, train_exceptions.ControllerError) else ()


def reason_of(error: Any) -> str:
    """Return why a trial failed, from the error for which Tune ends it; None is an error that is unknown."""
    if isinstance(error, exceptions.RayTaskError):
        error = error.cause
    return describe_error(error) if isinstance(error, BaseException) else "Tune has ended it for an error"


def error_of(trial_id: str) -> Any:
    """Return the error for which Tune ends a trial at this moment; None if it cannot be found.

    Tune tells a searcher that a trial failed, but not why. Only the calling method of its controller has the error, so
    it is read from the call stack.
    """
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code.co_name != _ENDS_TRIAL:
        frame = frame.f_back
    arguments = {} if frame is None else frame.f_locals
    is_same = getattr(arguments.get("trial"), "trial_id", None) == trial_id
    return arguments.get("exception") if is_same else None
