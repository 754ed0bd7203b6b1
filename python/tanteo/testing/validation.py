"""Validation of the arguments that a user passes to a run of checks."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._internal.coercion import shown
from ..exceptions import ArgumentError
from ..space.parameters import Float
from ..space.search_space import SearchSpace
from .protocol import Capabilities, Factory, arguments, create
from .selection import all_checks

_WANTED = "factory must be callable with a space and a seed"


def validate_factory(factory: Factory, find_fault: Callable[[Factory], str | None]) -> None:
    """Refuse a factory that no check can use.

    Parameters
    ----------
    factory
        The factory.
    find_fault
        Calls the factory: :func:`fault_of_samplers`, here or in another process.

    Raises
    ------
    ArgumentError
        If it is not callable with a space and a seed, declares capabilities that do not exist, or creates objects that
        are not samplers.
    """
    if not callable(factory):
        raise ArgumentError(f"{_WANTED}, got {shown(factory)}")
    _validate_signature(factory)
    Capabilities.validate(getattr(factory, "capabilities", None))
    problem = find_fault(factory)
    if problem is not None:
        raise ArgumentError(problem)


def _validate_signature(factory: Factory) -> None:
    try:
        signature = inspect.signature(factory)
    except (TypeError, ValueError):  # some callables of native code have no signature
        return
    try:
        positional, keywords = arguments(factory, None, 0)
        signature.bind(*positional, **keywords)
    except TypeError as error:
        raise ArgumentError(f"{_WANTED}, got {shown(factory)} with the signature {signature}: {error}") from None


def fault_of_samplers(factory: Factory) -> str | None:
    """Return what is wrong with a sampler of a factory on the unit interval, or with its first suggestion.

    Returns None if nothing is wrong, and if the factory or the sampler raises, which the checks report.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of the checks tests for warnings
        try:
            sampler = create(factory, SearchSpace({"x": Float(0.0, 1.0)}), 0)
            problem = _fault_of_sampler(sampler)
            return _fault_of_suggestion(sampler.ask()) if problem is None else problem
        except KeyboardInterrupt:
            raise
        except BaseException:  # a panic of native code is not an Exception
            return None


def _fault_of_sampler(sampler: Any) -> str | None:
    missing = [name for name in ("ask", "tell") if not callable(getattr(sampler, name, None))]
    if not missing and not isinstance(sampler, type):
        return None
    fault = f"which has no {missing[0]}" if missing else "which is a class"
    return f"factory must return a sampler, an object with the methods ask and tell, got {shown(sampler)}, {fault}"


def _fault_of_suggestion(suggestion: Any) -> str | None:
    if isinstance(getattr(suggestion, "params", suggestion), Mapping):
        return None
    return f"ask must return the params, a mapping, or an object with an attribute params, got {shown(suggestion)}"


def validate_expected(expected_failed: Mapping[str, str] | None) -> Mapping[str, str]:
    """Return the expected failures.

    Raises
    ------
    ArgumentError
        If they are not a mapping of names of checks to reasons.
    """
    expected = {} if expected_failed is None else expected_failed
    if not isinstance(expected, Mapping):
        raise ArgumentError(
            f'expected_failed must map names of checks to reasons, as in {{"check_x": "why it fails"}}, '
            f"got {shown(expected)}"
        )
    known = {check.name for check in all_checks()}
    for name, reason in expected.items():
        if name not in known:
            raise ArgumentError(f"expected_failed names {name!r}, which is not a check{_hint(name, known)}")
        if not isinstance(reason, str):
            raise ArgumentError(f"expected_failed: the reason of {name} must be a text, got {shown(reason)}")
    return expected


def validate_marks(marks: Mapping[str, Any] | None) -> Callable[[str], Sequence[Any]]:
    """Return a function that returns the marks of a group or a check.

    Raises
    ------
    ArgumentError
        If the marks are not a mapping, or one is for something that is neither a group nor a check.
    """
    if marks is not None and not isinstance(marks, Mapping):
        raise ArgumentError(
            f'marks must map groups or checks to marks, as in {{"learns": pytest.mark.slow}}, got {shown(marks)}'
        )
    valid = marks or {}
    all_checks(list(valid))  # raises for unknown names
    listed = {name: mark if isinstance(mark, list | tuple) else [mark] for name, mark in valid.items()}
    return lambda name: listed.get(name, ())


def _hint(name: object, known: Iterable[str]) -> str:
    import difflib  # needed for an error only

    matches = difflib.get_close_matches(str(name), sorted(known), n=3)
    question = f"; did you mean {' or '.join(matches)}?" if matches else "."
    return f"{question} `python -m tanteo.testing --list` lists all checks"


def validate_factories(factories: Any) -> list[Factory]:
    """Return the factories of a parametrized test as a list.

    Raises
    ------
    ArgumentError
        If they are not a list, or one of them cannot be used.
    """
    if callable(factories):
        name = getattr(factories, "__name__", "factory")
        raise ArgumentError(f"factories must be a list, got {shown(factories)}; write [{name}] for a single factory")
    if isinstance(factories, str) or not isinstance(factories, Iterable):
        raise ArgumentError(f"factories must be a list, got {shown(factories)}")
    valid = list(factories)
    for factory in valid:
        validate_factory(factory, fault_of_samplers)
    return valid
