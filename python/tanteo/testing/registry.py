"""The registry of checks: their promises, the capabilities they need and their false-alarm rates."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from .._internal.coercion import shown
from ..exceptions import ArgumentError
from .failure import Skipped, is_traceback_hidden
from .protocol import Capabilities, Factory
from .subject import Subject

__tracebackhide__ = is_traceback_hidden

GROUPS = (
    "valid",
    "history",
    "tell",
    "reproducible",
    "metamorphic",
    "state",
    "learns",
    "scale",
    "threads",
    "hygiene",
)
#: All checks by name, in the order of registration.
CHECKS: dict[str, Check] = {}


@dataclasses.dataclass(frozen=True)
class Check:
    """A named check, which is called with a factory.

    Attributes
    ----------
    name
        The name of the function.
    group
        One of the ten groups, or one of your own.
    needs
        Names of the :class:`Capabilities` that the check requires; it is skipped without them.
    false_alarm
        An upper bound of the probability that the check fails for a sampler that keeps the promise.
    function
        The function that is called with a :class:`Subject`.
    """

    name: str
    group: str
    needs: tuple[str, ...]
    false_alarm: float
    function: Callable[[Subject], None]

    def __call__(self, factory: Factory, *, profile: str = "fast", capabilities: Capabilities | None = None) -> None:
        """Check the samplers of a factory.

        Raises
        ------
        Failure
            If the promise is broken, with the smallest failing program.
        Skipped
            If the check does not apply.
        """
        subject = Subject(factory, profile, capabilities)
        lacking = subject.capabilities.lacking(self.needs)
        if lacking:
            raise Skipped(f"needs the capability {', '.join(lacking)}")
        subject.judge(self.function)

    @property
    def promise(self) -> str:
        """The first paragraph of its docstring."""
        return " ".join((self.function.__doc__ or "").split("\n\n")[0].split())

    def __repr__(self) -> str:
        return self.name


def check(group: str, *needs: str, false_alarm: float = 0.0) -> Callable[[Callable[[Subject], None]], Check]:
    """Register a function as a named check that :func:`check_sampler` runs.

    Parameters
    ----------
    group
        The group of the check.
    needs
        Names of the :class:`Capabilities` that the check requires.
    false_alarm
        An upper bound of the probability that the check fails for a sampler that keeps the promise.

    Raises
    ------
    ArgumentError
        If the group is not a name, the function is a check already or has no docstring, another module has a check of
        this name, or a capability does not exist.
    """
    if not isinstance(group, str):
        raise ArgumentError(f'group must be a name, as in @check("mine"), got {shown(group)}')

    def register(function: Callable[[Subject], None]) -> Check:
        if isinstance(function, Check):
            raise ArgumentError(f"{function.name} is a check already, of the group {function.group!r}; pass a function")
        name = function.__name__
        known = {field.name for field in dataclasses.fields(Capabilities)}
        if name in CHECKS and CHECKS[name].function.__module__ != function.__module__:
            raise ArgumentError(f"{CHECKS[name].function.__module__} already has a check {name}")
        if not function.__doc__:
            raise ArgumentError(f"{name} must have a docstring that states its promise")
        if unknown := sorted(set(needs) - known):
            raise ArgumentError(f"{name} needs {unknown[0]!r}, which is not a capability; use some of {sorted(known)}")
        CHECKS[name] = Check(name, group, needs, false_alarm, function)
        return CHECKS[name]

    return register
