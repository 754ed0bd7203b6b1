"""The study: an optimizer recorded in a file."""

from __future__ import annotations

import operator
import os
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, Unpack, cast, get_args

from .._core import CoreOptimizer
from .._internal.caller import stacklevel
from .._internal.coercion import as_bool, as_index, as_int_at_least, as_one_of, as_positive, shown
from .._internal.files import as_path
from .._internal.keywords import explaining_arguments
from .._internal.text import safe_repr
from ..exceptions import ArgumentError, SpaceError, SpaceExhausted, StudyError, TrialStateError
from ..optimizer import Optimizer
from ..options import SETTINGS, SearchOptions, given, takes_options
from ..space.search_space import SearchSpace, as_space
from ..trials.belonging import Belonging
from ..trials.pruning_notes import PruningNotes
from .changing import Change, as_fill, check_choices, lost_constraints, operation
from .database import Database, Durability
from .environment import changes
from .header import StudyArguments, check_settings, header_of, names_in, user_objects_of
from .leases import Leases
from .pruning_notes import RecordedPruningNotes
from .recorded import RecordedCore
from .session import StudySession
from .sharing import Shared
from .sidefiles import network_of
from .spaces import Spaces
from .trials import StudyTrials, recorded_columns, with_set_aside

if TYPE_CHECKING:
    from types import TracebackType

    from ..options import AnySpace
    from ..pruners.user_objects import UserObjects
    from ..space.candidates import Candidates
    from ..space.codec import Codec
    from ..trials.constraint_names import ConstraintsTold
    from ..trials.frames import Column, Extra
    from ..trials.objectives import Names
    from ..trials.outcome import Outcome
    from ..trials.results import AnyTrial
    from ..trials.trial import Trial
    from .connection import Connection
    from .state import StudyState


