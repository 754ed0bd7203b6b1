"""Output is safe for terminals and spreadsheets, and a closed stream causes no error."""

import csv
import io
import logging
import os
import subprocess
import sys

import pytest

import tanteo as tt
from tanteo._internal.text import escaped
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
    lines = capsys.readouterr().out.splitlines()[1:]
    assert len(lines) == 8
    assert r"broken \x1b]0;title\x07\x1b[31mred\r\n\t\u202e\x9b2J" in lines[1]


def test_a_choice_that_is_a_mapping_is_shown_as_a_value(tmp_path, capsys):
    space = {
        "net": {"layer": tt.Categorical([{"units": 64}, {"units": 8}]), "depth": tt.Int(1, 9)},
        "empty": tt.Constant({}),
    }
    result = tt.minimize(lambda params: params["net"]["layer"]["units"], space, n_trials=4, seed=0)
    path = tmp_path / "mappings.tanteo"
    result.optimizer.save(path)
    for command in (["trials"], ["best"], ["compare", str(path)]):
        assert main([command[0], str(path), *command[1:]]) == 0
        out = capsys.readouterr().out
        assert "{'units': 8}" in out
        assert "layer/units" not in out
        assert "net/depth" in out
        assert "empty" in out
    assert "{'units': 8}" in repr(result)
    assert "layer/units" not in repr(result)


def test_errors_and_reprs_are_escaped_as_well(hostile, capsys):
    assert main(["show", str(hostile.parent / f"{ESCAPES}")]) == 1
    assert capsys.readouterr().err.rstrip("\n").isprintable()

    def broken(params):
        raise ValueError(f"a{ESCAPES}b")

    with pytest.warns(RuntimeWarning):
        result = tt.minimize(broken, {"x": tt.Float(0.0, 1.0)}, n_trials=2, seed=0)
    assert all(line.isprintable() for line in repr(result).split("\n"))


def is_safe(text):
    return all(line.isprintable() for line in text.split("\n"))


TALKATIVE = """
import logging, sys, warnings
import tanteo.cli.commands
from tanteo.cli import main

def talk(path):
    warnings.warn(f"Glyph {path}", stacklevel=1)
    logging.getLogger("other").warning("loaded %s", path)
    sys.stderr.write("\\r10 %")  # a progress bar
    raise OSError(f"no {path}")

tanteo.cli.commands.open_search = talk
stream = sys.stderr
main(sys.argv[1:])
assert sys.stderr is stream
"""


def test_what_other_packages_say_of_a_file_is_escaped():
    """Warnings and logs may quote names of a file; nothing is captured in a process of its own."""
    arguments = ["-c", TALKATIVE, "importance", ESCAPES.replace("\n", "")]
    done = subprocess.run([sys.executable, *arguments], capture_output=True, timeout=60, check=True)
    err = done.stderr.decode()
    assert err.count("red") == 3
    assert err.count("\r10 %") == 1
    assert is_safe(err.replace("\r10 %", ""))


def test_what_the_parser_says_of_arguments_is_escaped(hostile, capsys):
    with pytest.raises(SystemExit):
        main(["importance", str(hostile), ESCAPES.replace("\n", "")])
    err = capsys.readouterr().err
    assert "red" in err
    assert is_safe(err)


def test_paths_assignments_and_notes_are_escaped(hostile, tmp_path, capsys):
    name = ESCAPES.replace("/", "")
    moved = hostile.rename(tmp_path / name)
    assert main(["doctor", str(moved), "--repair", str(tmp_path / "new")]) == 0
    assert main(["enqueue", str(moved), f"x{ESCAPES}=0.5"]) == 0
    (tmp_path / "space.json").write_text(tt.SearchSpace({f"x{name}": tt.Float(0.0, 1.0)}).to_json())
    with (tmp_path / "table.csv").open("w", newline="") as file:
        csv.writer(file).writerows([[f"x{name}", "value"], ["0.5", f"no{ESCAPES}"], ["0.5", "1"]])
    arguments = ["--space", str(tmp_path / "space.json"), "--out", str(tmp_path / f"study{name}"), "--allow-dropped"]
    assert main(["import", str(tmp_path / "table.csv"), *arguments]) == 0
    out = capsys.readouterr().out
    assert is_safe(out)
    assert out.count("red") >= 5


def test_texts_of_objects_are_escaped():
    space = {f"x{ESCAPES}": tt.Float(0.0, 1.0), "label": tt.Categorical([ESCAPES, "b"])}
    search = tt.Optimizer(space, seed=0)
    for k, trial in enumerate(search.ask(12)):
        search.tell(trial, float(k)) if k else search.tell(trial, state="failed", reason=ESCAPES)
    explanation = search.explain(search.ask())
    assert explanation.drivers
    shown = [search, search.space, search.trials[0], search.trials[1], search.pending[0], search.comparison()]
    assert all(is_safe(text(thing)) for thing in [*shown, explanation] for text in (str, repr))


def test_errors_warnings_and_logs_of_the_library_are_escaped(caplog):
    space = {f"x{ESCAPES}": tt.Float(0.0, 1.0)}
    search = tt.Optimizer(space, seed=0)
    for error in (tt.ArgumentError, tt.SpaceError, tt.UnknownTrialError, tt.StudyError):
        assert str(error(f"no {ESCAPES}\U000e0001")) == escaped(f"no {ESCAPES}\U000e0001")
        assert str(error(ESCAPES)) == r"\x1b]0;title\x07\x1b[31mred" + "\r\n\t" + r"\u202e\x9b2J"
    with pytest.raises(tt.UnknownTrialError) as caught:
        search.tell(7, 1.0)
    assert not str(caught.value).startswith(("'", '"')), "the text of a KeyError is a repr"

    def broken(params):
        raise ValueError(f"a{ESCAPES}b")

    with caplog.at_level(logging.INFO, "tanteo"), pytest.warns(RuntimeWarning) as warned:
        tt.minimize(broken, space, n_trials=1, seed=0)
    assert is_safe(str(warned[0].message))
    assert is_safe(caplog.records[0].getMessage())
    assert "red" in str(warned[0].message)
    assert "red" in caplog.records[0].getMessage()


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
