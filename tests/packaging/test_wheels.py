"""The checks of wheels see what they are for. `make wheels` itself takes too long for a test."""

import itertools
import sys
import zipfile
from pathlib import Path

import pytest

from wheels import audit, build, place, trial
from wheels.targets import Target

#: The name of a wheel that fits several Pythons.
WHEEL = "tanteo-0.1.0-cp311-abi3-any.whl"


def make_wheel(path: Path, description: str = "", **members: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tanteo.dist-info/sboms/tanteo.json", "{}")
        archive.writestr("tanteo.dist-info/METADATA", f"Name: tanteo\n\n{description}")
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_a_clean_wheel_has_no_faults(tmp_path):
    assert audit.faults(make_wheel(tmp_path / WHEEL, module="x = 1")) == []


def test_weight_privacy_and_a_missing_sbom_are_faults(tmp_path, monkeypatch):
    monkeypatch.setattr(audit, "HEAVIEST", 100)
    wheel = make_wheel(tmp_path / WHEEL, module=f"{Path.home()}/.cargo/registry")
    assert [fault.split()[0] for fault in audit.faults(wheel)] == [str(wheel.stat().st_size), "module"]
    with zipfile.ZipFile(tmp_path / WHEEL, "w"):
        pass
    assert audit.faults(tmp_path / WHEEL) == ["no SBOM"]


def test_a_wheel_for_a_single_version_is_a_fault(tmp_path):
    (fault,) = audit.faults(make_wheel(tmp_path / "tanteo-0.1.0-cp311-cp311-any.whl"))
    assert "the tags of no Python" in fault


def test_maturin_is_called_for_each_python(monkeypatch):
    calls = []
    monkeypatch.setattr(build, "run", lambda *command, **options: calls.append(command))
    build.make_twice(Target("x86_64-unknown-linux-gnu", "manylinux2014"), ["python3.11", "python3.15t"], Path("again"))
    asked = [[after for part, after in itertools.pairwise(call) if part == "--interpreter"] for call in calls]
    assert asked == [["python3.11"], ["python3.11"], ["python3.15t"], ["python3.15t"]]


def test_a_relative_link_of_the_description_is_a_fault(tmp_path):
    text = "[a](https://example.org/a) ![b](docs/b.png) [c](#c)"
    named = audit.faults(make_wheel(tmp_path / WHEEL, description=text))
    assert [fault.split()[0] for fault in named] == ["docs/b.png", "#c"]


def test_other_bytes_and_a_missing_wheel_end_the_build(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    make_wheel(first / "a.whl", module="x = 1")
    second.mkdir()
    with pytest.raises(SystemExit, match="there is no wheel"):
        build.compare(first, second)
    (second / "a.whl").write_bytes((first / "a.whl").read_bytes())
    build.compare(first, second)
    make_wheel(second / "a.whl", module="x = 2")
    with pytest.raises(SystemExit, match=r"a\.whl"):
        build.compare(first, second)


def test_a_commit_during_a_build_changes_no_time(monkeypatch):
    place.epoch.cache_clear()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert place.epoch() == "1"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "2")
    assert place.epoch() == "1"
    place.epoch.cache_clear()


def test_the_sdist_is_compiled_and_tried_with_the_index_in_reach(tmp_path, monkeypatch):
    ran = []
    monkeypatch.setattr(trial, "run", lambda *command, **options: ran.append(command) or "done")
    monkeypatch.setattr(trial, "DIST", tmp_path)
    sdist = tmp_path / "tanteo-0.1.0.tar.gz"
    sdist.touch()
    assert "done" in trial.try_sdist("python3")
    assert [command[-1] for command in ran][1:] == [sdist, trial.ROOT]
    assert not any("--no-index" in command for command in ran)


@pytest.mark.parametrize("name", ["python.exe", "bin/python"])
def test_the_pythons_of_a_workflow_are_tried_and_none_may_be_missing(tmp_path, monkeypatch, name):
    python = tmp_path / "Python/3.0.0/x64" / name
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    version = f"{sys.version_info.major}.{sys.version_info.minor}{getattr(sys, 'abiflags', '')}"
    for variable, value in {"PATH": "", "PYENV_ROOT": tmp_path, "RUNNER_TOOL_CACHE": tmp_path}.items():
        monkeypatch.setenv(variable, str(value))
    assert trial.pythons() == {version: str(python)}
    monkeypatch.setenv("TRIED_PYTHONS", f"{version}\n2.7t\n")
    monkeypatch.setattr(sys, "argv", ["trial"])
    with pytest.raises(SystemExit, match=r"there is no Python 2\.7t;"):
        trial.main()


def test_zig_links_on_linux_alone():
    assert "--zig" in Target("aarch64-unknown-linux-musl", "musllinux_1_2").options
    assert "--zig" not in Target("aarch64-apple-darwin", "pypi").options
