"""Commands read the columns of all trials, and single trials only if they print them."""

import numpy as np
import pytest

import tanteo as tt
from support.processes import python
from tanteo.run.history import history, outcomes
from tanteo.study import log
from tanteo.study.trials import StudyTrials


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "sweep.db"
    with tt.Study(path, {"x": tt.Float(0.0, 1.0)}, seed=0, sampler="random", durability="off") as study:
        for number, trial in enumerate(study.ask(300)):
            study.tell(trial, trial.params["x"] if number % 10 else None)
    return path


@pytest.fixture
def n_read(monkeypatch):
    """Return a list with the id of each trial that is read."""
    read, original = [], StudyTrials._read
    monkeypatch.setattr(StudyTrials, "_read", lambda self, number: read.append(number) or original(self, number))
    return read


@pytest.mark.parametrize(
    "arguments",
    [
        ("--limit", 5),
        ("--limit", 5, "--reverse"),
        ("--limit", 5, "--sort", "value"),
        ("--limit", 5, "--state", "failed"),
    ],
)
def test_listing_five_trials_reads_five(path, run, n_read, arguments):
    assert len(run("trials", path, *arguments).splitlines()) == 6
    assert len(n_read) == 5


@pytest.mark.parametrize("command", ["show", "best"])
def test_a_summary_reads_few_trials_one_by_one(path, run, n_read, command):
    run(command, path)
    assert len(n_read) < 20


def test_an_export_reads_no_single_trial(path, run, n_read):
    assert len(run("export", path).splitlines()) == 301
    assert n_read == []


def test_outcomes_are_those_of_the_columns(tmp_path):
    with tt.Study(tmp_path / "s.db", {"x": tt.Float(0.0, 1.0)}, seed=0, sampler="random", pausing=True) as study:
        ends = [
            lambda trial: study.tell(trial, -1.0, constraints={"c": 1.0}),
            lambda trial: study.tell(trial, state="failed", reason="broke\nhere"),
            lambda trial: study.tell(trial, 2.0, sem=0.5),
            lambda trial: study.report(trial, 1, 3.0) or study.tell(trial, state="pruned"),
            lambda trial: study.report(trial, 1, 3.0) or study.tell(trial, state="paused"),
            lambda trial: study.tell(trial, 0.0) or study.exclude(trial.id),
            lambda trial: None,
        ]
        for end, trial in zip(ends, study.ask(len(ends)), strict=True):
            end(trial)
        short, whole = outcomes(study), history(study)
        assert short.states == whole.states
        assert len(set(short.states)) == 5
        for name in ("values", "feasible", "excluded", "losses"):
            assert np.array_equal(getattr(short, name), getattr(whole, name), equal_nan=name == "values"), name
        assert short.improvements == whole.improvements != []


def test_a_page_of_plotly_shares_its_library(path, run, tmp_path):
    said = run("plot", path, "history", "--out", tmp_path / "a.html")
    run("plot", path, "slice", "--out", tmp_path / "b.html")
    assert {file.name for file in tmp_path.iterdir()} == {"a.html", "b.html", "plotly.min.js"}
    assert max((tmp_path / name).stat().st_size for name in ("a.html", "b.html")) < 200_000
    assert "plotly.min.js beside it" in said
    assert run("plot", path, "history", "--out", tmp_path / "c.html", "--standalone") == ""
    assert (tmp_path / "c.html").stat().st_size > 1_000_000


def test_rows_are_compared_with_their_checksums_many_at_once(path, run, monkeypatch):
    compare, sizes = log.follow, []
    monkeypatch.setattr(log, "follow", lambda rows, tail: sizes.append(len(rows)) or compare(rows, tail))
    run("trials", path, "--limit", 1)
    assert sum(sizes) > 300
    assert len(sizes) <= sum(sizes) / 20


def test_a_command_loads_no_other_command(path):
    code = f"import sys; from tanteo.cli import main; main(['show', {str(path)!r}]); print(*sys.modules)"
    loaded = set(python(code).stdout.splitlines()[-1].split())
    assert "tanteo.cli.page" in loaded
    assert not loaded & {"tanteo.cli.doctor", "tanteo.cli.asking", "tanteo.cli.live", "importlib.metadata", "plotly"}
