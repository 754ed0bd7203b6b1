"""``tanteo doctor --about`` describes the installation and names nothing that is private."""

import platform
from pathlib import Path

import numpy

import tanteo
from tanteo.cli import doctor as command


def test_the_versions_and_the_core_are_named(doctor):
    page = doctor("--about")
    facts = dict(line.split(maxsplit=1) for line in page.splitlines())
    assert list(facts) == list(command.facts())
    assert facts["tanteo"] == tanteo.__version__
    assert platform.python_version() in facts["python"]
    assert tanteo._core.kernel() in facts["core"]
    assert f"numpy {numpy.__version__}" in facts["packages"]
    assert "optuna " in facts["packages"], "an extra that is installed"
    assert "pip " not in facts["packages"], "a package that Tanteo does not use"


def test_nothing_private_is_named(doctor):
    page = doctor("--about")
    for private in (platform.node(), str(Path.home()), str(Path.cwd())):
        assert private not in page


def test_a_file_beside_about_is_refused(doctor, tmp_path):
    assert "leave out the file" in doctor(tmp_path / "s.db", "--about", code=1)


def test_neither_a_file_nor_about_is_refused(doctor):
    assert "--about" in doctor(code=1)
