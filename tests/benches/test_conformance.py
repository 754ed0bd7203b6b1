"""The conformance pages: tables and programs made from the outcomes of checks."""

from __future__ import annotations

import json

import pytest
from benches.conformance import report
from benches.conformance.faults import FAULTS
from benches.conformance.subjects import SUBJECTS

from tanteo.testing import all_checks

CRASHES, RANGES = "check_crash_regions_repel", "check_narrow_logarithmic_ranges_are_kept"


def outcome(name, status, reason="", program=()):
    return {"name": name, "status": status, "reason": reason, "program": list(program)}


@pytest.fixture
def folder(tmp_path):
    """Return the outcomes of two samplers: the first fails one check and times out in another; the second passes."""
    by_sampler = {
        "rustuna-tpe": [outcome(CRASHES, "failed", "100% go there", ["t0 = opt.ask()"]), outcome(RANGES, "timeout")],
        "optuna-tpe": [outcome(CRASHES, "passed"), outcome(RANGES, "skipped")],
    }
    for name, outcomes in by_sampler.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(outcomes))
    return tmp_path


def test_the_page_names_the_check_that_finds_a_known_fault(folder):
    page = folder / "page.md"
    page.write_text("before\n<!-- found -->\nstale\n<!-- end -->\nafter\n")
    report.write(folder, page, folder / "programs")
    text = page.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "stale" not in text
    assert f"| the crash region attracts | `{CRASHES}` | rustuna-tpe |" in text
    assert "| one outlier blinds the model | not found |  |" in text
    assert "| `crash_regions_repel` | · | **fails** |" in text
    assert "| `narrow_logarithmic_ranges_are_kept` |  | no verdict |" in text


def test_each_sampler_has_a_file_of_programs(folder):
    programs = folder / "programs"
    page = folder / "page.md"
    page.write_text("<!-- found -->\n<!-- end -->")
    report.write(folder, page, programs)
    assert sorted(path.name for path in programs.iterdir()) == ["optuna-tpe.md", "rustuna-tpe.md"]
    assert "fails: 100% go there\n\n```py\nt0 = opt.ask()\n```" in (programs / "rustuna-tpe.md").read_text()
    assert "Every check that applies passed." in (programs / "optuna-tpe.md").read_text()


def test_the_checks_of_known_faults_exist():
    assert {name for fault in FAULTS for name in fault.checks} <= {check.name for check in all_checks()}


def test_the_committed_page_has_every_peer_and_every_known_fault():
    text = report.PAGE.read_text()
    for name in SUBJECTS:
        if not name.startswith("tanteo-"):
            assert f"[{name}](../conformance/programs/{name}.md)" in text
            assert (report.PROGRAMS / f"{name}.md").exists()
    for fault in FAULTS:
        assert f"| {fault.name} | `check_" in text
