"""One trial for all processes of a distributed training with PyTorch: rank 0 asks and tells, the others receive.

>>> from tanteo.integrations.torch import SharedTrial, on_rank_zero                           # doctest: +SKIP
>>> trial = SharedTrial(lambda: optimizer.ask())       # the optimizer exists on rank 0 only  # doctest: +SKIP
>>> loss = train(trial.params, trial)                                                         # doctest: +SKIP
>>> on_rank_zero(lambda: optimizer.tell(trial.id, loss))                                      # doctest: +SKIP

A training in one process needs none of this: its loop calls ``trial.report`` and ``trial.should_prune``.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, TypeVar, cast

from .._internal.coercion import shown
from .._internal.optional import require
from ..exceptions import ArgumentError
from ..pruners.decision import Decision
from ..run.payload import carried, dumps_for_same_script, loads, rebuilt
from .optuna.reporting import OptunaTrial, is_of_optuna

_T = TypeVar("_T")

_ONE_PROCESS = (
    "a trial of Optuna trains in one process; train with one, or give every process a trial of Tanteo: "
    "SharedTrial(lambda: search.ask())"
)


def on_rank_zero(function: Callable[[], _T]) -> _T:
    """Call a function on rank 0 only; return its result, or raise its exception, on every rank.

    All ranks must call this, in the same order. Processes that ``torchrun`` has started are connected if they are not
    yet. In a single process this is a plain call.

    Parameters
    ----------
    function
        A function without arguments, whose result can be pickled.

    Raises
    ------
    Exception
        What the function raised on rank 0, on every rank alike: no rank waits for another one.
    ArgumentError
        On every rank, if the result cannot be pickled. The function was called.
    ImportError
        If PyTorch is not installed (``pip install 'tanteo[torch]'``).
    """
    distributed = require("torch.distributed", extra="torch", needed_by="on_rank_zero")
    if not _is_connected(distributed):
        return function()
    sent: list[Any] = [None, None]
    original: Exception | None = None
    if distributed.get_rank() == 0:
        try:
            result = function()
            sent[0] = _pickled(result)
        except Exception as raised:  # raised again below, on every rank
            original, sent[1] = raised, carried(raised)
    distributed.broadcast_object_list(sent, src=0, group=_group(distributed))
    if sent[1] is not None:
        raise original or rebuilt(sent[1], "the process of rank 0")
    return result if distributed.get_rank() == 0 else cast(_T, loads(sent[0]))


def _pickled(result: object) -> bytes:
    """Return the result of rank 0 as bytes, pickled before the broadcast, in which a failure would hang others."""
    try:
        return dumps_for_same_script(result)
    except Exception as error:
        raise ArgumentError(
            f"the result of the function on rank 0 cannot be sent to the other ranks, got {shown(result)}: {error}; "
            "return only what they need, such as numbers and text"
        ) from error


class SharedTrial:
    """A trial that all ranks of a distributed training share.

    All ranks must call its methods, in the same order. The calls reach the trial of rank 0, and every rank gets the
    same answer. The values that rank 0 reports count.

    Parameters
    ----------
    ask
        Returns the trial; it is called on rank 0 only. ``lambda: optimizer.ask()``, or ``lambda: trial`` in an
        objective that runs on every rank.

    Attributes
    ----------
    id, params, resume_from
        As for the trial.
    n_ranks
        The number of processes.

    Raises
    ------
    Exception
        What ``ask`` raised on rank 0, on every rank.
    ArgumentError
        On every rank, if it returned a trial of Optuna.
    """

    def __init__(self, ask: Callable[[], Any]) -> None:
        self._trial: Any = None
        self.id, self.params, self.resume_from = on_rank_zero(partial(self._ask, ask))
        self.n_ranks = _n_ranks()

    def _ask(self, ask: Callable[[], Any]) -> tuple[int, dict[str, Any], int | None]:
        self._trial = ask()
        if is_of_optuna(self._trial):
            raise ArgumentError(_ONE_PROCESS)
        return self._trial.id, self._trial.params, self._trial.resume_from

    def report(self, step: int, value: Any, **options: Any) -> None:
        """Report an intermediate value of rank 0."""
        on_rank_zero(lambda: self._trial.report(step, value, **options))

    def should_prune(self) -> Decision:
        """Return whether to stop, the same on every rank."""
        stop, pause, reason = on_rank_zero(self._decision)
        return Decision(stop=stop, pause=pause, reason=reason)

    def _decision(self) -> tuple[bool, bool, str]:
        decision = self._trial.should_prune()
        return decision.stop, decision.pause, decision.reason

    def tell_objectives(self, values: Mapping[Any, Any], **options: Any) -> None:
        """Tell some objectives of rank 0 before the others."""
        on_rank_zero(lambda: self._trial.tell_objectives(values, **options))

    def tell_constraints(self, constraints: Mapping[str, Any]) -> None:
        """Tell constraints of rank 0 before the expensive part."""
        on_rank_zero(lambda: self._trial.tell_constraints(constraints))

    @property
    def infeasible(self) -> bool:
        """Whether a constraint that was told is violated, the same on every rank."""
        return bool(on_rank_zero(lambda: self._trial.infeasible))

    def set_attr(self, name: str, value: Any) -> None:
        """Attach a value of rank 0 to the trial."""
        on_rank_zero(lambda: self._trial.set_attr(name, value))


def check_shared(trial: Any, n_ranks: int) -> None:
    """Refuse a training of several processes that do not share the trial.

    Raises
    ------
    ArgumentError
        Saying how to share it, or that a trial of Optuna cannot be shared.
    """
    if n_ranks > 1 and isinstance(trial, OptunaTrial):
        raise ArgumentError(f"{n_ranks} processes train, and {_ONE_PROCESS}")
    if n_ranks > 1 and getattr(trial, "n_ranks", 1) != n_ranks:
        raise ArgumentError(
            f"{n_ranks} processes train, and each would ask for itself; start the script with torchrun, and give every "
            "process tanteo.integrations.torch.SharedTrial(lambda: trial)"
        )


def _is_connected(distributed: Any) -> bool:
    """Return whether there are several processes, after connecting those of ``torchrun``."""
    if not distributed.is_available():
        return False
    if not distributed.is_initialized() and "TORCHELASTIC_RUN_ID" in os.environ:
        distributed.init_process_group()
        atexit.register(_disconnect, distributed)
    return bool(distributed.is_initialized() and distributed.get_world_size() > 1)


def _disconnect(distributed: Any) -> None:
    """Disconnect before Python ends: the threads of a group that still exists then can abort the process."""
    if distributed.is_initialized():
        distributed.destroy_process_group()


def _n_ranks() -> int:
    distributed = require("torch.distributed", extra="torch", needed_by="SharedTrial")
    return int(distributed.get_world_size()) if _is_connected(distributed) else 1


@cache
def _group(distributed: Any) -> Any:
    """Return the group for objects: that of all ranks, or one over gloo if that has NCCL only."""
    return distributed.new_group(backend="gloo") if distributed.get_backend() == "nccl" else None


__all__ = ["SharedTrial", "on_rank_zero"]
