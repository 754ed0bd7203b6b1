import pytest

from walls import porch


def test_the_lints_are_denied(tree):
    assert porch.workspace_lints(tree) == []
    assert porch.no_panics_in_the_porch(tree) == []


@pytest.mark.parametrize("lint", porch.WORKSPACE)
def test_a_lint_that_is_not_denied_is_reported(scratch, lint):
    manifest = scratch / "Cargo.toml"
    manifest.write_text(manifest.read_text().replace(f'{lint} = "deny"', f'{lint} = "warn"'))
    assert porch.workspace_lints(scratch) == [f"Cargo.toml does not deny clippy::{lint}"]


def test_a_crate_that_does_not_inherit_the_lints_is_reported(scratch):
    manifest = scratch / "rust/py/Cargo.toml"
    manifest.write_text(manifest.read_text().replace("[lints]\nworkspace = true", ""))
    assert porch.workspace_lints(scratch) == ["rust/py/Cargo.toml does not inherit the lints of the workspace"]


@pytest.mark.parametrize("lint", porch.PORCH)
def test_a_lint_that_the_extension_module_does_not_deny_is_reported(scratch, lint):
    source = scratch / "rust/py/src/lib.rs"
    source.write_text(source.read_text().replace(f"clippy::{lint}", "clippy::pedantic"))
    assert porch.no_panics_in_the_porch(scratch) == [f"rust/py/src/lib.rs does not deny clippy::{lint}"]


@pytest.mark.parametrize("lint", porch.WORKSPACE + porch.PORCH)
def test_an_attribute_that_allows_a_denied_lint_is_reported(scratch, lint):
    (scratch / "rust/py/src/more.rs").write_text(f'#![allow(clippy::{lint}, reason = "in a hurry")]\n')
    assert porch.no_panics_in_the_porch(scratch) == [f"rust/py/src/more.rs lifts clippy::{lint}"]
