"""The environment record reads a git repository and runs no program that the repository names."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tanteo.study.repository import repository as state_of

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

AUTHOR = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgSign=false", "-c", "protocol.file.allow=always"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Hide the configuration of the user and of the machine."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def git(folder, *arguments):
    done = subprocess.run(["git", *AUTHOR, "-C", folder, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def make_repository(folder):
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    (folder / "train.py").write_text("x = 1\n")
    (folder / ".gitattributes").write_text("*.py filter=evil diff=evil merge=evil\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def repository(tmp_path):
    return make_repository(tmp_path / "repository")


@pytest.fixture
def evil(tmp_path):
    """A program that leaves a mark beside itself when it runs."""
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\necho \"$0 $@\" >> '{tmp_path}/ran'\ncat\n")
    program.chmod(0o755)
    return program


def has_run(tmp_path):
    return (tmp_path / "ran").read_text() if (tmp_path / "ran").exists() else ""


def touch(folder):
    """Make the times of the files differ from those in the index, so that git compares their contents."""
    for name in ("train.py", ".gitattributes"):
        os.utime(folder / name, (1, 1))


def fsmonitor(folder, evil):
    git(folder, "config", "core.fsmonitor", str(evil))


def hooks(folder, evil):
    git(folder, "config", "core.hooksPath", str(evil.parent / "hooks"))
    for hooks_folder in (evil.parent / "hooks", folder / ".git" / "hooks"):
        hooks_folder.mkdir(exist_ok=True)
        for name in ("post-index-change", "fsmonitor-watchman", "query-watchman"):
            shutil.copy(evil, hooks_folder / name)


def clean_filter(folder, evil):
    git(folder, "config", "filter.evil.clean", str(evil))


def process_filter(folder, evil):
    git(folder, "config", "filter.evil.process", str(evil))
    git(folder, "config", "filter.evil.required", "true")


def included_filter(folder, evil):
    (folder / ".git" / "more").write_text(f'[filter "evil"]\n\tclean = {evil}\n')
    git(folder, "config", "include.path", "more")


def worktree_filter(folder, evil):
    git(folder, "config", "extensions.worktreeConfig", "true")
    git(folder, "config", "--worktree", "filter.evil.clean", str(evil))


def oddly_named_filter(folder, evil):
    (folder / ".git" / "info" / "attributes").write_text("*.py filter=a=b\n")
    git(folder, "config", "filter.a=b.clean", str(evil))


def other_programs(folder, evil):
    for name in ("diff.external", "diff.evil.command", "diff.evil.textconv", "merge.evil.driver", "core.pager"):
        git(folder, "config", name, str(evil))
    for name in ("core.editor", "core.askPass", "core.sshCommand", "core.gitProxy", "gpg.program", "credential.helper"):
        git(folder, "config", name, str(evil))
    git(folder, "config", "status.submoduleSummary", "true")
    git(folder, "config", "alias.status", f"!{evil}")
    git(folder, "config", "alias.rev-parse", f"!{evil}")


def lazy_fetch(folder, evil):
    """A partial clone that lacks an object of the last commit; its remote is a program."""
    git(folder, "config", "core.repositoryFormatVersion", "1")
    git(folder, "config", "extensions.partialClone", "origin")
    git(folder, "config", "remote.origin.promisor", "true")
    git(folder, "config", "remote.origin.url", str(folder))
    git(folder, "config", "remote.origin.uploadpack", str(evil))
    git(folder, "config", "protocol.ext.allow", "always")
    tree = git(folder, "rev-parse", "HEAD^{tree}")
    (folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    (folder / "train.py").write_text("x = 2\n")


def submodule(folder, evil):
    inner = make_repository(folder.parent / "inner")
    git(folder, "submodule", "add", "-q", str(inner), "inner")
    git(folder, "commit", "-qm", "with a submodule")
    for attack in (fsmonitor, clean_filter, other_programs):
        attack(folder / "inner", evil)
    touch(folder / "inner")


ATTACKS = [fsmonitor, hooks, clean_filter, process_filter, included_filter, worktree_filter, oddly_named_filter]
ATTACKS += [other_programs, lazy_fetch, submodule]


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_program_of_a_repository_runs(attack, repository, evil, tmp_path):
    attack(repository, evil)
    touch(repository)
    assert has_run(tmp_path) == ""
    state = state_of(str(repository))
    assert has_run(tmp_path) == ""
    assert state["commit"] == git(repository, "rev-parse", "HEAD")
    assert state["dirty"] in (None, False)


def test_changes_of_files_are_seen(repository):
    commit = git(repository, "rev-parse", "HEAD")
    assert state_of(str(repository)) == {"commit": commit, "dirty": False}
    touch(repository)
    (repository / "new.py").write_text("")
    assert state_of(str(repository)) == {"commit": commit, "dirty": False}, "untracked files do not count"
    (repository / "train.py").write_text("x = 2\n")
    assert state_of(str(repository)) == {"commit": commit, "dirty": True}
    assert state_of(str(repository.parent)) == {"commit": None, "dirty": None}


def test_another_commit_of_a_submodule_is_a_change(repository, evil):
    submodule(repository, evil)
    assert state_of(str(repository))["dirty"] is False
    git(repository / "inner", "-c", "core.fsmonitor=", "commit", "-q", "--allow-empty", "-m", "second")
    assert state_of(str(repository))["dirty"] is True


def test_filters_of_the_user_are_used_and_those_of_the_repository_are_not(repository, evil, home, tmp_path):
    git(repository, "config", "--global", "filter.evil.clean", "sed s/2/1/")
    (repository / "train.py").write_text("x = 2\n")
    assert state_of(str(repository))["dirty"] is False
    git(repository, "config", "lfs.extension.evil.clean", str(evil))
    assert state_of(str(repository))["dirty"] is None
    assert has_run(tmp_path) == ""


def test_nothing_in_the_repository_is_written(repository):
    touch(repository)
    index = (repository / ".git" / "index").read_bytes()
    state_of(str(repository))
    assert (repository / ".git" / "index").read_bytes() == index
