"""A study keeps the promises of samplers; those of copies aside, for a pickled study is the same file."""

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
    """Makes studies in folders that go when they do."""

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


# All but two groups: what models learn and how they grow does not depend on a file.
TAGS = ["valid", "history", "tell", "reproducible", "metamorphic", "state", "hygiene", "threads"]


@pytest.mark.parametrize("sampler", ["random", "auto"] if LONG else ["random"])
def test_a_study_keeps_the_promises_of_a_sampler(sampler):
    report = check_sampler(OnFile(sampler), tags=TAGS, profile=CHECKS)
    assert {one.status for one in report} <= {"passed", "skipped"}
