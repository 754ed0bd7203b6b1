"""Ctrl-C and a killed parent process, as a user at a terminal sees them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import tanteo as tt
from tanteo.run.process import WorkerProcess

# Each trial after the fourth sleeps. Every worker names a file after its process id.
SCRIPT = """
import json, os, pathlib, sys, time
import tanteo as tt

folder, n_workers = pathlib.Path(sys.argv[1]), int(sys.argv[2])

def objective(params, trial):
    (folder / f"pid-{os.getpid()}").touch()
    if trial.id >= 4:
        (folder / f"sleeps-{trial.id}").touch()
        time.sleep(600)
    return params["x"]

result = tt.minimize(objective, {"x": tt.Float(0, 1)}, n_trials=20, n_workers=n_workers, seed=0, progress=False)
print(json.dumps({"interrupted": result.interrupted, "states": [t.state for t in result.trials]}))
"""
TIMEOUT = 60.0  # seconds


@pytest.fixture
def search(tmp_path):
    """Return a function that starts the script and waits until every worker sleeps."""
    started = []

    def start(n_workers):
        process = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(tmp_path), str(n_workers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell ignores Ctrl-C for background commands, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )
        started.append(process)
        wait_until(lambda: len(list(tmp_path.glob("sleeps-*"))) == n_workers)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_until(condition):
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline, "timed out"
        time.sleep(0.02)


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("n_workers", [1, 2])
def test_ctrl_c_keeps_results_and_leaves_no_process_and_no_traceback(search, tmp_path, n_workers):
    process = search(n_workers)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0
    assert err == ""
    outcome = json.loads(out)
    assert outcome["interrupted"] is True
    assert outcome["states"] == ["complete"] * 4 + ["pending"] * n_workers
    assert [p for p in pids(tmp_path) if is_running(p)] == []


def test_a_parent_that_is_killed_leaves_no_orphans(search, tmp_path):
    process = search(2)
    workers = [p for p in pids(tmp_path) if p != process.pid]
    assert workers
    process.kill()
    process.communicate(timeout=TIMEOUT)
    wait_until(lambda: not any(map(is_running, workers)))


def pids(folder):
    return [int(file.name.removeprefix("pid-")) for file in folder.glob("pid-*")]


def test_a_script_without_a_main_guard_runs_once(tmp_path):
    """Workers do not run the script again."""
    script = tmp_path / "script.py"
    script.write_text(
        "import tanteo as tt\n"
        "print('once')\n"
        "def objective(params):\n"
        "    return params['x']\n"
        "tt.minimize(objective, {'x': tt.Float(0, 1)}, n_trials=4, n_workers=2, seed=0)\n"
    )
    process = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=TIMEOUT, check=True)
    assert process.stdout == "once\n"
    assert process.stderr == ""


def test_output_of_an_objective_in_a_worker_appears(tmp_path):
    script = (
        "import tanteo as tt\n"
        "def objective(params, trial):\n"
        # Each line is one write, so two processes cannot mix them up.
        "    print(f'trial {trial.id}\\n', end='')\n"
        "    return params['x']\n"
        "tt.minimize(objective, {'x': tt.Float(0, 1)}, n_trials=3, n_workers=2, seed=0)\n"
    )
    process = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
        cwd=os.fspath(tmp_path),
    )
    assert sorted(process.stdout.splitlines()) == ["trial 0", "trial 1", "trial 2"]


@pytest.mark.parametrize("presses", [1, 2, 5])
def test_repeated_ctrl_c_while_workers_are_killed_keeps_the_result(monkeypatch, presses):
    killed = []
    kill = WorkerProcess.kill

    def interrupted_kill(self):
        killed.append(self)
        if len(killed) < presses:
            raise KeyboardInterrupt
        return kill(self)

    def press(run, trial):
        raise KeyboardInterrupt

    monkeypatch.setattr(WorkerProcess, "kill", interrupted_kill)
    result = tt.minimize(
        lambda params: params["x"], {"x": tt.Float(0, 1)}, n_trials=9, n_workers=2, seed=0, callbacks=[press]
    )
    assert result.interrupted
    assert [trial.state for trial in result.trials].count("complete") == 1
    assert all(not is_running(worker._process.pid) for worker in killed)
