"""A session drives one sampler: every call is guarded and recorded as a step of a program."""

from __future__ import annotations

import copy
import functools
import math
import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, ClassVar, TypeVar

from .._internal.coercion import shown
from .._internal.named_settings import NamedSettings
from ..exceptions import SpaceExhausted
from ..optimizer import Optimizer
from ..space.packing import CLASSES
from ..space.search_space import SearchSpace
from .failure import Exhausted, Failure, Skipped
from .protocol import Capabilities, Factory, create

#: pytest does not show the frames of this module: what a sampler raises arises below them.
__tracebackhide__ = True
T = TypeVar("T")
_TANTEO_NAMES = "|".join(["SearchSpace", *CLASSES, "at_least", "at_most", "between"])
_NAMES = re.compile(rf"(?<![\w.'\"])({_TANTEO_NAMES})(?=\()")
#: The variable ``space`` in a step of a program.
_SPACE = re.compile(r"(?<![\w.'\"])space(?![\w'\"])")
_NUMBERS = re.compile(r"(?<![\w.'\"])(nan|inf)(?![\w'\"])")


def source(value: Any) -> str:
    """Return the repr of a value as Python source that needs ``import math`` and ``import tanteo as tt``."""
    if isinstance(value, type):
        return value.__qualname__
    return _NUMBERS.sub(r"math.\1", _NAMES.sub(r"tt.\1", repr(value)))


def guarded(call: Callable[[], T], description: str) -> T:
    """Call a sampler and convert its errors, including panics of native code, to :class:`Failure`.

    An exhausted space becomes :class:`Exhausted`. Hypothesis shrinks only subclasses of ``Exception``, and a panic is
    not one.
    """
    try:
        return call()
    except (Skipped, Failure, KeyboardInterrupt):
        raise
    except (SpaceExhausted, StopIteration):
        raise Exhausted(description) from None
    except BaseException as error:
        lines = str(error).strip().splitlines() or [""]
        kind = type(error).__name__ if isinstance(error, Exception) else f"{type(error).__name__}, not an Exception"
        raise Failure(f"{description} raised {kind}: {lines[0][:200]}") from error


class Program:
    """The steps of one run, as Python source.

    Attributes
    ----------
    journal
        A file that holds the steps so far, for the case that a call never returns; None without isolation.
    """

    journal: ClassVar[IO[bytes] | None] = None

    def __init__(self) -> None:
        self.steps: list[str] = []
        self._n_samplers = 0
        if self.journal is not None:
            self.journal.seek(0)
            self.journal.truncate()

    def add(self, step: str) -> int:
        """Append a step and return its index."""
        self.steps.append(step)
        if self.journal is not None:
            self.journal.write(f"{step}\n".encode())
        return len(self.steps) - 1

    def remark(self, index: int, text: str) -> None:
        """Append a comment to a step."""
        self.steps[index] += f"  # {text}"

    def name(self) -> str:
        """Return the next name for a sampler."""
        self._n_samplers += 1
        return "opt" if self._n_samplers == 1 else f"opt{self._n_samplers}"


class Suggestion:
    """A trial that a sampler suggested: the return value of ``ask``, and the name of its variable in the program.

    Parameters
    ----------
    token
        The return value of :meth:`AskTell.ask`, which is passed to ``tell``.
    name
        The name of its variable in the program.
    """

    def __init__(self, token: Any, name: str) -> None:
        self.token, self.name = token, name
        self.params: Any = getattr(token, "params", token)

    @property
    def id(self) -> Any:
        """The id of the trial."""
        return self.token.id


