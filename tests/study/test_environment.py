"""The environment that a study records: the installed packages."""

from importlib.metadata import distributions

from tanteo.study.environment import _headers, _packages

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
