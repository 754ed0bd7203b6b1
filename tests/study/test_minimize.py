"""A program that calls ``minimize(study=...)`` continues when it is run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import tanteo as tt

SPACE = {"x": tt.Float(-1.0, 1.0), "n": tt.Int(1, 9)}


def loss(params):
    return params["x"] ** 2 + params["n"]


def test_a_study_is_started_and_continued_by_its_path(tmp_path):
    path = tmp_path / "sweep.db"
    first = tt.minimize(loss, SPACE, study=str(path), n_trials=5, seed=0)
    second = tt.minimize(loss, SPACE, study=path, until=12, seed=0)
    in_memory = tt.minimize(loss, SPACE, n_trials=12, seed=0)
    assert [trial.params for trial in second.trials] == [trial.params for trial in in_memory.trials]
    assert (len(first.trials), second.stopped) == (5, "until")
    assert tt.minimize(loss, study=path, until=12).stopped == "until"
    assert len(second.study.trials) == 12
    assert isinstance(second.study, tt.Study)


def test_the_error_for_other_options_names_them(tmp_path):
    tt.minimize(loss, SPACE, study=tmp_path / "sweep.db", n_trials=1, seed=0)
    with pytest.raises(tt.StudyError, match="seed=0"):
        tt.minimize(loss, SPACE, study=tmp_path / "sweep.db", seed=1)
    with pytest.raises(tt.StudyError, match="directions"):
        tt.maximize(loss, SPACE, study=tmp_path / "sweep.db")


def test_a_default_that_is_given_must_agree_too(tmp_path):
    tt.Study(tmp_path / "sweep.db", SPACE, sampler="tpe", deduplicate=False).close()
    for option in ({"sampler": "auto"}, {"deduplicate": True}):
        with pytest.raises(tt.StudyError, match=next(iter(option))):
            tt.minimize(loss, study=tmp_path / "sweep.db", n_trials=1, **option)
    tt.minimize(loss, study=tmp_path / "sweep.db", n_trials=1, sampler="tpe", pausing=False)


@pytest.mark.parametrize(
    ("directions", "hint"),
    [
        ({"loss": "minimize", "size": "minimize"}, r"; give directions=\{'loss': 'minimize', 'size': 'minimize'\}$"),
        (["minimize", "maximize"], r"; give directions=\['minimize', 'maximize'\]$"),
        (
            {"accuracy": "maximize"},
            r"maximizes its objective \(directions=\{'accuracy': 'maximize'\}\), minimize does not; use tt.maximize$",
        ),
    ],
)
def test_the_error_for_missing_directions_names_them(tmp_path, directions, hint):
    tt.Study(tmp_path / "sweep.db", SPACE, directions=directions).close()
    with pytest.raises(tt.StudyError, match=hint):
        tt.minimize(loss, study=tmp_path / "sweep.db", n_trials=1)
    with pytest.raises(tt.ArgumentError, match=hint):
        tt.minimize(loss, study=tt.Optimizer(SPACE, directions=directions), n_trials=1)
    assert len(tt.Study(tmp_path / "sweep.db", read_only=True)) == 0


def test_a_point_that_is_refused_creates_no_study(tmp_path):
    with pytest.raises(tt.ParameterError, match=r"9\.0 is not"):
        tt.minimize(loss, SPACE, study=tmp_path / "sweep.db", points=[{"x": 0.5}, {"x": 9.0}], n_trials=1)
    assert not [*tmp_path.iterdir()]


def test_errors_name_the_ways_out(tmp_path):
    path = tmp_path / "sweep.db"
    tt.minimize(loss, SPACE, study=path, n_trials=1, budget=9.0).study.close()
    with pytest.raises(tt.StudyError, match="open it without read_only to change the budget, or leave it out"):
        tt.Study(path, budget=5.0, read_only=True)
    with pytest.raises(tt.StudyError, match=r"; use tt\.minimize, leave directions out of tt\.Study, or give another"):
        tt.maximize(loss, study=path, n_trials=1)
    with pytest.raises(tt.StudyError, match=r"; leave the space out, change it with Study\.change_space, or give ano"):
        tt.minimize(loss, {"x": tt.Float(-2.0, 1.0), "n": tt.Int(1, 9)}, study=path, n_trials=1)
    with pytest.raises(tt.ArgumentError, match="need a space, or study= with the path of a study or an Optimizer"):
        tt.minimize(loss, n_trials=1)
    tt.Study(tmp_path / "two.db", SPACE, directions=["minimize", "maximize"]).close()
    with pytest.raises(tt.StudyError, match=r"use tt\.minimize with directions=\['minimize', 'maximize'\], leave"):
        tt.minimize(loss, study=tmp_path / "two.db", directions=["minimize", "minimize"], n_trials=1)


def test_a_budget_that_is_already_spent_is_logged(tmp_path, caplog):
    def priced(params):
        return {"value": loss(params), "cost": 2.0}

    path = tmp_path / "sweep.db"
    tt.minimize(priced, SPACE, study=path, budget=6.0).study.close()
    tt.minimize(priced, SPACE, study=path, budget=6.0).study.close()
    tt.Study(path, budget=7.0).close()
    assert caplog.records == []
    for open_study in (lambda: tt.Study(path, budget=5.0), lambda: tt.minimize(priced, study=path, budget=4.0).study):
        open_study().close()
    assert [record.getMessage() for record in caplog.records] == [
        f"the budget of the search is now {budget}, and 6 is already spent: no run starts another trial"
        for budget in (5, 4)
    ]


def test_attributes_failures_and_workers_are_recorded(tmp_path):
    def careless(params, trial):
        trial.set_attr("epochs", 3)
        if trial.id == 1:
            raise ValueError("too large")
        return {"value": loss(params), "machine": "a"}

    result = tt.minimize(careless, SPACE, study=tmp_path / "sweep.db", n_trials=3, seed=0, sampler="tpe")
    result.study.close()
    study = tt.Study(tmp_path / "sweep.db")
    good, bad, _ = study.trials
    assert good.attrs == {"epochs": 3, "machine": "a"}
    assert (bad.state, bad.reason) == ("failed", "ValueError: too large")
    assert "careless" in bad.traceback
    assert good.process == os.getpid()
    assert good.host == study.environment["host"]
    assert 0.0 <= good.duration == good.finished - good.started
    assert [trial.sampler for trial in study.trials] == ["tpe"] * 3
    # A tell with its attributes and its evaluation is one transaction.
    kinds = [kind.decode() for (kind,) in study._session.rows("SELECT kind FROM log ORDER BY seq")]
    assert kinds[:7] == ["create", "run", "ask", "attr", "tell", "evaluation", "attr"]


def test_worker_processes_write_to_the_study(tmp_path):
    result = tt.minimize(loss, SPACE, study=tmp_path / "sweep.db", n_trials=6, n_workers=2, seed=0)
    assert {trial.state for trial in tt.Study(tmp_path / "sweep.db").trials} == {"complete"}
    assert len(result.trials) == 6


_PROGRAM = """
    import os, signal, sys, tanteo as tt

    def loss(params, trial):
        if trial.id == int(sys.argv[2]):
            os.kill(os.getpid(), int(sys.argv[3]))
        return params["x"] ** 2 + params["n"]

    space = {"x": tt.Float(-1.0, 1.0), "n": tt.Int(1, 9)}
    tt.minimize(loss, space, study=sys.argv[1], until=9, seed=0)
