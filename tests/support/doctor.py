"""Damages the log of a study and repairs it with ``tanteo doctor``."""

import sqlite3

import tanteo as tt
from tanteo.cli import main
from tanteo.study import check


def repaired(study, capsys, *damaged, keep):
    """Damage log entries, repair the study, and return the new study and the output.

    ``damaged`` holds pairs ``(kind, n)``: the n-th operation of a kind. With ``keep`` the final state stays cached;
    without it, no state is cached.
    """
    study._session._write_cache()
    study.close()
    with sqlite3.connect(study.path) as connection:
        for kind, n in damaged:
            rows = connection.execute("SELECT seq FROM log WHERE kind = ? ORDER BY seq", (kind,)).fetchall()
            connection.execute("UPDATE log SET sum = sum + 1 WHERE seq = ?", rows[n])
        if not keep:
            connection.execute("DELETE FROM snapshot")
    connection.close()
    new = study.path.with_name("new.db")
    assert main(["doctor", str(study.path), "--repair", str(new)]) == 0
    assert check(new) == []
    return tt.Study(new), capsys.readouterr().out
