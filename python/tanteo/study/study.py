"""The study: ask and tell, recorded."""

from __future__ import annotations

import math
import operator
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast, overload

from .._core import CoreOptimizer
from .._internal.caller import stacklevel
from .._internal.coercion import as_bool, as_float, as_int, shown
from .._internal.files import as_path
from ..exceptions import ArgumentError, SpaceExhausted, StudyError
from ..optimizer import Optimizer
from ..space.search_space import SearchSpace, as_space
from ..trials.belonging import Belonging
from ..trials.trial import Trial
from .changing import operation
from .database import checked_durability
from .environment import changes
from .header import Given, check_settings, header_of, names_in, own_of
from .leases import Leases
from .places import network_of
from .recorded import RecordedCore
from .session import Session
from .sharing import Shared
from .spaces import Spaces
from .trials import StudyTrials

if TYPE_CHECKING:
    from types import TracebackType

    from ..earlier.reading import AnySource
    from ..optimizer import AnySpace, Directions, Told
    from ..pruners import Pruner
    from ..pruners import Settings as PrunerSettings
    from ..pruners.own import Own
    from ..samplers import Sampler
    from ..samplers.settings import Settings
    from ..space.codec import Codec
    from ..trials.objectives import Direction, Names
    from ..trials.results import AnyTrial
    from .database import Durability
    from .state import State


