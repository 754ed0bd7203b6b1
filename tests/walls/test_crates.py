from pathlib import Path

import pytest

from walls import crates


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    "rule",
    [crates.dependencies_of_the_core, crates.optional_in_core, crates.number_of_crates, crates.licences_and_sources],
    ids=lambda rule: rule.__name__,
)
def test_the_tree_keeps_the_rule(rule, tree):
    assert rule(tree) == []


def test_a_crate_that_is_not_on_the_list_is_reported(scratch):
    _replace(scratch / "rust/core/Cargo.toml", "[dependencies]\n", '[dependencies]\nregex-syntax = "0.8"\n')
    assert crates.dependencies_of_the_core(scratch) == ["tanteo-core depends on regex-syntax, which is not on the list"]


def test_a_renamed_crate_is_reported(scratch):
    _replace(
        scratch / "rust/core/Cargo.toml",
        "[dependencies]\n",
        '[dependencies]\nlibm2 = { package = "num-traits", version = "0.2" }\n',
    )
    assert "num-traits" in crates.dependencies_of_the_core(scratch)[0]


def test_a_crate_for_one_platform_is_reported(scratch):
    with (scratch / "rust/core/Cargo.toml").open("a") as manifest:
        manifest.write('\n[target."cfg(unix)".dependencies]\nlibc = "0.2"\n')
    assert "libc" in crates.dependencies_of_the_core(scratch)[0]


def test_rayon_as_a_default_feature_is_reported(scratch):
    _replace(scratch / "rust/core/Cargo.toml", "default = []", 'default = ["rayon"]')
    assert crates.optional_in_core(scratch) == ["tanteo-core has default features"]


def test_an_excess_of_crates_is_reported(scratch, monkeypatch):
    monkeypatch.setattr(crates, "MOST_CRATES", len(crates.crates_in_tree(scratch)) - 1)
    assert "at most" in crates.number_of_crates(scratch)[0]


def test_a_second_version_is_reported(scratch, monkeypatch):
    with_duplicate = [*crates.crates_in_tree(scratch), ("libm", "v0.1.0")]
    monkeypatch.setattr(crates, "crates_in_tree", lambda root: with_duplicate)
    assert crates.number_of_crates(scratch) == ["libm is there in 2 versions"]


def test_a_licence_that_is_not_allowed_is_reported(scratch):
    _replace(scratch / "deny.toml", '"BSD-2-Clause", ', "")
    assert any("'BSD-2-Clause'" in breach for breach in crates.licences_and_sources(scratch))


def test_a_crate_from_another_source_is_reported():
    package = {"name": "libm", "license": "MIT", "source": "git+https://example.org/libm"}
    assert crates.breaches_of(package, frozenset({"MIT"})) == ["libm comes from git+https://example.org/libm"]


@pytest.mark.parametrize(
    ("licence", "allowed"),
    [
        ("MIT OR GPL-3.0", True),
        ("GPL-3.0", False),
        ("MIT/Apache-2.0", True),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", False),
        ("", False),
    ],
)
def test_licence_expressions(licence, allowed):
    assert crates.satisfies(licence, frozenset({"MIT", "Apache-2.0"})) is allowed
