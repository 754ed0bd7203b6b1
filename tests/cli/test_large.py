"""Commands read the columns of all trials, and single trials only if they print them."""

import pytest

import tanteo as tt
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
