"""A study passes the checks of samplers, except those of copies: a pickled study is the same file."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path

import pytest

import tanteo as tt
from support.profile import CHECKS, LONG
from tanteo.testing import all_checks, check_sampler


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
# Without the long profile each group is checked with one sampler: the one with a model where a check depends on the
# results that a study hands on.
QUICK = {
    "random": ["valid", "history", "tell", "state", "hygiene", "threads"],
    "auto": ["reproducible", "metamorphic", "check_learns_a_bowl", "check_crash_regions_repel"],
}
QUICK["auto"] += ["check_early_results_still_count", "check_many_trials", "check_an_ask_is_not_quadratic"]
# The number of checks that need neither a copy of a study nor a sampler in Python.
LEAST = {"random": 54, "auto": 18}


def test_the_quick_run_has_checks_of_every_group():
    assert {check.group for tags in QUICK.values() for check in all_checks(tags)} >= set(TAGS)


@pytest.mark.parametrize("sampler", ["random", "tpe", "gp", "auto"] if LONG else QUICK)
def test_a_study_passes_the_checks_of_samplers(sampler):
    tags = TAGS if LONG else QUICK[sampler]
    report = check_sampler(OnFile(sampler), tags=tags, profile=CHECKS)
    need_more = {check.name for check in all_checks(tags) if {"save", "external"} & {*check.needs}}
    assert {outcome.name for outcome in report if outcome.status == "skipped"} == need_more
    assert len(report) - len(need_more) >= (67 if LONG else LEAST[sampler])
