"""Writes a study of this version to tests/study/files; tests check that later versions can open it.

``python -m support.study_file`` is part of ``make golden``.
"""

from __future__ import annotations

import platform
from pathlib import Path
from unittest import mock

import tanteo as tt
from tanteo.study import environment, schema

FOLDER = Path(__file__).parents[1] / "study" / "files"
#: The environment on record, which is not that of this machine.
_ENVIRONMENT = {"os": "Linux", "packages": {"tanteo": tt.__version__}, "cpu": "a processor", "gpus": []}


def write(folder: Path) -> None:
    """Write a study with complete, failed, pending and excluded trials, and one operation of most kinds."""
    path = folder / f"{schema.VERSION}.db"
    path.unlink(missing_ok=True)
    space = {
        "lr": tt.Float(1e-5, 0.1, log=True, default=0.001),
        "depth": tt.Int(1, 2**60),
        "kind": tt.Categorical(["a", None, True]),
        "momentum": tt.Float(0.0, 0.99, when={"kind": "a"}),
    }
    with tt.Study(path, space, sampler="tpe", seed=5, name="old", durability="off") as study:
        for k in range(20):
            trial = study.ask()
            study.report(trial, 1, 0.5)
            study.set_attr(trial, "n", k)
            if k == 7:
                study.tell(trial, state="failed", reason="out of memory")
            else:
                study.tell(trial, k / 8, constraints={"memory": -1.0}, cost=2.0)
        study.observe({"lr": 0.01, "depth": 3, "kind": "a", "momentum": 0.5}, tt.Replicates([0.25, 0.75]))
        study.enqueue({"depth": 4})
        study.annotate(2, "a note")
        study.add_artifact(2, "runs/2")
        study.exclude(3)
        study.retract(4)
        space["clip"] = tt.Float(0.0, 1.0)
        study.change_space({**space, "layers": tt.Int(1, 3)}, fill={"clip": 0.5, "layers": 2})
        study.change_space(space, fill={"layers": 2})
        study.ask(2)


if __name__ == "__main__":
    fixed = {
        "_unchanging": {"python": platform.python_version(), **_ENVIRONMENT},
        "repository": {"commit": None, "dirty": None},
        "identity": {"host": "a-host", "process": 7, "machine": None, "born": None},
        "_current_folder": "/",
    }
    for name, value in fixed.items():
        mock.patch.object(environment, name, return_value=value).start()
    with mock.patch("sys.argv", ["sweep.py"]):
        write(FOLDER)
