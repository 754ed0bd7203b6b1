"""``make release`` on a copy: the version is written everywhere, committed and tagged; a wrong state is refused."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from release import check, prepare
from release.places import CHANGELOG, COPIES, DECLARATION, UNRELEASED, declared, section

ROOT = Path(__file__).parents[2]
DATE = "2027-01-31"


@pytest.fixture
def copy(tmp_path):
    """Return a repository that holds the files with versions, and what cargo needs to read them."""
    root = tmp_path / "copy"
    manifests = ["rust/core/Cargo.toml", "rust/py/Cargo.toml"]
    for name in (CHANGELOG, DECLARATION.file, *(place.file for place in COPIES), *manifests):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, root / name)
    for manifest in manifests:
        (root / manifest).parent.joinpath("src").mkdir()
        (root / manifest).parent.joinpath("src/lib.rs").touch()
    git(root, "init", "--quiet")
    git(root, "config", "user.name", "Nobody")
    git(root, "config", "user.email", "nobody@example.org")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "Begin")
    return root


def git(root, *arguments):
    return prepare.git(root, *arguments)


def change_the_changelog(root, old, new):
    path = root / CHANGELOG
    path.write_text(path.read_text().replace(old, new))
    git(root, "commit", "--quiet", "--all", "--message", "Change")


def test_a_release_is_written_committed_and_tagged(copy):
    prepare.prepare(copy, "9.8.7", DATE)
    assert declared(copy) == "9.8.7"
    assert all(place.read(copy) == {"9.8.7"} for place in COPIES)
    assert str(yaml.safe_load((copy / "CITATION.cff").read_text())["date-released"]) == DATE
    text = (copy / CHANGELOG).read_text()
    assert text.index(UNRELEASED) < text.index(f"## 9.8.7 ({DATE})") < text.index("### Added")
    assert git(copy, "status", "--porcelain") == ""
    assert git(copy, "log", "-1", "--format=%s %D").startswith("Release 9.8.7 HEAD")
    assert git(copy, "describe") == "v9.8.7"
    assert "### Added" in git(copy, "tag", "--list", "--format=%(contents)", "v9.8.7"), "the notes"


def test_cargo_takes_the_lock_file_of_a_release(copy):
    prepare.prepare(copy, "9.8.7", DATE)
    command = ["cargo", "metadata", "--locked", "--offline", "--format-version", "1"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)


def test_the_second_release_dates_the_citation_once(copy):
    prepare.prepare(copy, "9.8.7", "2027-01-01")
    change_the_changelog(copy, UNRELEASED, f"{UNRELEASED}\n- A cure.\n")
    prepare.prepare(copy, "9.9.0", DATE)
    assert (copy / "CITATION.cff").read_text().count("date-released") == 1
    assert section(copy, "9.9.0") == "- A cure."


@pytest.mark.parametrize("version", ["", "1.0", "v1.0.0", "1.0.0; true", "0.2.0rc1"])
def test_a_wrong_version_is_refused(copy, version):
    with pytest.raises(SystemExit, match="make release VERSION="):
        prepare.prepare(copy, version, DATE)
    assert git(copy, "log", "--format=%s") == "Begin"


def test_changes_and_tags_are_refused(copy):
    git(copy, "tag", "v9.8.7")
    with pytest.raises(SystemExit, match="is released once"):
        prepare.prepare(copy, "9.8.7", DATE)
    (copy / CHANGELOG).write_text("changed")
    with pytest.raises(SystemExit, match="not committed"):
        prepare.prepare(copy, "9.8.8", DATE)


@pytest.mark.parametrize(
    ("heading", "message"),
    [(f"{UNRELEASED}\n## 9.8.6 (2026-01-01)\n", "nothing under"), ("## News\n", "needs one line")],
)
def test_a_changelog_without_news_is_refused_before_anything_is_written(copy, heading, message):
    change_the_changelog(copy, UNRELEASED, heading)
    with pytest.raises(SystemExit, match=message):
        prepare.prepare(copy, "9.8.7", DATE)
    assert (git(copy, "status", "--porcelain"), git(copy, "tag"), git(copy, "log", "-1", "--format=%s")) == (
        "",
        "",
        "Change",
    )


def test_what_does_not_agree_is_named(copy):
    prepare.prepare(copy, "9.8.7", DATE)
    (copy / "dist").mkdir()
    for name in ("tanteo-9.8.7.tar.gz", "tanteo-9.8.7-cp311-abi3-win_amd64.whl"):
        (copy / "dist" / name).touch()
    assert list(check.faults(copy, "v9.8.7")) == []
    (copy / "dist/tanteo-9.8.6-cp311-abi3-win_amd64.whl").touch()
    COPIES[-1].write(copy, "9.8.6")
    named = list(check.faults(copy, "v9.8.8"))
    assert [fault.split()[0] for fault in named] == ["CITATION.cff", "the", "tanteo-9.8.6-cp311-abi3-win_amd64.whl"]


def test_the_tree_is_consistent():
    assert all(place.read(ROOT) == {declared(ROOT)} for place in COPIES)
