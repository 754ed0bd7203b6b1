"""Output is safe for terminals and spreadsheets, and a closed stream causes no error."""

import csv
import io
import os
import subprocess
import sys

import pytest

import tanteo as tt
from tanteo.cli import main

ESCAPES = "\x1b]0;title\x07\x1b[31mred\r\n\t\u202e\x9b2J"


@pytest.fixture
def hostile(tmp_path):
    """A search whose names, labels and reasons hold control characters."""
    space = {f"x{ESCAPES}": tt.Float(0.0, 1.0), "label": tt.Categorical([ESCAPES, f"{ESCAPES}2"])}
    optimizer = tt.Optimizer(space, seed=0, sampler="random")
    for k, trial in enumerate(optimizer.ask(8)):
        if k % 2:
            optimizer.tell(trial, state="failed", reason=f"broken {ESCAPES}")
        else:
            optimizer.tell(trial, float(k), constraints={"c": 0.0})
    path = tmp_path / "hostile.tanteo"
    optimizer.save(path)
    return path


@pytest.mark.parametrize("command", [["trials"], ["show"], ["best"], ["best", "--json"], ["importance"]])
def test_control_characters_never_reach_the_terminal(hostile, capsys, command):
    assert main([command[0], str(hostile), *command[1:]]) == 0
    out = capsys.readouterr().out
    assert all(line.isprintable() for line in out.split("\n"))
    assert "red" in out


def test_each_trial_is_one_line(hostile, capsys):
    assert main(["trials", str(hostile)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8
    assert r"broken \x1b]0;title\x07\x1b[31mred\r\n\t\u202e\x9b2J" in lines[1]


def test_errors_and_reprs_are_escaped_as_well(hostile, capsys):
    assert main(["show", str(hostile.parent / f"{ESCAPES}")]) == 1
    assert capsys.readouterr().err.rstrip("\n").isprintable()

    def broken(params):
        raise ValueError(f"a{ESCAPES}b")

    with pytest.warns(RuntimeWarning):
        result = tt.minimize(broken, {"x": tt.Float(0.0, 1.0)}, n_trials=2, seed=0)
    assert all(line.isprintable() for line in repr(result).split("\n"))


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "plain", "a=b"]


def test_no_cell_of_csv_is_a_formula_and_numbers_stay_numbers(tmp_path, capsys):
    choices = [*FORMULAS, -1, -1.5, True, None, ("=", 1), 10**5000]
    optimizer = tt.Optimizer({"label": tt.Categorical(choices), "n": tt.Int(-9, -1)}, seed=0)
    for k, choice in enumerate(choices):
        optimizer.observe({"label": choice, "n": -9}, -0.5 if k else None, state="complete" if k else "failed")
    optimizer.tell(optimizer.ask(), state="failed", reason="=HYPERLINK(1)")
    path = tmp_path / "search.tanteo"
    optimizer.save(path)
    assert main(["export", str(path)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    labels = [row["params/label"] for row in rows[:-1]]
    assert labels[:8] == ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\t=1", "'\r=1", "plain", "a=b"]
    assert labels[8:13] == ["-1", "-1.5", "True", "", "('=', 1)"]
    assert int(labels[13], 16) == 10**5000
    assert {row["params/n"] for row in rows[:-1]} == {"-9"}
    assert rows[1]["value"] == "-0.5"
    assert rows[-1]["reason"] == "'=HYPERLINK(1)"


def run_in_shell(arguments, **options):
    completed = subprocess.run(
        ["sh", "-c", f"'{sys.executable}' -m tanteo {arguments}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )
    assert "Traceback" not in completed.stderr
    assert "Exception" not in completed.stderr
    return completed


@pytest.mark.parametrize("command", ["trials {}", "show {}", "export {}", "--help"])
def test_a_pipe_closed_immediately_causes_no_error(hostile, command):
    completed = run_in_shell(command.format(hostile) + " | head -c 0")
    assert (completed.returncode, completed.stderr) == (0, "")


def test_unwritable_output_is_one_line_of_error(hostile):
    completed = run_in_shell(f"trials {hostile} > /dev/full")
    assert completed.returncode == 1
    assert completed.stderr.startswith("tanteo: error: ")
    assert completed.stderr.count("\n") == 1


def test_closed_streams_do_not_change_the_exit_status(hostile):
    assert run_in_shell(f"trials {hostile} >&-").returncode == 0
    assert run_in_shell("show missing 2>&-").returncode == 1


def test_characters_outside_the_encoding_are_escaped(tmp_path):
    optimizer = tt.Optimizer({"label": tt.Categorical(["é", "\N{SNOWMAN}"])}, seed=0)
    optimizer.tell(optimizer.ask(), state="failed", reason="\N{SNOWMAN}")
    optimizer.save(tmp_path / "search")
    completed = run_in_shell(f"trials {tmp_path / 'search'}", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert completed.returncode == 0
    assert r"\u2603" in completed.stdout
