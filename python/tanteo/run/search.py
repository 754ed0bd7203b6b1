"""``minimize`` and ``maximize``: one call from a function and a space to a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from tanteo._internal.coercion import members, shown
from tanteo.exceptions import ArgumentError, StudyError, TanteoError
from tanteo.optimizer import Optimizer
from tanteo.run.channel import DirectChannel
from tanteo.run.early_failures import EarlyFailures
from tanteo.run.executor import Executor, InProcess
from tanteo.run.log import log_trial
from tanteo.run.loop import Callback, Limits, Loop, Run, StopRule
from tanteo.run.objective import Objective
from tanteo.run.progress import make_progress
from tanteo.run.result import Result
from tanteo.run.settings import Settings
from tanteo.space.search_space import SearchSpace
from tanteo.trials.objectives import given_as, goals

if TYPE_CHECKING:
    from tanteo.earlier.reading import AnySource
    from tanteo.optimizer import Directions
    from tanteo.pruners import Pruner
    from tanteo.pruners import Settings as PrunerSettings
    from tanteo.samplers import Sampler
    from tanteo.samplers.settings import Settings as SamplerSettings

Space = SearchSpace | Mapping[str, Any]
# The pruner that is asked where none is given.
_PRUNER = "auto"
# Seconds without a sign of life after which a trial of another process is taken over.
_LEASE = 60.0


def minimize(
    fn: Callable[..., object],
    space: Space | None = None,
    *,
    n_trials: int | None = None,
    until: int | None = None,
    timeout: float | None = None,
    budget: float | None = None,
    stop_when: StopRule | None = None,
    n_workers: int = 1,
    study: Optimizer | str | PathLike[str] | None = None,
    sampler: str | SamplerSettings | Sampler = "auto",
    seed: int | None = None,
    progress: bool | None = None,
    callbacks: Sequence[Callback] = (),
    catch: tuple[type[BaseException], ...] = (Exception,),
    trial_timeout: float | None = None,
    directions: Directions | None = None,
    points: Sequence[Mapping[str, Any]] = (),
    deduplicate: bool = True,
    pruner: str | PrunerSettings | Pruner = _PRUNER,
    pausing: bool = False,
    earlier: Sequence[AnySource] | None = None,
    threads_per_worker: int | None = None,
) -> Result:
    """Searches ``space`` for the configuration at which ``fn`` is smallest.

    Parameters
    ----------
    fn : callable
        ``fn(params)`` or ``fn(params, trial)`` (a second positional parameter without a default, or called ``trial``).
        ``params`` is a dict of its own; ``trial`` has ``id``, ``params``, ``report(step, value)``,
        ``report_fold(fold, value)``, ``fold_order(n)``, ``should_prune()`` and ``set_attr(name, value)``. It returns a
        number, one number per objective, :class:`tanteo.Replicates`, None (the mean of the folds that were reported; a
        failure without folds) or a mapping of what ``tell`` takes: ``value``, ``sem``, ``constraints``, ``cost``,
        ``state``, ``reason``. Other keys become attributes of the trial; a value that JSON cannot hold becomes text.
        It may raise :class:`tanteo.Pruned` to end its trial early, :class:`tanteo.Paused` to end it for now
        (``trial.resume_from`` says where it goes on) and :class:`tanteo.StopSearch` to end the search.
    space : SearchSpace or mapping, optional
        Where to search; may be left out when ``study`` is given.
    n_trials : int, optional
        How many trials this call tells, failed, pruned and paused ones included. Those that were paused may go on when
        the last new trial is under way, within the other limits; what is still paused at the end stays stopped. Without
        ``n_trials``, ``until``, ``timeout``, ``budget`` and ``stop_when`` the search goes on until the space is
        exhausted, something stops it, or Ctrl-C.
    until : int, optional
        How many trials are told in all when this call ends, those told to ``study`` before included, and those that
        other processes work on. A script that calls ``minimize(..., study="sweep.db", until=100)`` and is started again
        does the rest of the hundred.
    timeout : float, optional
        Seconds after which no further trial is started. Trials that run then are awaited and told; bound them with
        ``trial_timeout``.
    budget : float, optional
        What the search may spend in all, in the unit of the ``cost`` that ``fn`` tells. Where ``fn`` tells none, the
        seconds that a trial took are its cost. No further trial is started, and no paused one goes on, once what was
        spent, and is expected of the trials that run, reaches it. See :class:`tanteo.Optimizer` for what it means to
        the search. Beside ``study`` it takes the place of the budget that this has; what was spent before counts.
    stop_when : callable, optional
        Called with the optimizer after each tell: whether, or why, to stop. See :mod:`tanteo.stopping`.
    n_workers : int
        1 evaluates in this process. More evaluate in as many processes, and this process asks and tells. Each worker
        is a fresh interpreter: it does not run the calling script again, and it leads its own session. Functions of
        scripts and notebooks, lambdas and closures need ``cloudpickle``.
    study : Optimizer, Study or path, optional
        A search to go on with, changed in place; its space, sampler and seed are used. Trials that it has pending
        are evaluated first: after a Ctrl-C or a crash the search continues as if nothing had happened. A path is that
        of a :class:`tanteo.Study`, started there or gone on with; ``space`` and the options must then be those that it
        has. Several processes may run on one study: each evaluates trials of its own, and takes over those of a process
        that has vanished (a lease of 60 s; a trial is offered again three times before it fails).
    sampler, seed, deduplicate, pruner, pausing, directions
        As for :class:`tanteo.Optimizer`; ``directions`` is for several objectives, and for names of objectives. Where
        they have names, ``fn`` may return a mapping from these.
    earlier : sequence, optional
        Earlier searches to learn from, as for :class:`tanteo.Optimizer`.
    progress : bool, optional
        Whether to show progress on standard error. By default where it is a terminal.
    callbacks : sequence of callables
        Called as ``callback(run, trial)`` after each tell; ``run`` has ``optimizer``, ``best``, ``n_told``,
        ``n_failed``, ``elapsed`` and ``stop()``. An exception of a callback ends the search and propagates.
    catch : tuple of exception types
        What ``fn`` may raise without ending the search, by default every ``Exception``: the trial is told as failed,
        with the exception as its reason, and keeps the traceback (:attr:`FrozenTrial.traceback`). A value that ``tell``
        refuses counts as such an exception. Others propagate; what was told is kept in ``study``.
    trial_timeout : float, optional
        Seconds after which an evaluation is given up: its process is killed and its trial fails. With ``n_workers=1``
        it needs one worker process.
    points : sequence of mappings
        Configurations, also partial ones, to try first.
    threads_per_worker : int, optional
        How many threads OpenMP, BLAS and the like may use in each worker process (environment variables such as
        ``OMP_NUM_THREADS``). By default workers inherit the environment, and ``n_workers`` processes may each use every
        core.

    Returns
    -------
    Result
        Also after Ctrl-C, with ``result.interrupted`` true: everything told is kept, workers are killed, and trials
        under way stay pending in ``result.optimizer``.

    Raises
    ------
    ArgumentError
        For an argument that makes no sense; nothing has been evaluated then.

    Warns
    -----
    RuntimeWarning
        When the first trial failed by what looks like a mistake in ``fn`` (TypeError, NameError, AttributeError,
        KeyError, IndexError, ImportError or SyntaxError, raised outside installed packages), with its file and line.
        Otherwise when the first five trials (all, if there are fewer) failed with the same kind of reason. When ``fn``
        returns a mapping with a key that is nearly the name of something ``tell`` takes.

    Notes
    -----
    With ``n_workers=1`` the result depends on the arguments and ``fn`` alone, not on how long evaluations take (unless
    a time limit ends them, or their durations are what a ``budget`` is spent on). With more it depends on the order in
    which trials end as well.

    Each trial keeps when it was evaluated (``started``, ``finished``, ``duration``). The logger ``"tanteo"`` gets a
    line about each at the level INFO.

    A worker that dies (a crash of native code, ``os._exit``, an out-of-memory kill) fails its trial and is replaced.

    Examples
    --------
    >>> import tanteo as tt
    >>> result = tt.minimize(lambda p: (p["x"] - 1) ** 2, {"x": tt.Float(-5, 5)}, n_trials=30, seed=0)
    >>> len(result.trials)
    30
    """
    settings = Settings(
        n_trials, until, timeout, n_workers, progress, callbacks, trial_timeout, threads_per_worker, stop_when
    )
    objective = Objective(fn, catch)
    options: dict[str, Any] = {"deduplicate": deduplicate, "pausing": pausing, "budget": budget, "earlier": earlier}
    optimizer = _optimizer(space, study, directions, sampler, seed, pruner, **options)
    return _search(objective, optimizer, points, settings)


def maximize(
    fn: Callable[..., object],
    space: Space | None = None,
    *,
    n_trials: int | None = None,
    until: int | None = None,
    timeout: float | None = None,
    budget: float | None = None,
    stop_when: StopRule | None = None,
    n_workers: int = 1,
    study: Optimizer | str | PathLike[str] | None = None,
    sampler: str | SamplerSettings | Sampler = "auto",
    seed: int | None = None,
    progress: bool | None = None,
    callbacks: Sequence[Callback] = (),
    catch: tuple[type[BaseException], ...] = (Exception,),
    trial_timeout: float | None = None,
    points: Sequence[Mapping[str, Any]] = (),
    deduplicate: bool = True,
    pruner: str | PrunerSettings | Pruner = _PRUNER,
    pausing: bool = False,
    earlier: Sequence[AnySource] | None = None,
    threads_per_worker: int | None = None,
) -> Result:
    """Searches ``space`` for the configuration at which ``fn`` is largest.

    Parameters, result and errors are those of :func:`minimize`; for several objectives use ``minimize`` with
    ``directions``.
    """
    settings = Settings(
        n_trials, until, timeout, n_workers, progress, callbacks, trial_timeout, threads_per_worker, stop_when
    )
    objective = Objective(fn, catch)
    options: dict[str, Any] = {"deduplicate": deduplicate, "pausing": pausing, "budget": budget, "earlier": earlier}
    optimizer = _optimizer(space, study, ["maximize"], sampler, seed, pruner, **options)
    return _search(objective, optimizer, points, settings)


def _search(
    objective: Objective, optimizer: Optimizer, points: Sequence[Mapping[str, Any]], settings: Settings
) -> Result:
    """Runs the loop and says how it went."""
    objective.names = optimizer.objective_names or ()
    executor = _executor(objective, optimizer, settings)
    _enqueue(optimizer, members(points, "points must be a list of configurations"))
    run = Run(optimizer, Limits(settings.n_trials, settings.timeout, settings.until, settings.stop_when))
    # Last, when everything that can be refused was: it draws at once.
    display = make_progress(run, wanted=settings.progress)
    early_failures = EarlyFailures()
    callbacks: list[Callback] = [log_trial, early_failures, lambda *_: display.update(), *settings.callbacks]
    try:
        Loop(run, executor, objective.catch, callbacks, display.update)()
    finally:
        display.close()
    early_failures.at_end(run)
    return Result(optimizer, stopped=run.stopped, wall_time=run.elapsed, stop_reason=run.stop_reason)


def _enqueue(optimizer: Optimizer, points: Sequence[Mapping[str, Any]]) -> None:
    """Queues the points, or none of them: a copy of the optimizer, which completes them alike, is given them first."""
    if not points:
        return
    own = optimizer._own
    copy = Optimizer.from_bytes(optimizer.to_bytes(), space=optimizer.space, sampler=own.sampler, pruner=own.pruner)
    for target in (copy, optimizer):
        for point in points:
            target.enqueue(point)


def _executor(objective: Objective, optimizer: Optimizer, settings: Settings) -> Executor:
    channel = DirectChannel(optimizer)
    if not settings.needs_processes:
        return InProcess(objective, channel)
    # Imported here, for multiprocessing costs a search without workers more time than anything else.
    from tanteo.run.pool import Pool

    return Pool(objective, channel, settings)


def _optimizer(
    space: Space | None,
    study: Optimizer | str | PathLike[str] | None,
    directions: Directions | None,
    sampler: str | SamplerSettings | Sampler,
    seed: int | None,
    pruner: str | PrunerSettings | Pruner,
    *,
    deduplicate: bool,
    pausing: bool,
    budget: float | None,
    earlier: Sequence[AnySource] | None,
) -> Optimizer:
    """The optimizer to run: a new one, or the given one after a check that nothing contradicts it.

    Without directions one objective is minimized.
    """
    if study is None:
        if space is None:
            raise ArgumentError("minimize and maximize need a space, or study= with an Optimizer to go on with")
        options: dict[str, Any] = {"sampler": sampler, "seed": seed, "deduplicate": deduplicate, "pruner": pruner}
        options |= {"pausing": pausing, "budget": budget, "earlier": earlier}
        return Optimizer(space, directions=directions, **options)
    if isinstance(study, (str, PathLike)):
        from tanteo.study import Study  # SQLite, which a search in memory does not need

        opened = Study(
            study,
            space,
            directions=directions,
            # What has its default here is what the study has.
            sampler=None if isinstance(sampler, str) and sampler == "auto" else sampler,
            seed=seed,
            deduplicate=None if deduplicate else False,
            pruner=None if isinstance(pruner, str) and pruner == _PRUNER else pruner,
            pausing=True if pausing else None,
            budget=budget,
            earlier=earlier,
            lease=_LEASE,
        )
        try:
            _check_left_out(opened, directions, StudyError)
        except StudyError:
            opened.close()
            raise
        return opened
    if not isinstance(study, Optimizer):
        raise ArgumentError(f"study must be an Optimizer, a Study or the path of one, got {shown(study)}")
    has_options = not deduplicate or pausing or earlier is not None
    if sampler != "auto" or seed is not None or pruner != _PRUNER or has_options:
        raise ArgumentError(
            "sampler, seed, deduplicate, pruner, pausing and earlier belong to the given study; leave them out beside "
            "study="
        )
    if space is not None and (space if isinstance(space, SearchSpace) else SearchSpace(space)) != study.space:
        raise ArgumentError("the space differs from that of the given study; leave it out, or start a new study")
    _check_left_out(study, directions, ArgumentError)
    wanted, names = goals(None, directions)
    if tuple(wanted) != study.directions or names not in (None, study.objective_names):
        theirs = given_as(study.directions, study.objective_names)
        raise ArgumentError(f"the given study has the directions {theirs}, expected {given_as(wanted, names)}")
    study._change_budget(budget)
    return study


def _check_left_out(study: Optimizer, directions: Directions | None, refusal: type[TanteoError]) -> None:
    """Refuses a study that does something else than minimize one objective where no directions are given."""
    if directions is not None or study.directions == ("minimize",):
        return
    theirs = given_as(study.directions, study.objective_names)
    helps = f"give directions={theirs}" if len(theirs) > 1 else "use tt.maximize"
    raise refusal(f"the study has the directions {theirs}, and minimize without directions= has one objective; {helps}")