"""


@pytest.mark.parametrize("stop_signal", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_program_continues_where_it_stopped(tmp_path, stop_signal):
    script, path = tmp_path / "program.py", tmp_path / "sweep.db"
    script.write_text(textwrap.dedent(_PROGRAM))
    command = [sys.executable, str(script), str(path)]
    subprocess.run([*command, "4", str(int(stop_signal))], check=False, timeout=300)
    stopped = tt.Study(path, read_only=True)
    assert [trial.id for trial in stopped.pending] == [4]
    subprocess.run([*command, "-1", "0"], check=True, timeout=300)
    study = tt.Study(path)
    in_memory = tt.minimize(loss, SPACE, n_trials=9, seed=0)
    assert [trial.params for trial in study.trials] == [trial.params for trial in in_memory.trials]
    assert [trial.state for trial in study.trials] == ["complete"] * 9
    # Ctrl-C releases the trial. After a kill its worker has vanished, so the trial uses up a retry.
    assert study.trials[4].retries == (stop_signal == signal.SIGKILL)
    assert len(study.environments) == 2


def test_two_programs_share_the_work_of_one_study(tmp_path):
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(_PROGRAM).replace("until=9", "until=20"))
    path = tmp_path / "sweep.db"
    running = [subprocess.Popen([sys.executable, str(script), str(path), "-1", "0"]) for _ in range(2)]
    assert [program.wait(timeout=300) for program in running] == [0, 0]
    study = tt.Study(path)
    assert [trial.state for trial in study.trials] == ["complete"] * 20


_ASKS = """
    import os, signal, sys, tanteo as tt
    tt.Study(sys.argv[1]).ask(4)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("max_retries", [3, 0])
