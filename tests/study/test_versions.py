"""A file of every schema version opens and continues; version n wrote ``files/<n>.db``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import tanteo as tt
from tanteo.study import check, schema

FILES = Path(__file__).parent / "files"


def test_there_is_a_file_of_every_version():
    assert sorted(file.name for file in FILES.iterdir()) == [f"{n}.db" for n in range(1, schema.VERSION + 1)]


@pytest.mark.parametrize("version", range(1, schema.VERSION + 1))
@pytest.mark.parametrize("has_cache", [True, False])
def test_a_file_of_every_version_opens_and_continues(tmp_path, version, has_cache):
    path = tmp_path / "study.db"
    shutil.copy(FILES / f"{version}.db", path)
    if not has_cache:
        with tt.Study(path) as study, study._session.change():
            study._session.execute("DELETE FROM snapshot", ())
    assert check(path) == []
    study = tt.Study(path)
    trials = study.trials
    assert (study.name, study.seed, len(trials)) == ("old", 5, 23)
    assert list(study.space) == ["lr", "depth", "kind", "momentum", "clip"]
    assert [trial.id for trial in study.pending] == [4, 21, 22]
    assert (trials[7].reason, trials[2].note, trials[2].artifacts) == ("out of memory", "a note", ("runs/2",))
    assert [trial.id for trial in trials if trial.excluded] == [3]
    assert (trials[20].replicates, trials[20].origin) == (((0.25, 0.75),), "observed")
    assert (trials[1].host, trials[1].attrs, trials[1].steps) == ("a-host", {"n": 1}, {1: 0.5})
    assert (study.best.id, study.best.params["clip"]) == (0, 0.5)
    study.tell(study.ask(), -1.0, constraints=dict(trials[0].constraints))
    assert study.best.id == 23
    assert study.change_space({**study.space, "layers": tt.Int(1, 3)}) == []
    assert {trial.params["layers"] for trial in study.trials} == {2}
    study.close()
    assert check(path) == []
