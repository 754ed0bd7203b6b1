"""Code that the adapters share."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pickle
from collections.abc import Callable
from typing import Any

from ..._internal.equality import same
from ...space.parameters import Parameter
from ...space.search_space import SearchSpace
from ..domain import nested
from ..failure import Unsupported
from ..protocol import Capabilities, takes


@dataclasses.dataclass(eq=False)
class Trial:
    """A trial of an adapter.

    Attributes
    ----------
    id
        The number by which the library knows it.
    params
        The configuration, nested like its space.
    value
        None if it has no value.
    """

    id: Any
    params: dict[str, Any]
    value: float | None = None


class Adapted:
    """A factory that can be pickled and has a name for reports.

    Parameters
    ----------
    kind
        The class of the adapter; called with ``maker``, the space, the seed and options.
    maker
        The argument of the user: a class, or a callable that takes a seed and returns an object.
    capabilities
        What the samplers can do.
    """

    def __init__(self, kind: Callable[..., Any], maker: Any, capabilities: Capabilities) -> None:
        self.kind, self.maker, self.capabilities = kind, maker, capabilities
        self.name = str(getattr(maker, "__name__", type(maker).__name__))

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "maker": ByValue(self.maker)}

    def __call__(self, space: SearchSpace, seed: int, **options: Any) -> Any:
        """Create a sampler. The libraries refuse seeds of more than 32 bits."""
        return self.kind(self.maker, space, seed % 2**32, **options)

    def __repr__(self) -> str:
        return f"<factory of {self.name}>"


class ByValue:
    """Pickle an object by value with ``cloudpickle`` if it is installed, so that lambdas and local functions work.

    Unpickling returns the object itself.
    """

    def __init__(self, value: Any) -> None:
        self._value = value

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            from cloudpickle import dumps
        except ImportError:
            from pickle import dumps
        return pickle.loads, (dumps(self._value),)


def imported(module: str, needed_by: str) -> Any:
    """Import a module of another library.

    Raises
    ------
    ImportError
        If it is not installed; the message names the package to install.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(f"{needed_by} needs {package}, which is not installed: pip install {package}") from error


def create(maker: Any, seed: int, *names: str, **options: Any) -> Any:
    """Call a class with the seed as the keyword of ``names`` that it accepts; call anything else with the seed."""
    if not inspect.isclass(maker):
        return maker(seed)
    for name in names:
        if takes(maker, name):
            return maker(**{name: seed}, **options)
    return maker(**options)


def plain_choices(parameter: Parameter, name: str, kinds: tuple[type, ...]) -> list[Any]:
    """Return the choices of a parameter.

    Raises
    ------
    Unsupported
        If a choice is neither None nor of one of ``kinds``, or two choices are equal.
    """
    choices = list(parameter._labels() or ())
    if not all(choice is None or isinstance(choice, kinds) for choice in choices):
        raise Unsupported(f"{name}: choices of other types than {[kind.__name__ for kind in kinds]}")
    if any(choice == other for k, choice in enumerate(choices) for other in choices[:k]):
        raise Unsupported(f"{name}: equal choices that differ in type only")
    if any(not same(choice, choice) or choice != choice for choice in choices):
        raise Unsupported(f"{name}: a choice that is not equal to itself")
    return choices


def unsupported_condition(space: SearchSpace) -> None:
    """Reject a space with conditions or known constraints.

    Raises
    ------
    Unsupported
        If the space has either.
    """
    if any(parameter.when for parameter in space.parameters.values()):
        raise Unsupported("conditions")
    if space.constraints:
        raise Unsupported("known constraints")


__all__ = [
    "Adapted",
    "Trial",
    "create",
    "imported",
    "nested",
    "plain_choices",
    "unsupported_condition",
]
