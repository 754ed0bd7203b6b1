"""The environment that a study records: the installed packages."""

import os
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

import tanteo as tt
from tanteo.study.environment import _headers, _packages, changes, changes_in_short, is_command

METADATA = """Metadata-Version: 2.1
Name: first
Version: 1.0
License: the first line
  Version: 2.0
Description: a
Version: 3.0

Name: in-the-description
"""


def test_packages_are_listed_by_name_and_incomplete_ones_end_nothing(tmp_path, monkeypatch):
    for folder, text in [
        ("first-1.0", METADATA),
        ("no_version-1.0", "Name: no-version\n\n"),
        ("no_name-1.0", "Version: 1.0\n\n"),
        ("empty_name-1.0", "Name:\nVersion: 1.0\n\n"),
        ("removed-1.0", None),
    ]:
        path = tmp_path / f"{folder}.dist-info"
        path.mkdir()
        if text is not None:
            (path / "METADATA").write_text(text)
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert _packages() == {"first": "1.0", "no-version": None}
    first = next(package for package in distributions() if package.name == "first")
    assert _headers(first)["license"] == "the first line"


def test_names_and_versions_are_those_of_importlib():
    packages = {package.name: package.version for package in distributions()}
    assert {name: _packages()[name] for name in packages} == packages


@pytest.mark.parametrize("program", ["/usr/bin/tanteo", "/x/tanteo/__main__.py"])
def test_arguments_of_a_command_are_no_change(program):
    first, second = ({"python": "3.12", "argv": [program, *more]} for more in (["ask", "s.db"], ["tell", "s.db", "0"]))
    script, other = {**first, "argv": ["train.py"]}, {**first, "argv": ["train.py", "--fast"]}
    assert is_command(first["argv"])
    assert changes(first, second) == changes(script, second) == []
    assert changes(script, other) == ["argv: ['train.py'] -> ['train.py', '--fast']"]


def test_the_short_form_counts_the_packages_that_are_the_same():
    gone = {f"gone{k}": "1" for k in range(10)}
    old, new = {"python": "3.12", "packages": {"b": "1", "same": "1"} | gone}, {"python": "3.13"}
    new["packages"] = {"a": "2", "b": "2", "same": "1"}
    shown = ", ".join(["b 1 -> 2", "a none -> 2", *(f"gone{k} 1 -> none" for k in range(8))])
    assert changes_in_short(old, new) == ["python: 3.12 -> 3.13", f"packages: {shown}, and 2 more (1 the same)"]
    assert changes(old, new)[:2] == ["python: 3.12 -> 3.13", "package b: 1 -> 2"]
    assert (len(changes(old, new)), changes_in_short(old, old)) == (13, [])


def test_a_command_records_the_commit_of_the_current_folder(tmp_path):
    with tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, seed=0) as study:
        study.ask()
    for folder in ("plain", "repository"):
        (tmp_path / folder).mkdir()
    git = ["git", "-C", str(tmp_path / "repository"), "-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "Begin"]):
        subprocess.run([*git, *arguments], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    for folder, expected in (("plain", None), ("repository", commit)):
        command = [sys.executable, "-m", "tanteo", "ask", str(tmp_path / "s.db")]
        environment = {**os.environ, "PYTHONPATH": str(Path(tt.__file__).parents[1])}
        subprocess.run(command, cwd=tmp_path / folder, check=True, capture_output=True, env=environment)
        with tt.Study(tmp_path / "s.db", read_only=True) as study:
            assert study.environment["commit"] == expected
