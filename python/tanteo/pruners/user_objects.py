"""What users write in Python for a search: samplers, pruners and rules. It is not stored with the search.

Users must pass it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from .._internal.coercion import shown
from .._internal.immutable import Immutable
from .._internal.named_settings import CoreSettings, NamedSettings
from ..exceptions import ArgumentError, SnapshotError
from ..space.allowed import checked_allowed
from ..space.labels import identity

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from ..samplers import Sampler
    from .protocol import Pruner

#: What the core has in place of a sampler or a pruner written in Python.
EXTERNAL: CoreSettings = ("external", {})


class Absent:
    """A placeholder for a sampler or a pruner in a search that is opened for reading without its program.

    Parameters
    ----------
    noun, name
        ``"sampler"`` or ``"pruner"``, and the text that identifies it.
    """

    def __init__(self, noun: str, name: str) -> None:
        self._noun, self.name = noun, name

    def __repr__(self) -> str:
        return self.name

    def suggest(self, *_: Any) -> NoReturn:
        """Raise an error."""
        self._refuse()

    def decide(self, *_: Any) -> NoReturn:
        """Raise an error."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ArgumentError(
            f"the {self._noun} {self.name} is defined in the program of the search and not available here"
        )


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class UserObjects(Immutable):
    """The sampler, the pruner and the rule on configurations that are written in Python and that a search uses.

    Parameters
    ----------
    sampler, pruner
        None for a built-in one.
    allowed
        None if every configuration is allowed. A stored search does not say whether it had a rule.
    """

    sampler: Sampler | Any = None
    pruner: Pruner | Any = None
    allowed: Any = None

    @classmethod
    def among(cls, sampler: Any, pruner: Any, allowed: Any = None) -> UserObjects:
        """Return those of a sampler and a pruner that are not settings of built-in ones, and the rule."""
        own = [None if isinstance(each, NamedSettings | str | None) else each for each in (sampler, pruner)]
        return cls(sampler=own[0], pruner=own[1], allowed=checked_allowed(allowed))

    @property
    def _stored(self) -> dict[str, Any]:
        """Those that a stored search names."""
        return {"sampler": self.sampler, "pruner": self.pruner}

    def identities(self) -> dict[str, Any]:
        """Return texts that identify the sampler and the pruner, or None, as JSON values."""
        return {name: None if used is None else _identity(used) for name, used in self._stored.items()}

    def with_placeholders(self, core: CoreOptimizer, stored: Mapping[str, Any]) -> UserObjects:
        """Return these objects with placeholders for missing ones that a stored search needs; see :meth:`checked`."""
        settings = core.settings()
        missing = [name for name, used in self._stored.items() if used is None and settings[name][0] == "external"]
        return replace(self, **{name: Absent(name, str(stored.get(name))) for name in missing})

    def checked(self, core: CoreOptimizer, stored: Mapping[str, Any]) -> UserObjects:
        """Return ``self`` after checking that a stored search needs these objects.

        Parameters
        ----------
        core
            The search.
        stored
            The result of :meth:`identities` when the search was stored.

        Raises
        ------
        SnapshotError
            If an object is missing, differs, or is not needed.
        """
        settings = core.settings()
        for name, used in self._stored.items():
            _check(name, settings[name][0], stored.get(name), used)
        return self


def _check(noun: str, name: str, stored: Any, passed: Any) -> None:
    if name != "external":
        if passed is not None:
            raise SnapshotError(f"this search uses the built-in {noun} {name!r}; leave out {noun}={shown(passed)}")
    elif passed is None:
        raise SnapshotError(f"this search uses a {noun} of your own, {stored}; give it again ({noun}=...)")
    elif _identity(passed) != stored:
        raise SnapshotError(f"the {noun} given is {_identity(passed)}, and the search was saved with {stored}")


def _identity(used: Any) -> Any:
    return used.name if isinstance(used, Absent) else identity(used)
