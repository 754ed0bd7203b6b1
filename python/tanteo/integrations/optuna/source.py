"""Opens a study in any storage of Optuna without writing to it."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from ..._internal.coercion import shown
from ..._internal.files import SNAPSHOT, SQLITE
from ..._internal.optional import require
from ...exceptions import ArgumentError, StudyError
from ...study.schema import APPLICATION

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
        raise StudyError(f"{shown(source)} holds the studies: {listed}; {hint} (study_name=)")
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
    if not {"studies", "trials", "trial_params"} <= tables:
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
