"""A study passes the checks of samplers, except those of copies: a pickled study is the same file."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path

import pytest

import tanteo as tt
from support.profile import CHECKS, LONG
from tanteo.testing import check_sampler


class OnFile:
    """A factory that gives each study a folder of its own and deletes the folder with the study."""

    capabilities = {"save": False}  # noqa: RUF012 - read, never changed

    def __init__(self, sampler):
        self.sampler = sampler
        self.name = f"Study({sampler})"

    def __call__(self, space, *, seed, direction=None, directions=None, deduplicate=None):
        folder = tempfile.mkdtemp(prefix="tanteo-study-")
        options = {"direction": direction, "directions": directions, "deduplicate": deduplicate}
        path = Path(folder, "study.db")
        study = tt.Study(path, space, seed=seed, sampler=self.sampler, durability="off", **options)
        weakref.finalize(study, shutil.rmtree, folder, ignore_errors=True)
        return study


# All groups but "learns" and "scale", which do not depend on a file.
TAGS = ["valid", "history", "tell", "reproducible", "metamorphic", "state", "hygiene", "threads"]


@pytest.mark.parametrize("sampler", ["random", "auto"] if LONG else ["random"])
def test_a_study_passes_the_checks_of_samplers(sampler):
    report = check_sampler(OnFile(sampler), tags=TAGS, profile=CHECKS)
    assert {outcome.status for outcome in report} <= {"passed", "skipped"}
