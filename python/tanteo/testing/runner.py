"""Run the checks in one call, or as parameters of a pytest test."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._internal.coercion import shown
from ..exceptions import ArgumentError
from .isolation import run_check
from .profiles import profile_of
from .protocol import Factory
from .registry import Check
from .report import Outcome, Report
from .selection import all_checks
from .validation import fault_of_samplers, validate_expected, validate_factories, validate_factory, validate_marks


class SamplerFailed(AssertionError):  # noqa: N818 - a finding, as `Failure` is
    """Checks failed unexpectedly; the message contains the report.

    Attributes
    ----------
    report : Report
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        count = len(report.unexpected)
        super().__init__(f"{count} {'check' if count == 1 else 'checks'} failed\n{report}")


def check_sampler(
    factory: Factory,
    *,
    expected_failed: Mapping[str, str] | None = None,
    tags: Iterable[str] | str | None = None,
    profile: str = "fast",
    isolate: bool = False,
    timeout: float | None = None,
    progress: Callable[[Outcome], object] | None = None,
) -> Report:
    """Run the checks on the samplers of a factory.

    Parameters
    ----------
    factory
        ``factory(space, seed)`` returns an object with ``ask`` and ``tell``; see :class:`AskTell`.
    expected_failed
        Maps the name of a check that is expected to fail to the reason.
    tags
        Names of groups or checks to run; None runs all checks.
    profile
        ``"fast"``, ``"default"`` or ``"night"``.
    isolate
        Whether each check runs in its own process group. A crash or a call that never returns is then reported as a
        failure of that check, and the run continues. Needs a system with ``fork``. Without it the checks run in this
        process, which a crash or a call that never returns stops.
    timeout
        Time limit of one isolated check in seconds; None takes the default of the profile. Needs ``isolate=True``: a
        check in this process cannot be stopped.
    progress
        Called with the outcome of each check when it ends; ``progress=print`` prints its line of the report.

    Raises
    ------
    SamplerFailed
        If a check fails unexpectedly; the exception holds the report.
    ArgumentError
        If the factory is not callable with a space and a seed, declares capabilities that do not exist, or creates
        anything other than samplers; if the profile, a tag or an expected failure is unknown, the timeout is not
        positive, or there is a timeout without ``isolate=True``.

    Examples
    --------
    >>> import tanteo as tt
    >>> from tanteo.testing import check_sampler
    >>> report = check_sampler(tt.Optimizer, tags=["check_best_of_nothing_is_none", "check_ids_are_unique"])
    >>> print(report)
    tell
      ok      check_ids_are_unique
      ok      check_best_of_nothing_is_none
    2 passed
    """
    report = examine(
        factory,
        expected_failed=expected_failed,
        tags=tags,
        profile=profile,
        isolate=isolate,
        timeout=timeout,
        progress=progress,
    )
    if report.unexpected:
        raise SamplerFailed(report)
    return report


def examine(
    factory: Factory,
    *,
    expected_failed: Mapping[str, str] | None = None,
    tags: Iterable[str] | str | None = None,
    profile: str = "fast",
    isolate: bool = False,
    timeout: float | None = None,
    progress: Callable[[Outcome], object] | None = None,
) -> Report:
    """Run the checks as :func:`check_sampler` does and return the report, even if checks failed."""
    expected, limit = validate_expected(expected_failed), profile_of(profile).timeout if timeout is None else timeout
    if not limit > 0:
        raise ArgumentError(f"timeout must be a number of seconds above 0, got {shown(timeout)}")
    if timeout is not None and not isolate:
        raise ArgumentError("timeout stops only a check in a process of its own: pass isolate=True")
    checks, outcomes = all_checks(tags), []
    run = _isolated(factory, profile, limit) if isolate else _in_this_process(factory, profile)
    for check in checks:
        outcome = run(check)
        outcomes.append(dataclasses.replace(outcome, expected=expected.get(check.name)))
        if progress is not None:
            progress(outcomes[-1])
    return Report(outcomes)


def _in_this_process(factory: Factory, profile: str) -> Callable[[Check], Outcome]:
    """Return the function that runs a check here, after checking the factory."""
    validate_factory(factory, fault_of_samplers)
    return lambda check: run_check(check, factory, profile)


def _isolated(factory: Factory, profile: str, limit: float) -> Callable[[Check], Outcome]:
    """Return the function that runs a check in a process of its own, after checking the factory in another one."""
    from .isolation import fault_of_isolated_samplers, run_isolated

    validate_factory(factory, lambda valid: fault_of_isolated_samplers(valid, limit))
    return lambda check: run_isolated(check, factory, profile, limit)


def parametrize_with_checks(
    factories: Sequence[Factory],
    *,
    expected_failed: Mapping[str, str] | Callable[[Factory], Mapping[str, str]] | None = None,
    tags: Iterable[str] | str | None = None,
    marks: Mapping[str, Any] | None = None,
) -> Any:
    """Parametrize a pytest test with ``(factory, check)``; the test ids are the names of the checks.

    Parameters
    ----------
    factories
        Factories as for :func:`check_sampler`. With more than one, ids start with the name of the factory.
    expected_failed
        Maps the name of a check that is expected to fail to the reason. Its tests are marked ``xfail``. Give a function
        that returns this mapping for a factory if the factories fail different checks.
    tags
        Names of groups or checks to run; None runs all checks.
    marks
        Maps names of groups or checks to a mark for their tests, such as ``{"learns": pytest.mark.slow}``, or to a list
        of marks.

    Returns
    -------
    pytest.MarkDecorator

    Raises
    ------
    ArgumentError
        If the factories are not a list, one of them cannot be used, or a tag, an expected failure or a key of ``marks``
        is unknown. Each factory is called once, on the unit interval.

    Examples
    --------
    >>> import tanteo as tt
    >>> from tanteo.testing import parametrize_with_checks
    >>> @parametrize_with_checks([tt.Optimizer], tags="tell")
    ... def test_my_sampler(factory, check):
    ...     check(factory)
    """
    import pytest

    valid, marks_of, parameters = validate_factories(factories), validate_marks(marks), []
    for number, factory in enumerate(valid):
        prefix = f"{_name(factory, number)}-" if len(valid) > 1 else ""
        expected = validate_expected(expected_failed(factory) if callable(expected_failed) else expected_failed)
        for check in all_checks(tags):
            xfail = [pytest.mark.xfail(reason=expected[check.name])] if check.name in expected else []
            own_marks = [*marks_of(check.group), *marks_of(check.name), *xfail]
            parameters.append(pytest.param(factory, check, id=prefix + check.name, marks=own_marks))
    return pytest.mark.parametrize(("factory", "check"), parameters)


def _name(factory: Factory, number: int) -> str:
    name = getattr(factory, "__name__", None) or getattr(factory, "name", None) or f"factory{number}"
    return str(name) if name != "<lambda>" else f"factory{number}"
