"""Running checks: all of them in one call, or as parameters of a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._internal.coercion import shown
from ..exceptions import ArgumentError
from .judging import run_check
from .profiles import profile_of
from .protocol import Factory
from .report import Outcome, Report
from .selection import all_checks


class SamplerFailed(AssertionError):  # noqa: N818 - a finding, as `Failure` is
    """Checks failed that were not expected to; the message is the report.

    Attributes
    ----------
    report : Report
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(f"{len(report.unexpected)} checks failed\n{report}")


def check_sampler(
    factory: Factory,
    *,
    expected_failed: Mapping[str, str] | None = None,
    tags: Iterable[str] | str | None = None,
    profile: str = "fast",
    isolate: bool = False,
    timeout: float | None = None,
) -> Report:
    """Run the checks on the samplers of a factory.

    Parameters
    ----------
    factory
        ``factory(space, seed)`` returns an object with ``ask`` and ``tell``; see :class:`AskTell`.
    expected_failed
        Name of a check to the reason why it is expected to fail.
    tags
        Names of groups or of checks to run; all of them without.
    profile
        ``"fast"``, ``"default"`` or ``"night"``.
    isolate
        Whether each check runs in a process group of its own, so that a crash or a call that does not return is a
        finding and not the end. Needs a system with ``fork``.
    timeout
        Seconds for one isolated check; the profile has a default.

    Raises
    ------
    SamplerFailed
        If a check failed that was not expected to; the report is part of it.
    ArgumentError
        For a factory that cannot be called, an unknown profile, tag or expected failure, a timeout that is not
        positive.

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
        factory, expected_failed=expected_failed, tags=tags, profile=profile, isolate=isolate, timeout=timeout
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
) -> Report:
    """Run the checks as :func:`check_sampler` does and return the report, whatever is in it."""
    if not callable(factory):
        raise ArgumentError(f"the factory of samplers is called with a space and a seed, got {shown(factory)}")
    expected, limit = _validate_expected(expected_failed), profile_of(profile).timeout if timeout is None else timeout
    if not limit > 0:
        raise ArgumentError(f"timeout must be a number of seconds above 0, got {shown(timeout)}")
    outcomes = []
    for check in all_checks(tags):
        if isolate:
            from .isolation import run_isolated

            outcome = run_isolated(check, factory, profile, limit)
        else:
            outcome = run_check(check, factory, profile)
        outcomes.append(_with_expectation(outcome, expected.get(check.name)))
    return Report(outcomes)


def _validate_expected(expected_failed: Mapping[str, str] | None) -> Mapping[str, str]:
    expected = expected_failed or {}
    known = {check.name for check in all_checks()}
    unknown = sorted(set(expected) - known)
    if unknown:
        raise ArgumentError(f"expected_failed names {unknown[0]!r}, which is no check")
    return expected


def _with_expectation(outcome: Outcome, reason: str | None) -> Outcome:
    return Outcome(outcome.name, outcome.group, outcome.status, outcome.reason, outcome.program, reason)


def parametrize_with_checks(
    factories: Sequence[Factory],
    *,
    expected_failed: Mapping[str, str] | None = None,
    tags: Iterable[str] | str | None = None,
) -> Any:
    """Parametrize a test of pytest with ``(factory, check)``; the ids are the names of the checks.

    Parameters
    ----------
    factories
        As for :func:`check_sampler`. With more than one, ids start with the name of the factory.
    expected_failed
        Name of a check to the reason why it is expected to fail: such tests are marked ``xfail``.
    tags
        Names of groups or of checks to run; all of them without.

    Returns
    -------
    pytest.MarkDecorator

    Examples
    --------
    >>> import tanteo as tt
    >>> from tanteo.testing import parametrize_with_checks
    >>> @parametrize_with_checks([tt.Optimizer], tags="tell")
    ... def test_my_sampler(factory, check):
    ...     check(factory)
    """
    import pytest

    expected, parameters = _validate_expected(expected_failed), []
    for number, factory in enumerate(factories):
        prefix = f"{_name(factory, number)}-" if len(factories) > 1 else ""
        for check in all_checks(tags):
            marks = [pytest.mark.xfail(reason=expected[check.name])] if check.name in expected else []
            parameters.append(pytest.param(factory, check, id=prefix + check.name, marks=marks))
    return pytest.mark.parametrize(("factory", "check"), parameters)


def _name(factory: Factory, number: int) -> str:
    name = getattr(factory, "__name__", None) or getattr(factory, "name", None) or f"factory{number}"
    return str(name) if name != "<lambda>" else f"factory{number}"