@pytest.mark.parametrize("lease", [None, 60.0])
def test_trials_of_a_killed_process_count_towards_until(tmp_path, lease, max_retries):
    path = tmp_path / "sweep.db"

    def careful(params, trial):
        if trial.id == 5:
            subprocess.run([sys.executable, "-c", textwrap.dedent(_ASKS), str(path)], check=False, timeout=300)
        return loss(params)

    with tt.Study(path, SPACE, seed=0, lease=lease, max_retries=max_retries) as study:
        assert tt.minimize(careful, study=study, until=10).stopped == "until"
        assert (len(study), study.pending) == (10, [])
        # A trial without retries left fails and still counts as one of the ten.
        final_state = "complete" if max_retries else "failed"
        assert [trial.state for trial in study.trials if trial.id in range(6, 10)] == [final_state] * 4


def test_the_environment_of_a_study_is_recorded(tmp_path):
    with tt.Study(tmp_path / "sweep.db", SPACE) as study:
        assert study.environment is None
        study.ask()
    recorded = study.environment
    assert recorded["packages"]["numpy"] == __import__("numpy").__version__
    assert recorded["process"] == os.getpid()
    assert recorded["argv"] == sys.argv
    json.dumps(recorded)
    assert study.environment_changes() == []


def test_the_packages_are_those_of_their_metadata(tmp_path, monkeypatch):
    from importlib import metadata

    from tanteo.study import environment

    texts = {
        "a-1.dist-info/METADATA": "Metadata-Version: 2.1\nname: A.b\nVersion: 1.0\nLicense: x\n  Name: c\n\nName: d",
        "e.egg-info/PKG-INFO": "Metadata-Version: 1.0\nName:  e\nVersion: 2\n",
        "f-3.egg-info": "Name: f\nVersion: 3\n",
        "removed-4.dist-info/RECORD": "",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    packages = environment._packages()
    assert {name: packages.get(name) for name in ("A.b", "e", "f")} == {"A.b": "1.0", "e": "2", "f": "3"}
    parsed = {distribution.metadata["Name"]: distribution.version for distribution in metadata.distributions()}
    assert packages == {name: version for name, version in parsed.items() if name}
    assert list(packages) == sorted(packages, key=str.casefold)


def test_a_change_of_code_or_packages_is_shown(tmp_path, monkeypatch):
    from tanteo.study import environment

    with tt.Study(tmp_path / "sweep.db", SPACE) as study:
        study.ask()
    packages = {**environment._unchanging(), "packages": {"numpy": "1.0"}}
    monkeypatch.setattr(environment, "_unchanging", lambda: packages)
    monkeypatch.setattr(environment, "repository", lambda _: {"commit": "4f1a", "dirty": True})
    with tt.Study(tmp_path / "sweep.db") as study:
        study.ask()
    changes = study.environment_changes()
    assert any(line.startswith("commit: ") and line.endswith("-> 4f1a") for line in changes)
    assert any(line.startswith("package numpy: ") and line.endswith("-> 1.0") for line in changes)


ENDS = {
    "cancelled": lambda study, trial: study.cancel(trial),
    "complete": lambda study, trial: study.tell(trial, 7.0),
    "failed": lambda study, trial: study.tell(trial, state="failed"),
}


def take_over(study, trial):
    """Take a trial from a process that is taken for vanished."""
    study.refresh()
    with study._session.change():
        body = {"run": study._session.run, "trial": trial, "time": time.time(), "retried": True}
        study._session.do("offer", body)


@pytest.mark.parametrize("returned", [0.5, "nonsense"])
@pytest.mark.parametrize("n_workers", [1, 2])
@pytest.mark.parametrize("end", ENDS)
def test_a_trial_that_is_ended_elsewhere_keeps_that_end(tmp_path, caplog, end, n_workers, returned):
    path, end_it = tmp_path / "sweep.db", ENDS[end]

    def slow(params, trial):
        if trial.id != 2:
            return 0.5
        with tt.Study(path) as other:
            end_it(other, trial.id)
        return returned

    result = tt.minimize(slow, SPACE, study=path, n_trials=6, seed=0, n_workers=n_workers)
    ended = result.trials[2]
    assert (ended.state, ended.excluded) == ("failed" if end == "cancelled" else end, end == "cancelled")
    assert ended.value == (7.0 if end == "complete" else None)
    assert (result.stopped, len(result.trials)) == ("n_trials", 6)
    assert [record.getMessage() for record in caplog.records] == [
        f"trial 2 was ended elsewhere while it ran here: it is {end}, and what it returned here is dropped"
    ]


@pytest.mark.parametrize("fits", [True, False])
@pytest.mark.parametrize("reports", [True, False])
def test_a_trial_that_runs_while_the_space_is_narrowed_goes_on_if_it_fits(tmp_path, caplog, fits, reports):
    path = tmp_path / "sweep.db"

    def slow(params, trial):
        if trial.id == 2:
            with tt.Study(path) as other:
                other.change_space({"x": tt.Float(0.0, params["x"] + (1e-9 if fits else -1e-9))})
        if reports:
            trial.report(0, params["x"])
        return params["x"]

    result = tt.minimize(slow, {"x": tt.Float(0.0, 1.0)}, study=path, n_trials=6, seed=0)
    ended = result.trials[2]
    assert (ended.state, ended.excluded) == (("complete", False) if fits else ("failed", True))
    assert (result.stopped, len(result.trials)) == ("n_trials", 6)
    reason = "it is cancelled (it does not fit into the space, which was changed), and what it returned here is dropped"
    assert caplog.messages == ([] if fits else [f"trial 2 was ended elsewhere while it ran here: {reason}"])


def test_the_dropped_cost_of_a_trial_that_is_ended_elsewhere_leaves_the_budget_in_seconds(tmp_path):
    path = tmp_path / "sweep.db"

    def slow(params, trial):
        if trial.id != 2:
            return 0.5
        with tt.Study(path) as other:
            other.cancel(trial.id)
        return {"value": 0.5, "cost": 7.0}

    result = tt.minimize(slow, SPACE, study=path, n_trials=6, budget=1000.0, seed=0)
    assert [trial.id for trial in result.trials if trial.cost is None] == [2]


REPORTS = {
    "report": lambda trial: trial.report(1, 0.5),
    "report_fold": lambda trial: trial.report_fold(0, 0.5),
    "tell_constraints": lambda trial: trial.tell_constraints({"c": 0.5}),
}


@pytest.mark.parametrize("n_workers", [1, 2])
@pytest.mark.parametrize("report", REPORTS)
def test_a_report_of_a_trial_that_is_ended_elsewhere_does_not_end_the_run(tmp_path, caplog, report, n_workers):
    path, report_it = tmp_path / "sweep.db", REPORTS[report]

    def slow(params, trial):
        if trial.id == 2:
            with tt.Study(path) as other:
                other.cancel(trial.id)
            report_it(trial)
        return 0.5

    result = tt.minimize(slow, SPACE, study=path, n_trials=6, seed=0, n_workers=n_workers, catch=(OSError,))
    assert (result.stopped, len(result.trials)) == ("n_trials", 6)
    assert [trial.id for trial in result.trials if trial.excluded] == [2]
    assert "trial 2 was ended elsewhere" in caplog.text


@pytest.mark.parametrize("n_workers", [1, 2])
def test_a_report_of_a_trial_that_was_taken_over_does_not_end_the_run(tmp_path, caplog, n_workers):
    path = tmp_path / "sweep.db"

    def slow(params, trial):
        if trial.id == 2:
            with tt.Study(path) as other:
                take_over(other, trial.id)
            trial.report(1, 0.5)
        return 0.5

    result = tt.minimize(slow, SPACE, study=path, n_trials=6, seed=0, n_workers=n_workers, catch=(OSError,))
    assert result.stopped == "n_trials"
    assert [trial.id for trial in result.trials if trial.state != "complete"] == [2]
    assert "trial 2 was taken from this process" in caplog.text


@pytest.mark.parametrize("n_workers", [1, 2])
def test_an_error_of_a_trial_that_is_not_lost_still_ends_the_run(tmp_path, n_workers):
    def mistaken(params, trial):
        raise tt.TrialStateError("of another search")

    with pytest.raises(tt.TrialStateError, match="of another search"):
        tt.minimize(mistaken, SPACE, study=tmp_path / "s.db", n_trials=2, n_workers=n_workers, catch=(OSError,))


def test_a_trial_that_is_ended_elsewhere_counts_once_towards_until(tmp_path):
    path, gate = tmp_path / "sweep.db", tmp_path / "gate"

    def slow(params, trial):
        if trial.id == 2:
            with tt.Study(path) as other:
                other.cancel(trial.id)
            while not gate.exists():
                time.sleep(0.01)
        if trial.id == 6:
            time.sleep(0.3)
            gate.touch()
        return 0.5

    seen = []

    def look(run, _):
        seen.append((run.n_told, run.most))

    limits = {"until": 8, "trial_timeout": 60.0}
    result = tt.minimize(slow, SPACE, study=path, seed=0, n_workers=2, callbacks=[look], **limits)
    assert (result.stopped, len(result.trials)) == ("until", 8)
    assert seen[-1] == (8, 8), "the run is complete"


def test_a_trial_that_was_taken_over_counts_once_towards_until(tmp_path):
    path, gate = tmp_path / "sweep.db", tmp_path / "gate"

    def slow(params, trial):
        if trial.id == 2:
            with tt.Study(path) as other:
                take_over(other, trial.id)
                while not gate.exists():
                    time.sleep(0.01)
                other.tell(trial.id, 7.0)
        if trial.id == 6:
            time.sleep(0.3)
            gate.touch()
        return 0.5

    result = tt.minimize(slow, SPACE, study=path, until=8, seed=0, n_workers=2, trial_timeout=60.0)
    assert (result.stopped, len(result.trials), result.trials[2].value) == ("until", 8, 7.0)


def test_a_run_goes_on_when_its_trial_no_longer_fits_the_space(tmp_path, caplog):
    path = tmp_path / "sweep.db"

    def slow(params, trial):
        if trial.id == 2:
            with tt.Study(path) as other:
                other.tell(other.ask(), 1.0)
                other.change_space({"x": tt.Float(2.0, 3.0), "n": tt.Int(1, 9)})
        return params["x"]

    with pytest.warns(UserWarning, match="no trial fits the new space"):
        result = tt.minimize(slow, SPACE, study=path, n_trials=4, seed=0)
    assert result.stopped == "n_trials"
    assert [trial.state for trial in result.trials] == ["complete", "complete", "failed", "complete", "complete"]
    assert "trial 2 was ended elsewhere" in caplog.text


def test_any_other_state_of_a_trial_still_raises(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise tt.exceptions.TrialStateError("another reason")

    monkeypatch.setattr(tt.Study, "tell", refuse)
    with pytest.raises(tt.exceptions.TrialStateError, match="another reason"):
        tt.minimize(loss, SPACE, study=tmp_path / "sweep.db", n_trials=1)
