import pytest

from walls.rooms import order_of_rooms


def test_the_core_keeps_the_order_of_rooms(tree):
    assert order_of_rooms(tree) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("space/mod.rs", "use crate::sampler::Sampler;"),
        ("numerics/stream.rs", "use crate::space::{Configuration, Value};"),
        ("history/mod.rs", "use crate::{space::Value, optimizer::Optimizer};"),
        ("encoding/axis.rs", "fn f() -> super::super::history::History { todo!() }"),
        ("model/mod.rs", "use super::acquisition;"),
        ("model/parzen/mod.rs", "mod tests { use super::super::super::sampler::Sampler; }"),
    ],
)
def test_a_use_of_a_room_above_is_reported(scratch, file, line):
    with (scratch / "rust/core/src" / file).open("a") as source:
        source.write(f"\n{line}\n")
    assert len(order_of_rooms(scratch)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "use crate::numerics::{Stream, Purpose};",
        "// crate::sampler is told about this elsewhere",
        "use crate::space::{self, Domain};",
        "fn sampler() { super::optimizer() }",
    ],
)
def test_uses_of_rooms_below_and_mentions_in_comments_are_accepted(scratch, line):
    with (scratch / "rust/core/src/history/columns.rs").open("a") as source:
        source.write(f"\n{line}\n")
    assert order_of_rooms(scratch) == []


def test_a_file_outside_the_rooms_is_reported(scratch):
    (scratch / "rust/core/src/attic.rs").write_text("//! Things.\n")
    assert "attic is not one of the rooms" in order_of_rooms(scratch)[0]
