"""The workflows and hooks call make targets and nothing else, so that everything runs without them."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def jobs(file):
    return yaml.safe_load(file.read_text())["jobs"].values()


def commands(job):
    """The commands of a job; one that names a value of the matrix stands for all values."""
    for step in job["steps"]:
        command = step.get("run")
        if command is not None and (key := re.search(r"\$\{\{ matrix\.(\w+) \}\}", command)):
            yield from (command.replace(key[0], value) for value in job["strategy"]["matrix"][key[1]])
        elif command is not None:
            yield command


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_every_step_calls_a_make_target_that_exists(file):
    called = [command for job in jobs(file) for command in commands(job)]
    assert called
    unknown = [c for c in called if not (match := re.fullmatch(r"make ([a-z-]+)", c)) or match[1] not in TARGETS]
    assert not unknown


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_actions_are_pinned_and_nothing_is_permitted_unless_a_job_says_so(file):
    used = re.findall(r"uses: (.*)", file.read_text())
    assert used
    assert not [action for action in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v[\d.]+", action)]
    assert yaml.safe_load(file.read_text())["permissions"] == {}


def test_an_action_has_the_same_version_everywhere():
    used = {action for file in WORKFLOWS for action in re.findall(r"uses: (.*)", file.read_text())}
    assert len(used) == len({action.partition("@")[0] for action in used})


def test_hooks_call_make_targets():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert hooks
    assert {hook["entry"].removeprefix("make ") for hook in hooks} <= TARGETS


def test_every_version_of_a_classifier_is_tried_before_the_upload():
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    claimed = {match[1] for text in classifiers if (match := re.fullmatch(r".* :: Python :: (3\.\d+)", text))}
    (wheels,) = (file for file in WORKFLOWS if file.stem == "wheels")
    job = yaml.safe_load(wheels.read_text())["jobs"]["wheels"]
    (versions,) = (step["with"]["python-version"] for step in job["steps"] if "setup-python" in step.get("uses", ""))
    assert versions == "${{ env.TRIED_PYTHONS }}"
    assert claimed
    assert claimed <= set(job["env"]["TRIED_PYTHONS"].split())


def test_the_upload_stands_in_the_workflow_that_the_tag_starts():
    """A workflow that is called by another one would give the attestations a name that the index does not expect."""
    (wheels,) = (file for file in WORKFLOWS if file.stem == "wheels")
    publish = yaml.safe_load(wheels.read_text())["jobs"]["publish"]
    assert publish["needs"] == "wheels"
    assert publish["permissions"]["id-token"] == "write"
    assert "tags/v" in publish["if"]


def test_the_repository_has_one_address():
    """It is declared in pyproject.toml."""
    address = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]
    assert tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["repository"] == address
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["repository-code"] == address
    files = [*ROOT.glob("*.md"), *ROOT.glob(".github/**/*.yml"), *ROOT.glob("rust/*/README.md"), ROOT / "mkdocs.yml"]
    mentioned = {
        match for file in files for match in re.findall(r"https://github\.com/[\w-]+/tanteo\b", file.read_text())
    }
    assert mentioned == {address}
