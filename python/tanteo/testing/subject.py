"""The sampler a check looks at, and the drawing of programs for it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, reject, reporting, settings
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from ..space.search_space import SearchSpace
from .failure import Exhausted, Failure, Skipped, Unsupported
from .profiles import Profile, profile_of
from .protocol import Capabilities, Factory
from .session import Program, Session

T = TypeVar("T")


class Subject:
    """What a check is given.

    Parameters
    ----------
    factory
        What makes samplers.
    profile
        Name of a profile.
    capabilities
        What its samplers can do; found out if it is not given.
    """

    def __init__(self, factory: Factory, profile: str = "fast", capabilities: Capabilities | None = None) -> None:
        self.factory, self.profile_name, self.profile = factory, profile, profile_of(profile)
        self.program = Program()
        if capabilities is not None:
            self.capabilities = capabilities

    @cached_property
    def capabilities(self) -> Capabilities:
        """What the samplers can do."""
        return Capabilities.of(self.factory)

    def session(self, space: SearchSpace, seed: int = 0, **options: Any) -> Session:
        """Make a sampler that writes into the program."""
        return Session(self.factory, self.capabilities, self.program, space, seed, **options)

    def restart(self) -> None:
        """Begin a new program."""
        self.program = Program()

    def each(self, body: Callable[[T], None], cases: Iterable[T]) -> None:
        """Run a body with each case and a new program: drawn examples, where they are few, leave some cases out.

        Parameters
        ----------
        body
            Makes sessions and raises :class:`Failure`. Cases that a sampler exhausts or does not support are passed
            over.
        cases
            The simplest first.
        """
        for case in cases:
            self.restart()
            with contextlib.suppress(Exhausted, Unsupported):
                body(case)

    def explore(self, body: Callable[..., None], *, share: float = 1.0, **drawn: SearchStrategy[Any]) -> None:
        """Run a body with drawn arguments, each time with a new program, and shrink the first that fails.

        Parameters
        ----------
        body
            Makes sessions and raises :class:`Failure`.
        share
            A factor of the number of examples.
        drawn
            A strategy for each argument of the body.

        Raises
        ------
        Failure
            With the smallest program found.
        Skipped
            If the factory supports none of the spaces drawn.
        """
        last: list[Failure] = []

        def once(**arguments: Any) -> None:
            self.restart()
            try:
                body(**arguments)
            except Exhausted:
                return
            except Unsupported:
                reject()
            except Failure as failure:
                last.append(Failure(failure.reason, self.program.steps))
                raise

        try:
            with reporting.with_reporter(_discard_output):
                _hypothesis_settings(self.profile, share)(given(**drawn)(once))()
        except Unsatisfiable:
            raise Unsupported("the sampler supports no space that was drawn") from None
        except Flaky:
            smallest = last[-1]
            raise Failure(f"{smallest.reason} (in some runs of the same program only)", smallest.program) from None
        except Failure as failure:
            raise last[-1] from failure.__cause__

    def judge(self, function: Callable[[Subject], None]) -> None:
        """Run a check; a failure outside of :meth:`explore` gets its program here."""
        try:
            function(self)
        except Exhausted:
            if not self.capabilities.ends:
                raise Failure("ask says that the space is exhausted", self.program.steps) from None
            raise Skipped("the design ended before there was something to judge") from None
        except Failure as failure:
            if failure.program:
                raise
            raise Failure(failure.reason, self.program.steps) from failure.__cause__


def _discard_output(_: object) -> None:
    """Keep what Hypothesis would print: the program says it."""


def _hypothesis_settings(profile: Profile, share: float, steps: int = 50) -> settings:
    return settings(
        max_examples=max(3, int(profile.examples * share)),
        derandomize=profile.fixed,
        database=None,
        deadline=None,
        stateful_step_count=steps,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def expect(condition: object, reason: str) -> None:
    """Raise :class:`Failure` unless a condition holds."""
    if not condition:
        raise Failure(reason)