class Study(Optimizer):
    """A search in a file: an :class:`Optimizer` that survives crashes and can be shared by processes.

    Every ask and every tell is on disk when it returns. Several processes of one machine may open the same file,
    concurrently or one after another. Suggestions depend only on the order in which asks and tells were acknowledged. A
    process reads the changes of the others whenever it asks or tells, and in :meth:`refresh`.

    Parameters
    ----------
    path
        The file, which is created if it does not exist. While it is open, SQLite keeps two more files beside it.
    space
        As for :class:`Optimizer`. It may be left out for an existing study, unless JSON cannot represent some choices.
    direction, directions, sampler, seed, deduplicate, pruner, pausing, max_violation_probability, thresholds
        As for :class:`Optimizer`. They may be left out for an existing study.
    allowed
        As for :class:`Optimizer`. The file does not keep it: every process that asks must give it.
    budget
        As for :class:`Optimizer`. It replaces the budget of an existing study, for all processes; earlier costs count
        towards it. If they exceed it already, a warning is logged.
    earlier
        As for :class:`Optimizer`. The sources are read when the study is created; the file keeps what is needed of
        them, so an existing study does not read them again.
    name
        The name of the study; by default that of the file.
    durability
        ``"full"`` writes everything to disk before a call returns, so it survives a loss of power. ``"normal"`` and
        ``"off"`` leave that to the system: everything survives the end of a process, even a crash, but not a loss of
        power (with ``"off"`` that may damage the file).
    lease
        The seconds of silence after which trials of this process are offered to others that have a lease. By default,
        silence matters only for trials for which :meth:`heartbeat` was called. Trials of a process that has ended on
        this machine are offered in any case. With a lease, asking takes over trials that are offered. Without one, only
        :func:`tanteo.minimize` does, and never because of silence.
    max_retries
        How often a trial is offered again before it is told as failed.
    read_only
        Whether to open the study without permission to change it. A sampler and a pruner of your own may be left out.

    Raises
    ------
    StudyError
        If the file is not a study, is damaged or of a later version, or was created with another space or other
        settings; the message says which.
    TanteoError
        As :class:`Optimizer`, for a new study.

    Warns
    -----
    RuntimeWarning
        If Linux reports that the file is on a network file system.

    Notes
    -----
    The file system must have working locks, which local disks have and many network file systems lack. A process that
    was forked while the study was open cannot open it: start processes by ``spawn``, or close the study before the
    fork. Across machines use :class:`tanteo.integrations.ray.RemoteOptimizer`.

    The file contains no code, and nothing in it is executed.

    Examples
    --------
    >>> import tanteo as tt
    >>> with tt.Study("sweep.db", {"x": tt.Float(-1.0, 1.0)}, seed=0) as study:           # doctest: +SKIP
    ...     for _ in range(20):
    ...         trial = study.ask()
    ...         study.tell(trial, trial.params["x"] ** 2)
    >>> tt.Study("sweep.db").best.value                                                   # doctest: +SKIP
    """

    # Whether `budget` of the constructor is ignored for an existing study.
    _budget_is_for_new_study = False

    @classmethod
    def _with_initial_budget(cls, path: str | os.PathLike[str], space: AnySpace | None, **options: Any) -> Self:
        """Open or create a study; ``budget`` is that of a new study, and an existing one keeps its own.

        The budget is written by the transaction that creates the study. If another process creates it at the same
        time, that process's budget stays.
        """
        study = cls.__new__(cls)
        study._budget_is_for_new_study = True
        cls.__init__(study, path, space, **options)
        return study

    @explaining_arguments
    @takes_options
    def __init__(
        self,
        path: str | os.PathLike[str],
        space: AnySpace | None = None,
        *,
        name: str | None = None,
        durability: Durability = "full",
        lease: float | None = None,
        max_retries: int = 3,
        read_only: bool = False,
        **options: Unpack[SearchOptions],
    ) -> None:
        arguments = StudyArguments(space, name, given(options))
        # Absolute, so that it does not depend on the current folder.
        self._path = as_path(path).absolute()
        self._options: dict[str, Any] = {
            "durability": as_one_of(durability, get_args(Durability), "durability is"),
            "lease": None if lease is None else as_positive(lease, "lease"),
            "max_retries": as_int_at_least(0, max_retries, "max_retries"),
            "read_only": as_bool(read_only, "read_only"),
        }
        self._open(arguments)
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

    def _open(self, arguments: StudyArguments) -> None:
        options = self._options
        self._spaces = self._spaces_of(arguments)
        header = None if arguments.space is None else lambda: header_of(arguments, self._path)
        self._session = StudySession(
            self._path,
            self._connect,
            header,
            self._spaces.core,
            read_only=options["read_only"],
            about=self._about_this_process(),
        )
        stored = self._session.state.header
        user_objects = user_objects_of(
            stored, arguments, self._session.state.core, self._path, read_only=options["read_only"]
        )
        # They have all methods that are used.
        core = cast(CoreOptimizer, RecordedCore(self._session, self._spaces))
        notes = cast(PruningNotes, RecordedPruningNotes(self._session))
        self._assemble(core, self._spaces.opened(stored), user_objects, names_in(stored), notes, stored["nonce"])
        check_settings(self, stored, arguments, self._path, read_only=options["read_only"])
        budget = arguments.options.get("budget")
        if not self._budget_is_for_new_study and budget != self.budget:
            self._change_budget(budget)
        self._leases = Leases(self._session, options["lease"], options["max_retries"])

    def _about_this_process(self) -> dict[str, Any]:
        """Return what other processes must know of this one: whether it sends heartbeats."""
        return {"lease": self._options["lease"]}

    def _connect(self) -> Connection:
        return Database(self._path, self._options["durability"], read_only=self._options["read_only"])

    def _spaces_of(self, arguments: StudyArguments) -> Spaces:
        return Spaces(arguments.space, self._path)

    @property
    def _space(self) -> SearchSpace:
        """The current space, which other processes may change."""
        return self._spaces.of(self._session.state.header)

    @property
    def path(self) -> Path:
        """The path of the file."""
        return self._path

    @property
    def name(self) -> str:
        """The name of the study."""
        return str(self._session.state.header["name"])

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the search, by the names of the options of :class:`Optimizer`: directions, sampler, ..."""
        return {name: getattr(self, name) for name in SETTINGS}

    @property
    def trials(self) -> StudyTrials:
        """All trials by id, including pending ones: a sequence of :class:`tanteo.study.StudyTrial`."""
        return StudyTrials(self._core, self._search, self._now)

    def _columns(self, extra: Extra) -> list[Column]:
        columns = list(super()._columns(extra))
        origins = next(column.values for column in columns if column.name == "origin")
        state = self._session.state
        return [*with_set_aside(columns, state.record.aside), *recorded_columns(state, origins)]

    def _now(self) -> tuple[StudyState, Codec]:
        state = self._session.state
        return state, self._spaces.of(state.header)._codec

    @property
    def environments(self) -> list[Mapping[str, Any]]:
        """The environments of all processes that have written to the study, in the order of their first writes.

        Each has ``python``, ``os``, ``packages`` (name to version), ``cpu``, ``gpus``, ``host``, ``process``,
        ``commit`` and ``dirty`` of the git repository of the script (for the command ``tanteo``, of the current
        folder; None without one, or if unknown), ``argv``, ``cwd``, ``lease`` and ``started`` in seconds since 1970.
        Reading the repository runs no program that it names.
        """
        return [run for run in self._session.state.record.runs if "worker" not in run]

    @property
    def environment(self) -> Mapping[str, Any] | None:
        """The latest of :attr:`environments`; None if there is none yet."""
        return next(reversed(self.environments), None)

    def environment_changes(self) -> list[str]:
        """Return the differences between the latest two :attr:`environments`: code, packages, machine, arguments.

        The arguments of the command ``tanteo`` are not compared.
        """
        runs = self.environments
        return changes(runs[-2], runs[-1]) if len(runs) > 1 else []

    def refresh(self) -> None:
        """Read what other processes have written. Asking and telling do so automatically."""
        self._session.refresh()

    def _ask_one(self, among: Candidates | None) -> Trial:
        with self._session.change():
            self._follow()
            retried = self._retried(1)
            trial = retried[0] if retried else super()._ask_one(among)
        self._leases.start()
        return trial

    def _ask_many(self, n: int, among: Candidates | None) -> list[Trial]:
        with self._session.change():
            self._follow()
            retried = self._retried(n)
            try:
                trials = [*retried, *super()._ask_many(n - len(retried), among)]
            except SpaceExhausted:
                if not retried:
                    raise
                trials = retried
        self._leases.start()
        return trials

    def _follow(self) -> None:
        """Give a sampler written in Python the changed space."""
        if self._external is not None and self._external._space is not self._space._core:
            from ..samplers.external import External

            self._external = External(self._external.sampler, self._space._core, self._codec.names)

    def _retried(self, n: int) -> list[Trial]:
        """Take over up to ``n`` trials whose workers have vanished."""
        if self._leases.seconds is None:
            return []
        return [self._pending(number) for number in self._leases.take(n)]

    def _promoted(self, among: Candidates | None = None) -> Trial | None:
        with self._session.change():
            found = super()._promoted(among)
        self._leases.start()
        return found

    def _number(self, trial: Any) -> Any:
        """Return the id of a trial; refresh first if another process may have asked for it."""
        number = as_index(trial.id if isinstance(trial, Belonging) else trial)
        if number is not None and number >= len(self):
            self.refresh()
        return super()._number(trial)

    def heartbeat(self, trial: AnyTrial) -> None:
        """Renew the lease of a pending trial.

        A process with a lease renews that of its own trials automatically. Without a lease, the trial is from now on
        offered to other processes once it has been silent for the length of their lease.

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
            self._core.check_pending(number)
            self._leases.beat([operator.index(number)])

    def _enqueue(self, params: Mapping[str, Any]) -> None:
        with self._session.change():
            super()._enqueue(params)

    def _check_enqueue(self, params: Mapping[str, Any], n_before: int) -> Sequence[Any]:
        with self._session.change():
            return super()._check_enqueue(params, n_before)

    def _end(self, number: Any, outcome: Outcome) -> None:
        # In one change: another process might tell an objective anew, or decide on the trial, after it is read here.
        with self._session.change():
            super()._end(number, outcome)

    def _constraints_told(self, trial: AnyTrial | None) -> ConstraintsTold:
        self.refresh()
        return super()._constraints_told(trial)

    def _observe(self, params: Mapping[str, Any], outcome: Outcome) -> int:
        with self._session.change():
            return super()._observe(params, outcome)

    def exclude(self, trial: AnyTrial) -> None:
        """Exclude a told trial: it is never the best one, and no model learns from it; :meth:`include` undoes this.

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
        self._exclude(trial)

    def _exclude(self, trial: AnyTrial) -> None:
        self._note("exclude", trial)

    def cancel(self, trial: AnyTrial, *, reason: str = "cancelled", cost: float | None = None) -> None:
        """See :meth:`Optimizer.cancel`."""
        with self._session.change():
            super().cancel(trial, reason=reason, cost=cost)

    def retract(self, trial: AnyTrial) -> None:
        """See :meth:`Optimizer.retract`; a cancelled trial is then pending again too.

        Raises
        ------
        TrialStateError
            If it is excluded, but not cancelled: its next result would count.
        """
        with self._session.change():
            self._check_retract(self._number(trial))
            super().retract(trial)

    def _check_retract(self, number: Any) -> None:
        # Of a trial that is set aside, the core says what to do.
        is_out = self._core.trial(number)["excluded"] and number not in self._session.state.record.aside
        if is_out and not self._core.is_cancelled(number):
            raise TrialStateError(
                f"trial {number} is excluded, and what is told after retract would count; call include({number}) of "
                "the study first, and exclude it again after it is told if it should still not count"
            )

    def include(self, trial: AnyTrial) -> None:
        """Include an excluded trial again. One that was cancelled then counts as a failure of its configuration.

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
        """Continue in another space: wider, narrower, with other choices or other parameters.

        Trials whose configurations belong to the new space still count. The others are kept but excluded
        (:attr:`StudyTrial.excluded`). Pending trials go on if they fit, and are cancelled if they do not: reports and
        results of those raise :class:`TrialStateError`. A trial that was excluded by an earlier change counts again if
        it fits the new space, unless it was cancelled or :meth:`exclude` was called for it. Queued points are dropped.

        Parameters
        ----------
        space
            The new space, with its known constraints: a plain dict has only the sums of its mixtures.
        fill
            Flat name to value: for a new parameter, its value in the trials so far; for a removed parameter, its value
            from now on, which it keeps in these trials if it comes back. Without a value, trials in which the parameter
            exists do not fit.

        Returns
        -------
        list of int
            The ids of the trials that do not fit.

        Raises
        ------
        ArgumentError
            If ``fill`` is no mapping, or has a parameter that is in both spaces or in neither.
        SpaceError
            If the new space is invalid, the sampler's settings do not fit it, the value of a removed parameter in
            ``fill`` does not belong to that parameter, or the new space has only constants and a trial does not fit.
            If a new choice could be taken for an earlier one, because both look the same and JSON represents neither.

        Warns
        -----
        UserWarning
            If no trial fits, or the new space is a plain dict and drops known constraints that its parameters allow.

        Examples
        --------
        >>> wider = {"lr": tt.Float(1e-6, 1.0), "clip": tt.Float(0.0, 5.0)}                # doctest: +SKIP
        >>> study.change_space(wider, fill={"clip": 0.0})                                 # doctest: +SKIP
        """
        new, given = as_space(space), as_fill(fill)
        with self._session.change():
            check_choices(self._space, new, self._session.state.record)
            change = Change(self._space, new, given, self._session.state.record.removed)
            body = operation(change, self._session.state, self._session.run)
            left_out = [trial for trial, row in enumerate(body["rows"]) if row is None]
            if left_out and not new._codec.names:
                # Without a parameter that varies, such trials could not be told from those that fit.
                first = f"trial {left_out[0]} does not fit"
                raise SpaceError(f"{first}, and a space of constants cannot set it aside; start another study")
            for trial in sorted(set(left_out).intersection(self._core.pending())):
                self._leases.fail(trial, "it does not fit into the space, which was changed")
                # Nobody ran it to its end, so nothing is learned from it in a later space either.
                self._exclude(trial)
            self._session.do("space", body)
            # A warning that is raised as an error undoes the change.
            if left_out and len(left_out) == len(body["rows"]):
                message = f"no trial fits the new space, so all are excluded: {change.advice()}"
                warnings.warn(message, UserWarning, stacklevel=stacklevel())
            if not isinstance(space, SearchSpace) and (lost := lost_constraints(change.old_space, new)):
                message = (
                    f"the new space is a plain dict, so suggestions no longer keep the constraints {safe_repr(lost)}; "
                    f"to keep them, call change_space again with tt.SearchSpace(..., constraints={safe_repr(lost)})"
                )
                warnings.warn(message, UserWarning, stacklevel=stacklevel())
            self._spaces.give(new)
            self._follow()
        return left_out

    def annotate(self, trial: AnyTrial, text: str) -> None:
        """Set the note of a trial; see :attr:`StudyTrial.note`.

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
        """Record the path of an artifact of a trial; see :attr:`StudyTrial.artifacts`.

        The file itself is not copied.

        Parameters
        ----------
        trial
            The trial or its id.
        path
            The path of a file or folder, or a URL.

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
        """Close the file. The loaded history can still be read, but nothing can be asked or told."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _sharing(self) -> Shared:
        """Return the interface through which a run coordinates with other processes."""
        return Shared(self._pending, self._session, self._leases)

    @classmethod
    def _restored(
        cls, core: CoreOptimizer, space: SearchSpace, user_objects: UserObjects, names: Names, notes: PruningNotes
    ) -> Optimizer:
        """Return an :class:`Optimizer` in memory: bytes do not contain the file of a study."""
        return Optimizer._restored(core, space, user_objects, names, notes)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the path: the unpickled study shares the file."""
        return _reopened, (self._path, self._space, self._user_objects, self._options)

    def __repr__(self) -> str:
        return f"<Study {self.name!r} at {str(self._path)!r}: {super().__repr__()[1:-1]}>"


def _reopened(path: Path, space: SearchSpace, user_objects: UserObjects, options: dict[str, Any]) -> Study:
    # A study would be created, since the space is given.
    if not path.exists():
        raise StudyError(
            f"a study is pickled as its path, and there is no file at {str(path)!r}; copy the file there first"
        )
    own = user_objects
    return Study(path, space, sampler=own.sampler, pruner=own.pruner, allowed=own.allowed, **options)
