"""Named checks: what each promises, what it needs, how often it is wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ..exceptions import ArgumentError
from .failure import Skipped
from .protocol import Capabilities, Factory
from .subject import Subject

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
#: Every check by its name, as it was registered.
CHECKS: dict[str, Check] = {}


@dataclasses.dataclass(frozen=True)
class Check:
    """A named check: call it with a factory.

    Attributes
    ----------
    name
        The name of its function.
    group
        One of the ten groups, or one of your own.
    needs
        Names of :class:`Capabilities` without which it is skipped.
    false_alarm
        An upper bound of the probability that it fails a sampler that keeps the promise.
    function
        What is run with a :class:`Subject`.
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
            If the promise is not kept, with the smallest program found that shows it.
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
    """Make a named check of a function and put it among those that :func:`check_sampler` runs.

    Parameters
    ----------
    group
        Its group.
    needs
        Names of :class:`Capabilities`.
    false_alarm
        An upper bound of the probability that it fails a sampler that keeps the promise.

    Raises
    ------
    ArgumentError
        If a check of this name exists, the function has no docstring, or a capability does not exist.
    """

    def register(function: Callable[[Subject], None]) -> Check:
        name = function.__name__
        known = {field.name for field in dataclasses.fields(Capabilities)}
        if name in CHECKS and CHECKS[name].function.__module__ != function.__module__:
            raise ArgumentError(f"there is a check {name} already, in {CHECKS[name].function.__module__}")
        if not function.__doc__:
            raise ArgumentError(f"{name} must have a docstring that says what it promises")
        if unknown := sorted(set(needs) - known):
            raise ArgumentError(f"{name} needs {unknown[0]!r}, which is no capability; there are {sorted(known)}")
        CHECKS[name] = Check(name, group, needs, false_alarm, function)
        return CHECKS[name]

    return register
