"""What the pruning callbacks of all training libraries do: report a metric, and stop the trial.

Each library has a module of its own beside this one. None is imported before a callback is created.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self, TypeVar

from .._internal.coercion import as_float, shown
from ..exceptions import ArgumentError
from ..pruners.decision import Decision
from ..run.signals import Paused, Pruned
from .optuna.reporting import OptunaTrial, is_of_optuna

_T = TypeVar("_T")


class ReportingTrial(Protocol):
    """A trial that reports: the second argument of an objective, what ``ask`` returns, or a ``SharedTrial``.

    A trial of Optuna is taken as well, although its ``report`` has the arguments in the other order.
    """

    def report(self, step: int, value: float) -> None:
        """Record an intermediate value."""

    def should_prune(self) -> Decision:
        """Return whether to stop, and why."""


class Metric:
    """A metric that a trial reports.

    Parameters
    ----------
    trial
        The trial.
    name
        The name of the metric.
    """

    def __init__(self, trial: ReportingTrial, name: str) -> None:
        if not isinstance(name, str):
            raise ArgumentError(f"metric must be the name of a metric, got {shown(name)}")
        if not callable(getattr(trial, "report", None)):
            raise ArgumentError(f"trial must be the trial of an objective or of ask(), got {shown(trial)}")
        self.trial: ReportingTrial = OptunaTrial(trial) if is_of_optuna(trial) else trial
        self.name = name
        self.decision = Decision(stop=False)
        self._is_checked = False

    def of(self, metrics: Mapping[str, _T]) -> _T:
        """Return the metric among all metrics.

        Raises
        ------
        ArgumentError
            If there is none with the name.
        """
        if self.name not in metrics:
            raise ArgumentError(f"there is no metric {self.name!r}; the training has {_listed(metrics)}")
        return metrics[self.name]

    def of_dataset(self, datasets: Mapping[str, Mapping[str, _T]], given: str | None, training: Sequence[str]) -> _T:
        """Return the metric on a data set, by default on the only one that is not the training data.

        Raises
        ------
        ArgumentError
            If no data set has the metric, or several do.
        """
        if given is None:
            having = [name for name, metrics in datasets.items() if self.name in metrics and name not in training]
            if len(having) > 1:
                raise ArgumentError(f"several data sets have the metric {self.name!r}; name one, dataset={having[0]!r}")
            given = next(iter(having), None)
        if given is None or given not in datasets:
            missing = f"data set {given!r}" if given is not None else f"validation data set with {self.name!r}"
            known = ", ".join(f"{name!r} with {_listed(metrics)}" for name, metrics in datasets.items()) or "none"
            raise ArgumentError(f"there is no {missing}; the training has {known}")
        return self.of(datasets[given])

    def report(self, step: int, value: Any) -> Decision:
        """Report a value, and return whether to stop."""
        self.trial.report(step, as_float(value, self.name))
        self.decision = self.trial.should_prune()
        return self.decision

    def check_direction(self, *, is_higher_better: bool) -> None:
        """Refuse a metric that the library maximizes in a search that minimizes, and the reverse; look only once."""
        directions = None if self._is_checked else getattr(self.trial, "directions", None)
        self._is_checked = True
        better = "maximize" if is_higher_better else "minimize"
        if directions is not None and tuple(directions) != (better,):
            raise ArgumentError(
                f"the library would {better} the metric {self.name!r}, and the search has the directions "
                f"{list(directions)}; use tt.{better}, or direction={better!r}"
            )

    def raise_if_stopped(self) -> None:
        """End the trial if the pruner has stopped it."""
        if self.decision:
            raise self.stop()

    def stop(self) -> Exception:
        """Return the exception that ends the trial, with the reason of the pruner."""
        if isinstance(self.trial, OptunaTrial):
            return self.trial.pruned()
        return (Paused if self.decision.pause else Pruned)(self.decision.reason)


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(map(repr, names)) or "none"


class LibraryCallback:
    """A callback whose base class is one of a library, which is imported when the first callback is created."""

    _made: ClassVar[dict[type, type]] = {}

    @classmethod
    def _bases(cls) -> tuple[type, ...]:
        """Import the library and return the base classes."""
        raise NotImplementedError  # each library has its own

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        """Create an object that is also one of the library's classes."""
        if cls not in cls._made:
            body = {"__module__": cls.__module__, "__doc__": cls.__doc__}
            cls._made[cls] = type(cls.__name__, (cls, *cls._bases()), body)
        created: Self = object.__new__(cls._made[cls])
        return created

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Return the callback itself: a copy of the trial would report to a copy of the search."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by the public class, because the one that was made here cannot be imported by name."""
        return _empty, (type(self).__bases__[0],), self.__dict__


def _empty(kind: type[LibraryCallback]) -> LibraryCallback:
    """Return a callback whose attributes are about to be restored."""
    return kind.__new__(kind)
