"""The subject of a check: creates samplers and draws programs for them."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, configuration, given, reject, reporting, settings
from hypothesis.errors import Flaky, Unsatisfiable
from hypothesis.strategies import SearchStrategy

from ..space.search_space import SearchSpace
from .failure import Exhausted, Failure, Skipped, Unsupported, is_traceback_hidden
from .profiles import Profile, profile_of
from .protocol import Capabilities, Factory
from .session import Program, Session

__tracebackhide__ = is_traceback_hidden

T = TypeVar("T")
_NO_SPACE = "the sampler supports none of the drawn spaces"


class Subject:
    """The argument of a check.

    Parameters
    ----------
    factory
        ``factory(space, seed)`` returns a sampler.
    profile
        Name of a profile.
    capabilities
        What the samplers can do; detected if None.
    """

    def __init__(self, factory: Factory, profile: str = "fast", capabilities: Capabilities | None = None) -> None:
        self.factory, self.profile_name, self.profile = factory, profile, profile_of(profile)
        self.program = Program()
        self._counts = Counter[str]()
        if capabilities is not None:
            self.capabilities = capabilities

    @cached_property
    def capabilities(self) -> Capabilities:
        """What the samplers can do."""
        self.program.add("factory(tt.SearchSpace({'x': tt.Float(0.0, 1.0)}), seed=0).ask()  # detects the capabilities")
        detected = Capabilities.of(self.factory)
        self.restart()
        return detected

    def session(self, space: SearchSpace, seed: int = 0, **options: Any) -> Session:
        """Create a sampler whose calls are recorded in the program."""
        return Session(self.factory, self.capabilities, self.program, space, seed, **options)

    def restart(self) -> None:
        """Begin a new program."""
        self.program = Program()

    def each(self, body: Callable[[T], None], cases: Iterable[T]) -> None:
        """Run a body with each case, each time with a new program.

        Unlike :meth:`explore`, which may miss some cases when it draws few examples, this runs all of them.

        Parameters
        ----------
        body
            Creates sessions and raises :class:`Failure`. A case that the sampler exhausts or does not support is
            ignored; a check that runs on no case at all is skipped.
        cases
            The cases, simplest first.
        """
        for case in cases:
            self.restart()
            try:
                body(case)
            except Unsupported:
                self._counts["unsupported"] += 1
                continue
            except Exhausted:
                pass
            self._counts["supported"] += 1

    def explore(self, body: Callable[..., None], *, share: float = 1.0, **drawn: SearchStrategy[Any]) -> None:
        """Run a body with drawn arguments, each time with a new program, and shrink the first failure.

        Parameters
        ----------
        body
            Creates sessions and raises :class:`Failure`.
        share
            Factor on the number of examples.
        drawn
            A strategy for each argument of the body.

        Raises
        ------
        Failure
            If the body fails, with the smallest failing program.
        Skipped
            If the factory supports none of the drawn spaces.
        """
        failures: list[Failure] = []
        n_examples = max(3, int(self.profile.examples * share))

        def once(**arguments: Any) -> None:
            self.restart()
            self._attempt(lambda: body(**arguments), 3 * n_examples, failures)

        try:
            with quiet_hypothesis():
                _hypothesis_settings(self.profile, n_examples)(given(**drawn)(once))()
        except Unsatisfiable:
            raise Unsupported(_NO_SPACE) from None
        except Flaky:
            smallest = failures[-1]
            raise Failure(f"{smallest.reason} (only in some runs of the same program)", smallest.program) from None
        except Failure as failure:
            raise failures[-1] from failure.__cause__

    def _attempt(self, body: Callable[[], None], most_unsupported: int, failures: list[Failure]) -> None:
        """Run a body once, count whether its space is supported, and add a failure with its program."""
        try:
            body()
        except Exhausted:
            pass
        except Unsupported:
            self._counts["unsupported"] += 1
            if not self._counts["supported"] and self._counts["unsupported"] > most_unsupported:
                raise Unsupported(_NO_SPACE) from None  # Hypothesis would try more
            reject()
        except Failure as failure:
            failures.append(Failure(failure.reason, self.program.steps))
            raise
        self._counts["supported"] += 1

    def judge(self, function: Callable[[Subject], None]) -> None:
        """Run a check and add the program to a failure outside of :meth:`explore`."""
        try:
            function(self)
            if self._counts["unsupported"] and not self._counts["supported"]:
                raise Unsupported(_NO_SPACE)
        except Exhausted:
            if not self.capabilities.ends:
                raise Failure("ask reports the space as exhausted", self.program.steps) from None
            raise Skipped("the design ended before there was anything to check") from None
        except Failure as failure:
            if failure.program:
                raise
            raise Failure(failure.reason, self.program.steps) from failure.__cause__
        except KeyboardInterrupt as interrupt:  # perhaps because a call did not return
            interrupt.add_note("\n    ".join(["interrupted in the last step of this program:", *self.program.steps]))
            raise


@contextlib.contextmanager
def quiet_hypothesis() -> Iterator[None]:
    """Suppress the output of Hypothesis, which the program replaces, and its folder in the working directory."""
    previous = vars(configuration).get("__hypothesis_home_directory")  # None is its default
    with tempfile.TemporaryDirectory() as folder, reporting.with_reporter(_discard_output):
        configuration.set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            configuration.set_hypothesis_home_dir(previous)


def _discard_output(_: object) -> None:
    pass


def _hypothesis_settings(profile: Profile, n_examples: int, steps: int = 50) -> settings:
    return settings(
        max_examples=n_examples,
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
