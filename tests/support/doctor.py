"""Damaging the log of a study, and what the doctor makes of it."""

import sqlite3

import tanteo as tt
from tanteo.cli import main
from tanteo.study import check


def repaired(study, capsys, *lost, keep):
    """Damage the n-th operations of kinds, repair the study, and return the new one and what was said.

    With ``keep`` the state that is kept is that of the end; without there is none.
    """
    study._session._write_cache()
    study.close()
    with sqlite3.connect(study.path) as connection:
        for kind, n in lost:
            found = connection.execute("SELECT seq FROM log WHERE kind = ? ORDER BY seq", (kind,)).fetchall()
            connection.execute("UPDATE log SET sum = sum + 1 WHERE seq = ?", found[n])
        if not keep:
            connection.execute("DELETE FROM snapshot")
    connection.close()
    new = study.path.with_name("new.db")
    assert main(["doctor", str(study.path), "--repair", str(new)]) == 0
    assert check(new) == []
    return tt.Study(new), capsys.readouterr().out
