"""The root of the site leads to its versions."""

import json

import pytest

import site_versions


@pytest.mark.parametrize(("built", "first"), [(["dev"], "dev"), (["dev", "latest"], "latest")])
def test_the_root_leads_to_the_latest_version(tmp_path, built, first):
    for name in built:
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.html").touch()
    (tmp_path / "stray").mkdir()
    site_versions.write(tmp_path)
    versions = json.loads((tmp_path / "versions.json").read_text())
    assert [version["version"] for version in versions] == built
    assert [version["version"] for version in versions if "latest" in [version["version"], *version["aliases"]]] == [
        first
    ]
    assert f"url={first}/" in (tmp_path / "index.html").read_text()


def test_a_site_without_a_version_is_an_error(tmp_path):
    with pytest.raises(SystemExit, match="make docs"):
        site_versions.write(tmp_path)
