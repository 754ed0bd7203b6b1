import pytest

from walls import sources


def test_every_source_exists(tree):
    assert sources.missing_sources(tree) == []


@pytest.mark.parametrize("source", ["benches/results/nothing.md", "nothing_has_such_a_name"])
def test_a_source_that_does_not_exist_is_reported(scratch, source):
    file = scratch / "rust/core/src/sampler/worth.rs"
    file.write_text(f"//! (Measured: `{source}`.)\n" + file.read_text())
    assert sources.missing_sources(scratch) == [f"rust/core/src/sampler/worth.rs: {source} does not exist"]