class Study(Optimizer):
    """A search on file: the protocol of :class:`Optimizer`, shared by processes, with nothing lost.

    Every ask and every tell is on disk when it returns. Several processes of one machine may open the same file, at
    once or one after another; what each of them is suggested depends only on the order in which asks and tells were
    acknowledged. A process knows what the others did whenever it asks or tells, and after :meth:`refresh`.

    Parameters
    ----------
    path
        The file, made if there is none. While it is open, SQLite keeps two more beside it.
    space
        As for :class:`Optimizer`. For a study that exists it may be left out, unless some choices are of a kind that
        JSON cannot hold.
    direction, directions, sampler, seed, deduplicate, pruner, pausing
        As for :class:`Optimizer`. For a study that exists they may be left out.
    budget
        As for :class:`Optimizer`. A study that exists keeps its budget if it is left out. Another one, higher or lower,
        takes its place for all processes of the study; what was spent counts towards it.
    earlier
        As for :class:`Optimizer`. The sources are read when the study is made: what is needed of them is in the file,
        and a study that exists does not read them again.
    name
        What to call it; by default the name of the file.
    durability
        ``"full"`` writes everything through to the disk before a call returns: it survives a loss of power.
        ``"normal"`` and ``"off"`` leave that to the system: everything survives the end of a process, however it came,
        but not a loss of power (with ``"off"`` that may damage the file).
    lease
        Seconds after which a trial whose process was not heard of is offered to whoever asks next. A trial whose
        process has ended on this machine is offered at once. By default no trial is taken from its process; whoever has
        its id may tell it.
    max_retries
        How often a trial is offered again before it is told as failed.
    read_only
        To look at a study without changing it.

    Raises
    ------
    StudyError
        If the file is no study, is damaged or of a later version, or was made with another space or other settings: the
        message says which.
    TanteoError
        As :class:`Optimizer`, for a new study.

    Warns
    -----
    RuntimeWarning
        Where the file is on a network file system, as far as Linux says so.

    Notes
    -----
    The file system must have locks that work: a disk of this machine has, many network file systems have not. Across
    machines use :class:`tanteo.integrations.ray.RemoteOptimizer`.

    Nothing in the file is code, and nothing in it is run.

    Examples
    --------
    >>> import tanteo as tt
    >>> with tt.Study("sweep.db", {"x": tt.Float(-1.0, 1.0)}, seed=0) as study:           # doctest: +SKIP
    ...     for _ in range(20):
    ...         trial = study.ask()
    ...         study.tell(trial, trial.params["x"] ** 2)
    >>> tt.Study("sweep.db").best.value                                                   # doctest: +SKIP
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        space: AnySpace | None = None,
        *,
        direction: Direction | None = None,
        directions: Directions | None = None,
        sampler: str | Settings | Sampler | None = None,
        seed: int | None = None,
        deduplicate: bool | None = None,
        pruner: str | PrunerSettings | Pruner | None = None,
        pausing: bool | None = None,
        budget: float | None = None,
        earlier: Sequence[AnySource] | None = None,
        name: str | None = None,
        durability: Durability = "full",
        lease: float | None = None,
        max_retries: int = 3,
        read_only: bool = False,
    ) -> None:
        given = Given(space, direction, directions, sampler, seed, deduplicate, pruner, pausing, budget, name, earlier)
        # Absolute, so that a change of the current folder changes nothing.
        self._path = as_path(path).absolute()
        self._options: dict[str, Any] = {
            "durability": checked_durability(durability),
            "lease": _checked_lease(lease),
            "max_retries": _checked_retries(max_retries),
            "read_only": as_bool(read_only, "read_only"),
        }
        self._open(given)
        self._warn_of_place()

    def _warn_of_place(self) -> None:
        network = network_of(self._path)
        if network is not None:
            warnings.warn(
                f"{str(self._path)!r} is on a network file system ({network}), whose locks may not work: let one "
                "process at a time use the study, or share a search with tanteo.integrations.ray.RemoteOptimizer",
                RuntimeWarning,
                stacklevel=stacklevel(),
            )

    def _open(self, given: Given) -> None:
        options = self._options
        self._spaces = self._spaces_of(given)
        header = None if given.space is None else lambda: header_of(given, self._path)
        self._session = Session(
            self._path, options["durability"], header, self._spaces.core, read_only=options["read_only"]
        )
        stored = self._session.state.header
        own = self._own_of(stored, given)
        # It has what is used of the core: what changes something, and by delegation everything else.
        core = cast(CoreOptimizer, RecordedCore(self._session))
        self._assemble(core, self._spaces.opened(stored), own, names_in(stored), stored["nonce"])
        check_settings(self, stored, given, self._path, read_only=options["read_only"])
        if given.budget != self.budget:
            self._change_budget(given.budget)
        self._leases = Leases(self._session, options["lease"], options["max_retries"])

    def _spaces_of(self, given: Given) -> Spaces:
        return Spaces(given.space, self._path)

    def _own_of(self, header: Mapping[str, Any], given: Given) -> Own:
        return own_of(header, given, self._session.state.core, self._path)

    @property
    def _space(self) -> SearchSpace:
        """The space, which other processes may change."""
        return self._spaces.of(self._session.state.header)

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    @property
    def name(self) -> str:
        """What the study is called."""
        return str(self._session.state.header["name"])

    @property
    def settings(self) -> dict[str, Any]:
        """What the search was made with: directions, sampler, seed, deduplicate, pruner, pausing, budget."""
        names = ("directions", "sampler", "seed", "deduplicate", "pruner", "pausing", "budget")
        return {name: getattr(self, name) for name in names}

    @property
    def trials(self) -> StudyTrials:
        """Every trial by id, pending ones included: a sequence of :class:`tanteo.study.StudyTrial`."""
        return StudyTrials(self._core, self._search, self._now)

    def _now(self) -> tuple[State, Codec]:
        state = self._session.state
        return state, self._spaces.of(state.header)._codec

    @property
    def environments(self) -> list[Mapping[str, Any]]:
        """Where each process ran that has written into the study, in the order in which they first did.

        Each has ``python``, ``os``, ``packages`` (name to version), ``cpu``, ``gpus``, ``host``, ``process``,
        ``commit`` and ``dirty`` of the git repository that the script is in (None without one), ``argv``, ``cwd`` and
        ``started`` in seconds since 1970.
        """
        return list(self._session.state.record.runs)

    @property
    def environment(self) -> Mapping[str, Any] | None:
        """The latest of :attr:`environments`; None while nobody has asked."""
        runs = self._session.state.record.runs
        return runs[-1] if runs else None

    def environment_changes(self) -> list[str]:
        """Return what the latest of :attr:`environments` has otherwise than the one before: code, packages, machine."""
        runs = self._session.state.record.runs
        return changes(runs[-2], runs[-1]) if len(runs) > 1 else []

    def refresh(self) -> None:
        """Read what other processes have written; asking and telling do so by themselves."""
        self._session.refresh()

    @overload
    def ask(self) -> Trial: ...
    @overload
    def ask(self, n: int) -> list[Trial]: ...
    def ask(self, n: int | None = None) -> Trial | list[Trial]:
        """Hand out one trial, or up to ``n``; with a lease, first those whose workers have vanished.

        Parameters
        ----------
        n
            As for :meth:`Optimizer.ask`.

        Raises
        ------
        StudyError
            If the file cannot be written; nothing was handed out.
        SpaceExhausted, SpaceError, MemoryError
            As :meth:`Optimizer.ask`.
        """
        with self._session.change():
            self._follow()
            if n is None:
                again = self._again(1)
                found: Trial | list[Trial] = again[0] if again else super().ask()
            else:
                found = self._up_to(as_int(n, "n"))
        self._leases.start()
        return found

    def _follow(self) -> None:
        """Tell a sampler written in Python of another space."""
        if self._external is not None and self._external._space is not self._space._core:
            from ..samplers.external import External

            self._external = External(self._external.sampler, self._space._core, self._codec.names)

    def _up_to(self, n: int) -> list[Trial]:
        again = self._again(n)
        try:
            return [*again, *super().ask(n - len(again))]
        except SpaceExhausted:
            if again:
                return again
            raise

    def _again(self, n: int) -> list[Trial]:
        """Take over up to ``n`` trials whose workers have vanished."""
        if self._leases.seconds is None:
            return []
        return [self._handed_out(number) for number in self._leases.take(n)]

    def _handed_out(self, number: int) -> Trial:
        return self._pending(number)

    def _promoted(self) -> Trial | None:
        with self._session.change():
            found = super()._promoted()
        self._leases.start()
        return found

    def _number(self, trial: Any) -> Any:
        """Return the id of a trial, also of one that another process has asked for since this one last looked."""
        if isinstance(trial, Belonging) and trial.id >= len(self):
            self.refresh()
        return super()._number(trial)

    def heartbeat(self, trial: AnyTrial) -> None:
        """Say that a pending trial is being worked on, in a process that did not ask for it.

        The process that did says so by itself, for as long as it has a lease.

        Parameters
        ----------
        trial
            The trial or its id.

        Raises
        ------
        TrialStateError
            If the trial is unknown, told, or was offered to another worker.
        """
        with self._session.change():
            number = self._number(trial)
            recorded = cast(Any, self._core)
            recorded.check_pending(number)
            self._leases.beat([operator.index(number)])

    def enqueue(self, params: Mapping[str, Any]) -> None:
        """Queue a point for the next ask; see :meth:`Optimizer.enqueue`."""
        with self._session.change():
            super().enqueue(params)

    def observe(self, params: Mapping[str, Any], value: Told = None, **told: Any) -> int:
        """Add a result from elsewhere and return the id it got; see :meth:`Optimizer.observe`."""
        with self._session.change():
            return super().observe(params, value, **told)

    def exclude(self, trial: AnyTrial) -> None:
        """Set a told trial aside: it is not the best one, and no model learns from it. It can be :meth:`include`-d.

        Parameters
        ----------
        trial
            The trial or its id.

        Raises
        ------
        UnknownTrialError
        ArgumentError
            If it is pending.
        """
        self._note("exclude", trial)

    def include(self, trial: AnyTrial) -> None:
        """Let a trial that was set aside count again.

        Parameters
        ----------
        trial
            The trial or its id.

        Raises
        ------
        UnknownTrialError
        ArgumentError
            If it does not fit into the space.
        """
        self._note("include", trial)

    def change_space(self, space: AnySpace, fill: Mapping[str, Any] | None = None) -> list[int]:
        """Go on in another space: wider, narrower, with other choices or other parameters.

        Every trial whose configuration is one of the new space goes on to count. The others stay as they are, set
        aside (:attr:`StudyTrial.excluded`); those that are pending fail. One that was set aside by an earlier change
        counts again where it fits again, unless it was :meth:`exclude`-d too. Queued points are dropped.

        Parameters
        ----------
        space
            The new space.
        fill
            Flat name to value: for a parameter that is new, what it was in the trials so far; for one that is gone,
            what it is from now on. Without a value no trial in which the parameter exists fits.

        Returns
        -------
        list of int
            The trials that do not fit.

        Raises
        ------
        ArgumentError
            If ``fill`` names a parameter that is in both spaces, or in neither.
        SpaceError
            If the new space is impossible, or the sampler's settings do not fit it.

        Examples
        --------
        >>> wider = {"lr": tt.Float(1e-6, 1.0), "clip": tt.Float(0.0, 5.0)}                # doctest: +SKIP
        >>> study.change_space(wider, fill={"clip": 0.0})                                 # doctest: +SKIP
        """
        new = as_space(space)
        with self._session.change():
            body = operation(self._session.state, self._space, new, fill or {}, self._session.run)
            left_out = [trial for trial, row in enumerate(body["rows"]) if row is None]
            for trial in sorted(set(left_out).intersection(self._core.pending())):
                self._leases.fail(trial, "it does not fit into the space, which was changed")
            self._spaces.give(new)
            self._session.do("space", body)
            self._follow()
        return left_out

    def annotate(self, trial: AnyTrial, text: str) -> None:
        """Write a note beside a trial, in place of one that is there; see :attr:`StudyTrial.note`.

        Parameters
        ----------
        trial
            The trial or its id.
        text
            Any text.

        Raises
        ------
        UnknownTrialError
        """
        if not isinstance(text, str):
            raise ArgumentError(f"a note is text, got {shown(text)}")
        self._note("annotate", trial, text=text)

    def add_artifact(self, trial: AnyTrial, path: str | os.PathLike[str]) -> None:
        """Record where something that a trial made is kept; see :attr:`StudyTrial.artifacts`.

        The file itself stays where it is.

        Parameters
        ----------
        trial
            The trial or its id.
        path
            Of a file or folder, or an address.

        Raises
        ------
        UnknownTrialError
        """
        self._note("artifact", trial, path=str(path) if isinstance(path, str) else os.fsdecode(as_path(path)))

    def _note(self, kind: str, trial: AnyTrial, **body: Any) -> None:
        with self._session.change():
            number = self._number(trial)
            self._core.state(number)
            self._session.do(kind, {"trial": operator.index(number), **body})

    def close(self) -> None:
        """Close the file. What is known of it can still be read; nothing can be asked or told."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _sharing(self) -> Shared:
        """Return what a run needs to know of the others."""
        return Shared(self._handed_out, self._session, self._leases)

    @classmethod
    def _restored(cls, core: CoreOptimizer, space: SearchSpace, own: Own, names: Names) -> Optimizer:
        """Bytes make an :class:`Optimizer` in memory: a study is its file."""
        return Optimizer._restored(core, space, own, names)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the path: whoever unpickles it shares the file."""
        return _reopened, (self._path, self._space, self._own, self._options)

    def __repr__(self) -> str:
        return f"<Study {self.name!r} at {str(self._path)!r}: {super().__repr__()[1:-1]}>"


def _reopened(path: Path, space: SearchSpace, own: Own, options: dict[str, Any]) -> Study:
    # With the space, a new study would be made.
    if not path.exists():
        raise StudyError(
            f"a study was pickled as its path, and there is no file at {str(path)!r}; bring it there first"
        )
    return Study(path, space, sampler=own.sampler, pruner=own.pruner, **options)


def _checked_lease(value: Any) -> float | None:
    if value is None:
        return None
    lease = as_float(value, "lease")
    if not 0.0 < lease < math.inf:
        raise ArgumentError(f"lease must be a positive number of seconds or None, got {lease!r}")
    return lease


def _checked_retries(value: Any) -> int:
    number = as_int(value, "max_retries")
    if number < 0:
        raise ArgumentError(f"max_retries must not be negative, got {shown(number)}")
    return number