class Session:
    """One sampler and the program that records its calls.

    Parameters
    ----------
    factory, capabilities, program
        Factory of the sampler, what it can do, and the program to which steps are appended.
    space, seed, options
        Arguments of the factory.
    """

    def __init__(
        self,
        factory: Factory,
        capabilities: Capabilities,
        program: Program,
        space: SearchSpace,
        seed: int = 0,
        **options: Any,
    ) -> None:
        self.space, self.capabilities, self.program, self.name = space, capabilities, program, program.name()
        self._first_name = self.name
        keywords = "".join(f", {key}={value!r}" for key, value in options.items())
        self._arguments = f"seed={seed}{keywords}"
        self._first_step = self._step(f"{self.name} = factory({source(space)}, {self._arguments})")
        self._create = functools.partial(create, factory, space, seed, **options)
        self.sampler: Any = guarded(self._create, "the factory")
        self._n_asks = 0

    def name_space(self) -> None:
        """Assign the space to the variable ``space`` of the program, for steps that use it."""
        step = f"{self._first_name} = factory(space := {source(self.space)}, {self._arguments})"
        self.program.steps[self._first_step] = step

    def _step(self, text: str) -> int:
        return self.program.add(text)

    def ask(self) -> Suggestion:
        """Ask for a trial.

        Raises
        ------
        Exhausted
            If nothing is left and the space is finite or the sampler is a finite design.
        Failure
            If the sampler raises, or ends in a continuous space.
        """
        name = f"{'t' if self.name == 'opt' else self.name + '_t'}{self._n_asks}"
        position = self._step(f"{name} = {self.name}.ask()")
        try:
            trial = Suggestion(guarded(self.sampler.ask, "ask"), name)
        except Exhausted:
            self.program.remark(position, "reports an exhausted space")
            if self.space.size == math.inf and not self.capabilities.ends:
                raise Failure("ask reports a continuous space as exhausted") from None
            raise
        self._n_asks += 1
        self.program.remark(position, source(trial.params))
        return trial

    def asks(self, n: int) -> Iterator[Suggestion]:
        """Ask up to ``n`` times, fewer if the space is exhausted."""
        for _ in range(n):
            try:
                trial = self.ask()
            except Exhausted:
                return
            yield trial

    def tell(self, trial: Suggestion, value: Any) -> None:
        """Tell a value."""
        self._call(f"tell({trial.name}, {source(value)})", lambda: self.sampler.tell(trial.token, value))

    def _call(self, call: str, work: Callable[[], object]) -> None:
        """Record a call of the sampler, and make it."""
        self._step(f"{self.name}.{call}")
        guarded(work, call.partition("(")[0])

    def prune(self, trial: Suggestion) -> None:
        """Tell that a trial was stopped early."""
        self._call(f'tell({trial.name}, state="pruned")', lambda: self.sampler.tell(trial.token, state="pruned"))

    def observe(self, params: dict[str, Any], value: Any) -> None:
        """Add a result from outside the search."""
        self._call(f"observe({source(params)}, {source(value)})", lambda: self.sampler.observe(params, value))

    def enqueue(self, params: dict[str, Any]) -> None:
        """Queue params for the next ask."""
        self._call(f"enqueue({source(params)})", lambda: self.sampler.enqueue(params))

    def refused(self, trial: Suggestion, value: Any, why: str) -> None:
        """Tell something that the sampler must refuse with an ordinary exception."""
        position = self._step(f"{self.name}.tell({trial.name}, {source(value)})")
        try:
            self.sampler.tell(trial.token, value)
        except Exception as error:
            self.program.remark(position, f"raises {type(error).__name__}")
        except BaseException as error:
            raise Failure(f"tell raised {type(error).__name__}, not an Exception, for {why}") from error
        else:
            raise Failure(f"tell accepts {why} without an error")

    @property
    def best(self) -> Any:
        """The best trial of the sampler, or None.

        Raises
        ------
        Failure
            If it is neither None nor an object with ``params`` and ``value``.
        """
        best = guarded(lambda: self.sampler.best, "best")
        if best is not None and not _is_result(best):
            raise Failure(_wrong_attribute("best", f"best is {shown(best)}; it must be None or an object"))
        return best

    @property
    def trials(self) -> list[Any]:
        """The trials of the sampler.

        Raises
        ------
        Failure
            If they are not objects with ``params`` and ``value``.
        """
        kept = guarded(lambda: self.sampler.trials, "trials")
        trials = list(kept) if isinstance(kept, Iterable) else [kept]
        if not all(_is_result(trial) for trial in trials):
            raise Failure(_wrong_attribute("history", f"trials is {shown(kept)}; it must be a list of objects"))
        return trials

    def run(self, n: int, loss: Callable[[Any], Any], text: str | None = None) -> list[Any]:
        """Ask and tell ``n`` times in one step of the program and return the suggestions.

        Parameters
        ----------
        n
            Number of trials; fewer if the space is exhausted.
        loss
            Returns the value of a configuration.
        text
            The value as source, where the params are ``t.params``, the number of the trial is ``k``, and the space is
            ``space``; the call of the loss if None.
        """
        value, remark = (text, "") if text else _call_source(loss)
        if _SPACE.search(value):
            self.name_space()
        template = f"for k in range({n}): t = {self.name}.ask(); {self.name}.tell(t, {{}}){remark}"
        position = self._step(template.format(value))
        suggested: list[Any] = []
        for _ in range(n):
            try:
                token = guarded(self.sampler.ask, "ask")
            except Exhausted:
                if self.space.size == math.inf and not self.capabilities.ends:
                    raise Failure("ask reports a continuous space as exhausted") from None
                break
            if not suggested and not hasattr(token, "params"):
                self.program.steps[position] = template.format(value.replace("t.params", "t"))
            params = Suggestion(token, "t").params
            suggested.append(copy.deepcopy(params))
            guarded(functools.partial(self.sampler.tell, token, loss(params)), "tell")
        return suggested

    def run_together(self, n: int, loss: Callable[[int, Any], Any], text: str) -> list[Any]:
        """Ask ``n`` times, then tell all trials, in two steps of the program, and return the suggestions.

        Parameters
        ----------
        n
            Number of trials; fewer if the space is exhausted.
        loss
            ``loss(k, params)`` returns the value of trial ``k``.
        text
            The value as source, where the number is ``k`` and the params are ``t.params``.
        """
        self._step(f"trials = [{self.name}.ask() for _ in range({n})]")
        n_steps = len(self.program.steps)
        trials = list(self.asks(n))
        del self.program.steps[n_steps:]
        value = text if not trials or hasattr(trials[0].token, "params") else text.replace("t.params", "t")
        self._step(f"for k, t in enumerate(trials): {self.name}.tell(t, {value})")
        for k, trial in enumerate(trials):
            guarded(functools.partial(self.sampler.tell, trial.token, loss(k, trial.params)), "tell")
        return [trial.params for trial in trials]

    def data(self) -> bytes:
        """Return the pickled sampler."""
        return guarded(lambda: pickle.dumps(self.sampler), "pickle.dumps")

    def restored(self) -> Session:
        """Return an unpickled copy."""
        return self._copy_session("pickle.loads(pickle.dumps({}))", lambda: _unpickle(self.data()))

    def copied(self) -> Session:
        """Return a deep copy."""
        return self._copy_session("copy.deepcopy({})", lambda: copy.deepcopy(self.sampler))

    def loaded(self) -> Session:
        """Return a copy of a search of Tanteo, loaded with the sampler that the factory gives to a new search."""
        fresh = f"sampler=factory({{0}}.space, {self._arguments}).sampler"
        template = f"tt.Optimizer.from_bytes({{0}}.to_bytes(), space={{0}}.space, {fresh})"
        return self._copy_session(template, self._load)

    def _load(self) -> Any:
        new = self._create()
        own = {kind: getattr(new, kind) for kind in ("sampler", "pruner")}
        written = {kind: value for kind, value in own.items() if not isinstance(value, NamedSettings)}
        return Optimizer.from_bytes(self.sampler.to_bytes(), space=self.space, **written)

    def _copy_session(self, template: str, make: Callable[[], Any]) -> Session:
        copied = copy.copy(self)
        copied.name = self.program.name()
        call = template.format(self.name)
        self._step(f"{copied.name} = {call}")
        copied.sampler = guarded(make, call)
        return copied

    def reload(self) -> None:
        """Continue with an unpickled copy."""
        self._step(f"{self.name} = pickle.loads(pickle.dumps({self.name}))")
        self.sampler = guarded(lambda: _unpickle(self.data()), "pickle")


def _call_source(loss: Callable[[Any], Any]) -> tuple[str, str]:
    """Return the call of a loss as source, and a comment if the loss has no name by which a program can call it.

    The losses of the checks are in ``tanteo.testing.checks.common``.
    """
    name = getattr(loss, "__name__", repr(loss))
    return ("loss(t.params)", "  # loss is a function of the check") if "<" in name else (f"{name}(t.params)", "")


def described(best: Any) -> str:
    """Describe the best trial; the repr of an object may be its address only."""
    return "None" if best is None else f"a trial with the value {best.value!r}"


def _is_result(value: Any) -> bool:
    return hasattr(value, "params") and hasattr(value, "value")


def _wrong_attribute(capability: str, fault: str) -> str:
    return (
        f"{fault} with the attributes params and value. If this attribute is for internal use, the factory turns its "
        f'checks off with capabilities = {{"{capability}": False}}'
    )


def _unpickle(data: bytes) -> Any:
    return pickle.loads(data)  # noqa: S301 - bytes pickled from the sampler under test
