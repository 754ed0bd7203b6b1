"""Opens a study in any storage of Optuna without writing to it, and converts it to a search."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from ..._internal.coercion import shown
from ..._internal.files import SNAPSHOT, SQLITE
from ..._internal.optional import require
from ..._internal.optuna_names import TABLES
from ...exceptions import ArgumentError, SpaceError, StudyError, TanteoError
from ...optimizer import Optimizer
from ...options import takes_import_options
from ...space.search_space import SearchSpace, as_space
from ...study.schema import APPLICATION
from ...trials.objectives import as_objective_name
from ..imported_trials import ImportedTrial, ImportNotes, fill, new_search
from .inference import infer
from .names import OPTUNA_PREFIX, TANTEO_PREFIX, WITH_NAME
from .reading import Reader, check_fits, evidence_of, is_lost, listed
from .studies import directions_of

if TYPE_CHECKING:
    from ...options import AnySpace, ImportOptions


@takes_import_options
def from_optuna(
    source: Any,
    study_name: str | None = None,
    *,
    space: AnySpace | None = None,
    path: str | os.PathLike[str] | None = None,
    **options: Unpack[ImportOptions],
) -> Optimizer:
    """Return a search with all trials of an Optuna study, ready to be continued.

    Complete, pruned and failed trials keep their values, reports, constraints, attributes and times. Running trials
    become pending, and waiting trials are queued. A failed or pruned trial may have ended before it had suggested all
    its parameters. It then gets random values for the others, which the attribute ``optuna/not_suggested`` names. A
    running trial that lacks some gets those that were enqueued for it, and is queued if it still lacks some. System
    attributes of Optuna become attributes ``optuna/<key>``. A trial that was excluded when :func:`to_optuna` wrote it
    is excluded again.

    Parameters
    ----------
    source
        An Optuna study or storage, the URL of a database (``"sqlite:///old.db"``), or the path of an SQLite or journal
        file. It is not modified.
    study_name
        The name of the study, if there are several.
    space
        The search space. By default it is inferred from the trials in all states. If ranges differ, the smallest range
        that contains them all is taken. A parameter that some trials lack gets the condition that explains its
        absence; of several, one that the trials determine best. If no condition does, a choice ``"<name> used"``
        between True and False is added, on which the parameter depends. If a short rule explains it, known constraints
        make that choice follow the rule. An inferred space contains every finished trial.
    path
        A new file in which the search is kept as a :class:`tanteo.Study`. By default it is kept in memory.
    sampler, seed, deduplicate, pruner, pausing, budget, earlier, max_violation_probability, thresholds, allowed
        As for :class:`tanteo.Optimizer`.

    Returns
    -------
    Optimizer or Study
        The search. Ids are the numbers of Optuna unless a trial was queued or left aside. From then on, each trial has
        its number as the attribute ``optuna/number``.

    Warns
    -----
    UserWarning
        Once, if something could not be imported unchanged: a trial that ended before its configuration was complete,
        an infinitely good value, a condition that the trials do not determine. Every trial that does not fit into the
        given ``space`` is named with the reason.

    Raises
    ------
    StudyError
        If there is no such file or study, or ``path`` exists.
    SpaceError
        If the space cannot be inferred from the trials, because none has a parameter or one is of several kinds; the
        message suggests ``space=``. Also if no trial fits the given space.
    ImportError
        If Optuna is not installed (``pip install 'tanteo[optuna]'``).

    Examples
    --------
    >>> from tanteo.integrations.optuna import from_optuna
    >>> search = from_optuna("sqlite:///old.db", "my-study")                                  # doctest: +SKIP
    >>> search.best.params                                                                    # doctest: +SKIP
    {'lr': 0.0012, 'optimizer': 'adam'}
    """
    study = open_study(source, study_name, "from_optuna")
    trials, notes = study.get_trials(deepcopy=False), ImportNotes()
    search_space, imported = _read(trials, space, notes)
    _note_attributes(study, trials, notes)
    directions = directions_of(study)
    # A list, or None if the objectives have no names.
    names = study.metric_names
    objective_directions = (
        directions if names is None else dict(zip(map(as_objective_name, names), directions, strict=True))
    )
    search = new_search(search_space, objective_directions, path=path, name=study.study_name, options=options)
    fill(search, _numbered(imported, trials, search), notes)
    notes.warn(f"Optuna study {study.study_name!r}")
    return search


def _read(
    trials: Sequence[Any], given_space: AnySpace | None, notes: ImportNotes
) -> tuple[SearchSpace, list[ImportedTrial]]:
    """Return the space, which is inferred if none is given, and the trials in it."""
    evidence = [evidence_of(trial) for trial in trials]
    if given_space is None:
        inferred = infer(evidence)
        space, configurations = inferred.space, [inferred.configuration(each) for each in evidence]
        for note in inferred.notes:
            notes.add("the space", note)
    else:
        space, configurations = as_space(given_space), [{**each.queued, **each.params} for each in evidence]
    reader = Reader(space, notes)
    imported = [reader.read(trial, params) for trial, params in zip(trials, configurations, strict=True)]
    reader.close()
    if given_space is not None:
        _check_any_fits(imported, space)
    return space, imported


def _numbered(imported: Sequence[ImportedTrial], trials: Sequence[Any], search: Any) -> Iterator[ImportedTrial]:
    """Iterate over the trials; one whose number differs from its new id gets the number as an attribute."""
    for each, trial in zip(imported, trials, strict=True):
        is_same = len(search) == trial.number
        yield each if is_same else replace(each, attrs={**each.attrs, f"{OPTUNA_PREFIX}number": trial.number})


def _note_attributes(study: Any, trials: Sequence[Any], notes: ImportNotes) -> None:
    """Note the attributes that are left out: those of the study, and those of trials that look like data of Tanteo."""
    if lost := [name for name in study.user_attrs if not name.startswith(TANTEO_PREFIX)]:
        notes.add("the study", f"without its attributes {listed(lost)}, since a search has none")
    gone = {name: None for trial in trials for name in trial.user_attrs if is_lost(name)}
    if gone:
        kept = f"of those that begin with {TANTEO_PREFIX}, results are kept"
        notes.add("the trials", f"without the attributes {listed(list(gone))}; {kept}")


def _check_any_fits(trials: Sequence[ImportedTrial], space: SearchSpace) -> None:
    """Raise an error if no trial fits the space, before anything is created.

    Queued points, which may lack parameters, say nothing of the space if there are other trials.
    """
    error: Exception | None = None
    for trial in [trial for trial in trials if trial.state != "waiting"] or trials:
        try:
            check_fits(trial, space)
        except TanteoError as problem:
            error = error or problem
        else:
            return
    if error is not None:
        raise SpaceError(f"no trial of the study fits into the given space: {error}")


_SQLITE_URL = "sqlite:///"
_OTHER_SPACE = "A search of another space may start from it with earlier="


def open_study(source: Any, study_name: str | None, needed_by: str) -> Any:
    """Return an Optuna study.

    Parameters
    ----------
    source
        An Optuna study or storage, the URL of a database, or the path of an SQLite or journal file.
    study_name
        The name of the study; required if the storage holds several.
    needed_by
        The function that the user called, for messages.

    Raises
    ------
    StudyError
        If there is no such file or study, or the file is not one of Optuna.
    """
    if isinstance(source, str | os.PathLike):
        _refuse_own(Path(os.fspath(source).removeprefix(_SQLITE_URL).partition("?")[0]))
    optuna = require("optuna", extra="optuna", needed_by=needed_by)
    if isinstance(source, optuna.Study):
        return source
    storage = source if isinstance(source, optuna.storages.BaseStorage) else _storage(source, needed_by)
    names = [study.study_name for study in storage.get_all_studies()]
    if study_name is None and len(names) == 1:
        study_name = names[0]
    if study_name not in names:
        listed = ", ".join(map(repr, names[:20])) or "none"
        hint = "name one of them" if study_name is None else f"there is no {study_name!r}"
        raise StudyError(f"{shown(source)} holds the studies: {listed}; {hint} {WITH_NAME}")
    return optuna.load_study(study_name=study_name, storage=storage)


def _refuse_own(file: Path) -> None:
    """Raise an error that says what to do with a search of Tanteo, which needs no import."""
    if not file.is_file():
        return
    with file.open("rb") as opened:
        first_bytes = opened.read(len(SQLITE))
    if first_bytes.startswith(SNAPSHOT):
        raise StudyError(f"{file} is a search of Tanteo: open it with tt.Optimizer.load. {_OTHER_SPACE}")
    if first_bytes == SQLITE and _asked(file, "PRAGMA application_id") == [(APPLICATION,)]:
        raise StudyError(
            f"{file} is a study of Tanteo: open it with tt.Study; change_space(space, fill=) of the study changes its "
            f"space. {_OTHER_SPACE}"
        )


def _asked(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Return the answer of an SQLite file to a query that changes nothing."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(query).fetchall()
    except sqlite3.DatabaseError as error:
        raise StudyError(f"{file} cannot be read: {error}") from error
    finally:
        connection.close()


def _storage(source: Any, needed_by: str) -> Any:
    if not isinstance(source, str | os.PathLike):
        raise ArgumentError(
            "expected a study of Optuna, one of its storages, the URL of a database or the path of a file, got "
            f"{shown(source)}"
        )
    text = os.fspath(source)
    if text.startswith(_SQLITE_URL):
        return _sqlite(text.removeprefix(_SQLITE_URL), text, needed_by)
    if "://" in text:
        return _database(text, needed_by)
    with Path(text).open("rb") as file:
        first_bytes = file.read(len(SQLITE))
    return (
        _sqlite(text, _SQLITE_URL + text, needed_by)
        if first_bytes == SQLITE
        else _journal(text, first_bytes, needed_by)
    )


def _sqlite(path: str, url: str, needed_by: str) -> Any:
    """Open an SQLite file after checking that it is one of Optuna; Optuna would create it, or add its tables."""
    file = Path(path.partition("?")[0])
    if not file.is_file():
        raise StudyError(f"there is no file {file}")
    tables = {name for (name,) in _asked(file, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables >= TABLES:
        raise StudyError(f"{file} is an SQLite file, but holds no studies of Optuna")
    return _database(url, needed_by)


def _database(url: str, needed_by: str) -> Any:
    storages = require("optuna.storages", extra="optuna", needed_by=needed_by)
    try:
        return storages.RDBStorage(url, skip_table_creation=True)
    except Exception as error:  # drivers, SQLAlchemy and Optuna raise errors of many classes
        raise StudyError(f"Optuna cannot open {url}: {type(error).__name__}: {error}") from error


def _journal(path: str, first_bytes: bytes, needed_by: str) -> Any:
    if not first_bytes.lstrip().startswith(b"{"):
        raise StudyError(f"{path} is neither an SQLite file nor a journal of Optuna")
    journal, storages = (
        require("optuna.storages.journal", extra="optuna", needed_by=needed_by),
        require("optuna.storages", extra="optuna", needed_by=needed_by),
    )
    try:
        return storages.JournalStorage(journal.JournalFileBackend(path))
    except Exception as error:  # depends on the content of the file
        raise StudyError(f"Optuna cannot read the journal {path}: {type(error).__name__}: {error}") from error
