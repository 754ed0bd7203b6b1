"""``minimize`` and ``maximize``: one call from a function and a space to a result."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import wraps
from os import PathLike
from typing import TYPE_CHECKING, Any, ParamSpec

from tanteo import inside
from tanteo._internal.coercion import members, named_in_errors, shown
from tanteo._internal.files import as_path
from tanteo._internal.keywords import check_keywords
from tanteo._internal.optuna_names import object_hint
from tanteo.earlier.reading import AnySource
from tanteo.exceptions import ArgumentError, StudyError, TanteoError
from tanteo.optimizer import Optimizer
from tanteo.options import NAMES, given
from tanteo.run.devices import Device
from tanteo.run.executor import DirectChannel, Executor, InProcess
from tanteo.run.loop import Callback, Limits, Loop, Run, StopRule
from tanteo.run.objective import Objective
from tanteo.run.progress import Progress
from tanteo.run.result import Result
from tanteo.run.settings import RunSettings
from tanteo.run.sharing import sharing
from tanteo.run.watching import Cancellations, EarlyFailures, LookAlikes, log_trial
from tanteo.space.candidates import AnyCandidates, Candidates, as_candidates
from tanteo.space.search_space import SearchSpace
from tanteo.trials.objectives import as_given, goals

if TYPE_CHECKING:
    from tanteo.options import AnyPruner, AnySampler, AnySpace, Directions, Thresholds
    from tanteo.space.allowed import Allowed

_P = ParamSpec("_P")
# Seconds of silence after which a trial of another process is taken over.
_LEASE = 60.0


def _explaining_arguments(search: Callable[_P, Result]) -> Callable[_P, Result]:
    """Refuse ``direction``, which :class:`Optimizer` has, and arguments that :func:`minimize` lacks.

    The message says what to write.
    """
    known = tuple(inspect.signature(minimize if search.__name__ == "maximize" else search).parameters)

    @wraps(search)
    def checked(*args: _P.args, **kwargs: _P.kwargs) -> Result:
        if "direction" in kwargs:
            raise ArgumentError(
                f"{search.__name__} takes no direction, got {shown(kwargs['direction'])}; call tt.minimize or "
                "tt.maximize, or for several objectives tt.minimize with directions="
            )
        check_keywords(kwargs, known, "its arguments", search.__name__)
        return search(*args, **kwargs)

    return checked


@_explaining_arguments
def minimize(
    fn: Callable[..., object],
    space: AnySpace | None = None,
    *,
    n_trials: int | None = None,
    until: int | None = None,
    timeout: float | None = None,
    budget: float | None = None,
    stop_when: StopRule | None = None,
    n_workers: int = 1,
    study: Optimizer | str | PathLike[str] | None = None,
    sampler: AnySampler | None = None,
    seed: int | None = None,
    progress: bool | None = None,
    callbacks: Sequence[Callback] = (),
    catch: tuple[type[BaseException], ...] = (Exception,),
    trial_timeout: float | None = None,
    directions: Directions | None = None,
    points: Sequence[Mapping[str, Any]] = (),
    deduplicate: bool | None = None,
    pruner: AnyPruner | None = None,
    pausing: bool | None = None,
    earlier: Sequence[AnySource] | None = None,
    max_violation_probability: float | None = None,
    thresholds: Thresholds | None = None,
    allowed: Allowed | None = None,
    threads_per_worker: int | None = None,
    devices: Sequence[Device] | None = None,
    among: AnyCandidates | None = None,
) -> Result:
    """Search ``space`` for the configuration that minimizes ``fn``.

    Parameters
    ----------
    fn : callable
        ``fn(params)`` or ``fn(params, trial)``. The trial is passed if the function has a second positional parameter
        without a default, or one called ``trial``. ``params`` is a copy; ``trial`` has ``id``, ``params``, ``worker``,
        ``index``, ``report(step, value)``, ``report_fold(fold, value)``, ``steps``, ``folds``, ``fold_order(n)``,
        ``should_prune()``, ``tell_objectives(values)``, ``tell_constraints(constraints)``, ``infeasible`` and
        ``set_attr(name, value)``.
        The function returns a number, one number per objective, :class:`tanteo.Replicates`, None (the mean of the
        reported folds; without folds a failure) or a mapping of arguments of ``tell``: ``value``, ``sem``,
        ``constraints``, ``cost``, ``state``, ``reason``. Other keys become attributes of the trial; values that JSON
        cannot represent become text. The function may raise :class:`tanteo.Pruned` to end its trial early,
        :class:`tanteo.Paused` to pause it (``trial.resume_from`` is then the step to continue from),
        :class:`tanteo.Cancelled` for a failure that says nothing about the configuration, and
        :class:`tanteo.StopSearch` to end the search, which cancels its trial.
    space : SearchSpace or mapping, optional
        The search space; may be left out if ``study`` is given.
    n_trials : int, optional
        The number of trials told by this call, including failed, pruned and paused ones. Once the last new trial is
        running, paused trials may still go on, within the other limits; those still paused at the end remain stopped.
        Without ``n_trials``, ``until``, ``timeout``, ``budget`` and ``stop_when`` the search runs until the space is
        exhausted, a callback or the function stops it, or Ctrl-C.
    until : int, optional
        The total number of trials told when this call ends, including those told to ``study`` before and those that
        other processes work on. A script that calls ``minimize(..., study="sweep.db", until=100)`` and is restarted
        runs the remaining trials of the hundred.
    timeout : float, optional
        Seconds after which no further trial is started. Running trials are awaited and told; limit them with
        ``trial_timeout``.
    budget : float, optional
        What the search may spend in total, in the unit of the ``cost`` returned by ``fn``. If ``fn`` returns none, the
        cost of a trial is its duration in seconds. No trial is started or resumed once the amount spent plus the
        expected cost of the running trials reaches the budget. See :class:`tanteo.Optimizer` for its influence on
        suggestions. It replaces the budget of ``study``; earlier costs count towards it.
    stop_when : callable, optional
        Called with the optimizer after each trial that has ended or paused, and at the start of a search that has such
        trials; returns whether, or why, to stop. ``best`` is None as long as no trial is complete and feasible, so
        write ``lambda search: search.best is not None and ...``. See :mod:`tanteo.stopping`.
    n_workers : int
        With 1, trials are evaluated in this process. With more, they are evaluated in that many worker processes, and
        this process asks and tells. Each worker is a fresh interpreter, which does not run the calling script again and
        leads its own session. Functions of scripts and notebooks, lambdas and closures require ``cloudpickle``.
    study : Optimizer, Study or path, optional
        A search to continue in place; its space, sampler and seed are used. Its pending trials are evaluated first:
        after Ctrl-C or a crash the search continues as if it had not been interrupted. A path is that of a
        :class:`tanteo.Study`, which is created or continued; ``space`` and the options must then match the study.
        Several processes may run on one study: each evaluates its own trials, and takes over those of a process that
        has vanished (with a lease of 60 s; a trial is offered again three times before it fails).
    sampler, seed, deduplicate, pruner, pausing, directions
        As for :class:`tanteo.Optimizer`, which has the defaults of those left out. Use ``directions`` for several
        objectives, or to name them; ``fn`` may then return a mapping from the names.
    earlier : sequence, optional
        Earlier searches to learn from, as for :class:`tanteo.Optimizer`.
    max_violation_probability : float, optional
        The largest modelled probability that a suggestion violates a constraint or fails, as for
        :class:`tanteo.Optimizer`.
    thresholds : sequence or mapping, optional
        The worst acceptable value of each of several objectives, as for :class:`tanteo.Optimizer`.
    allowed : callable, optional
        A function that says which configurations may be tried, as for :class:`tanteo.Optimizer`.
    progress : bool, optional
        Whether to show progress on standard error; by default if that is a terminal, and in notebooks.
    callbacks : sequence of callables
        Called as ``callback(run, trial)`` after each tell; ``run`` has ``optimizer``, ``best``, ``n_told``,
        ``n_failed``, ``elapsed`` and ``stop()``. An exception of a callback ends the search and propagates.
    catch : tuple of exception types
        The exceptions of ``fn`` that do not end the search; by default every ``Exception``. The trial is told as
        failed, with the exception as its reason, and keeps the traceback (:attr:`FrozenTrial.traceback`). A value that
        ``tell`` refuses counts as such an exception. Other exceptions propagate; ``study`` keeps what was told.
    trial_timeout : float, optional
        Seconds after which the process of an evaluation is killed and its trial fails. With ``n_workers=1`` this uses
        one worker process.
    points : sequence of mappings
        Configurations to try first; they may be partial. Those that ``study`` already has, as a trial (in any state) or
        queued, are not queued again, so a restarted program continues. A partial one counts as known if a point with
        these values was queued before. Nothing is queued if the limits leave nothing to run. To repeat a
        configuration, use :meth:`Optimizer.enqueue`.
    threads_per_worker : int, optional
        The number of threads that libraries such as OpenMP and BLAS may use in each worker process (environment
        variables such as ``OMP_NUM_THREADS``). By default workers inherit the environment, and each of the
        ``n_workers`` processes may use every core.
    devices : sequence, optional
        The device of each worker process, such as ``["cuda:0", "cuda:1"]``; ``n_workers`` may then be left out. The
        worker ``trial.worker`` sees only ``devices[trial.worker]``, as ``"cuda:0"``: ``CUDA_VISIBLE_DEVICES`` is set
        before the process starts. A device may be an index among the devices that this process sees, a UUID, a tuple of
        devices, or ``"cpu"`` for none. Workers share a device that is named several times.
    among : Candidates or table, optional
        A table that new trials are chosen from, as for :meth:`Optimizer.ask`. Without ``space`` the space of a new
        search is that of the table. The search ends when no row is left. ``trial.index`` is the index of the row, and
        ``candidates.find(params)`` returns that of any configuration.

    Returns
    -------
    Result
        After Ctrl-C too, with ``result.interrupted`` true: everything told is kept, workers are killed, and running
        trials stay pending in ``result.optimizer``.

    Raises
    ------
    ArgumentError
        For an invalid argument, before anything is evaluated.

    Warns
    -----
    RuntimeWarning
        If ``fn`` returns what is no result of this search, such as one number where there are two objectives, or uses a
        name that this package does not have. If the first trial fails with what looks like a mistake in ``fn``
        (TypeError, NameError, AttributeError, KeyError, IndexError, ImportError or SyntaxError, raised outside
        installed packages, or a wrong argument of a call such as ``trial.report``): the warning names file and line. If
        instead the first five trials (or all, if there are fewer) fail with the same kind of reason. If a hundred
        trials in a row raise :class:`tanteo.Cancelled`, which ends the run (``result.stopped``). If ``fn`` returns a
        mapping with a key that resembles the name of an argument of ``tell``. The warning of :meth:`Optimizer.tell`.

    Notes
    -----
    With ``n_workers=1`` the result depends on the arguments and ``fn`` alone, and not on the durations of evaluations
    (unless a time limit ends them, or a ``budget`` is spent on them). With more workers it also depends on the order in
    which trials end.

    Each trial records the time of its evaluation (``started``, ``finished``, ``duration``). The logger ``"tanteo"``
    gets a line for each trial at level INFO.

    If a worker dies (a crash of native code, ``os._exit``, an out-of-memory kill), its trial fails and the worker is
    replaced.

    Examples
    --------
    >>> import tanteo as tt
    >>> result = tt.minimize(lambda p: (p["x"] - 1) ** 2, {"x": tt.Float(-5, 5)}, n_trials=30, seed=0)
    >>> len(result.trials)
    30
    """
    arguments = locals()
    settings = RunSettings(**{field.name: arguments[field.name] for field in fields(RunSettings)})
    objective = Objective(fn, catch)
    options = {name: arguments[name] for name in NAMES if name in arguments}
    space, among = _spanned(space, study, among)
    points = members(points, "points must be a list of configurations")
    if points and space is not None and isinstance(study, (str, PathLike)):  # a point that is refused creates no file
        _check_points(Optimizer(space), points)
    return _search(objective, _optimizer(space, study, options), points, budget, settings, among)


def _spanned(
    space: AnySpace | None, study: Optimizer | str | PathLike[str] | None, among: AnyCandidates | None
) -> tuple[AnySpace | None, AnyCandidates | None]:
    """Return the space and the table; a search without a space of its own has that of the table."""
    if among is None or space is not None or isinstance(study, Optimizer):
        return space, among
    is_new = study is None or not as_path(study).exists()
    if is_new and not isinstance(among, Candidates):
        among = Candidates(among)
    return (among.space if isinstance(among, Candidates) else None), among


def _with_arguments_of(search: Callable[_P, Result]) -> Callable[[Callable[..., Result]], Callable[_P, Result]]:
    """Show the arguments of another search, except the directions."""

    def shown_with(function: Callable[..., Result]) -> Callable[_P, Result]:
        signature = inspect.signature(search)
        shown = [parameter for name, parameter in signature.parameters.items() if name != "directions"]
        function.__signature__ = signature.replace(parameters=shown)  # type: ignore[attr-defined] # functions have it
        return function

    return shown_with


@_with_arguments_of(minimize)
@_explaining_arguments
def maximize(fn: Callable[..., object], space: AnySpace | None = None, **arguments: Any) -> Result:
    """Search ``space`` for the configuration that maximizes ``fn``.

    Parameters, result and errors are those of :func:`minimize`. For several objectives use ``minimize`` with
    ``directions``.
    """
    if "directions" in arguments:
        raise ArgumentError("maximize has one objective; for several, call minimize with directions")
    return minimize(fn, space, **arguments, directions=["maximize"])


def _search(
    objective: Objective,
    optimizer: Optimizer,
    points: Sequence[Mapping[str, Any]],
    budget: float | None,
    settings: RunSettings,
    among: AnyCandidates | None,
) -> Result:
    """Run the loop and return the result."""
    candidates = None if among is None else as_candidates(among, optimizer.space)
    objective.names = optimizer.objective_names or ()
    executor = _executor(objective, optimizer, settings)
    limits = Limits(settings.n_trials, settings.timeout, settings.until, settings.stop_when)
    run = Run(optimizer, limits, candidates)
    _prepare(run, points, budget)
    # Created after all checks, because it draws immediately.
    display = Progress(run, show=settings.progress)
    early_failures = EarlyFailures()
    watching: list[Callback] = [log_trial, early_failures, LookAlikes(), Cancellations()]
    callbacks = [*watching, lambda *_: display.update(), *settings.callbacks]
    try:
        Loop(run, executor, objective.catch, callbacks, display.update)()
    finally:
        display.close()
    early_failures.at_end(run)
    return Result(optimizer, stopped=run.stopped, wall_time=run.elapsed, stop_reason=run.stop_reason)


def _prepare(run: Run, points: Sequence[Mapping[str, Any]], budget: float | None) -> None:
    """Queue the points and change the budget, in one transaction: a refused call does not change a study."""
    optimizer = run.optimizer
    with sharing(optimizer).together():
        _check_points(optimizer, points)
        # In memory nothing but the budget itself is refused from here on.
        inside.change_budget(optimizer, budget)
        if run.most != 0 and (run.budget is None or inside.committed(run.optimizer) < run.budget):
            for point in inside.new_points(optimizer, points):
                optimizer.enqueue(point)


def _check_points(optimizer: Optimizer, points: Sequence[Mapping[str, Any]]) -> None:
    for k, point in enumerate(points):
        with named_in_errors(f"points[{k}]", point):
            inside.check_enqueue(optimizer, point, k)


def _executor(objective: Objective, optimizer: Optimizer, settings: RunSettings) -> Executor:
    channel = DirectChannel(optimizer)
    if not settings.needs_processes:
        return InProcess(objective, channel)
    # Imported here because importing multiprocessing is slow, and a search without workers does not need it.
    from tanteo.run.pool import Pool

    return Pool(objective, channel, settings)


def _optimizer(
    space: AnySpace | None, study: Optimizer | str | PathLike[str] | None, options: Mapping[str, Any]
) -> Optimizer:
    """Return a new optimizer, or the given one after checking that the arguments do not contradict it.

    Without directions one objective is minimized. A new search gets the budget; an existing one is not changed here.
    """
    if study is None:
        if space is None:
            raise ArgumentError(
                "minimize and maximize need a space, or study= with the path of a study or an Optimizer"
            )
        return Optimizer(space, **given(options))
    if isinstance(study, (str, PathLike)):
        return _opened(study, space, options)
    if not isinstance(study, Optimizer):
        raise no_study(study)
    _check_consistent(study, space, options)
    return study


def no_study(given: object) -> ArgumentError:
    """Return the error about a ``study=`` that is none."""
    expected = "study must be an Optimizer, a Study or the path of one"
    return ArgumentError(f"{expected}, got {shown(given)}{object_hint(given)}")


def _opened(path: str | PathLike[str], space: AnySpace | None, options: Mapping[str, Any]) -> Optimizer:
    """Return a study in a file. It gets a new budget only once nothing can be refused any more."""
    study = inside.with_initial_budget(path, space, **given(options), lease=_LEASE)
    try:
        _check_no_directions(study, options["directions"], StudyError)
    except StudyError:
        study.close()
        raise
    return study


def _check_consistent(study: Optimizer, space: AnySpace | None, options: Mapping[str, Any]) -> None:
    """Refuse arguments that contradict a given search."""
    directions, own = options["directions"], given(options)
    if extra := ", ".join(f"{name}=" for name in own if name not in ("directions", "budget")):
        raise ArgumentError(f"the study has its own settings; leave out {extra} beside study=")
    if space is not None:
        _check_space(space if isinstance(space, SearchSpace) else SearchSpace(space), study.space)
    _check_no_directions(study, directions, ArgumentError)
    expected, names = goals(None, directions)
    if tuple(expected) != study.directions or names not in (None, study.objective_names):
        actual = as_given(study.directions, study.objective_names)
        raise ArgumentError(f"the given study has the directions {actual}, expected {as_given(expected, names)}")


def _check_space(given: SearchSpace, stored: SearchSpace) -> None:
    if given == stored:
        return
    from tanteo.space.difference import space_difference  # imports json, which is needed for an error only

    difference = space_difference(given, stored, ("in the given space", "in that of the study"))
    raise ArgumentError(
        f"the space differs from that of the given study: {difference}; leave it out, or start a new study"
    )


def _check_no_directions(study: Optimizer, directions: Directions | None, refusal: type[TanteoError]) -> None:
    """Without directions, refuse a study that does not minimize a single objective."""
    if directions is not None or study.directions == ("minimize",):
        return
    actual = as_given(study.directions, study.objective_names)
    if len(actual) == 1:
        raise refusal(f"the study maximizes its objective (directions={actual}), minimize does not; use tt.maximize")
    raise refusal(
        f"the study has {len(actual)} objectives, and minimize without directions= has one; give directions={actual}"
    )
