import pytest

from walls.rooms import FLOORS, order_of_floors, order_of_rooms


def test_the_core_keeps_the_order_of_rooms(tree):
    assert order_of_rooms(tree) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("space/mod.rs", "use crate::sampler::Sampler;"),
        ("numerics/stream.rs", "use crate::space::{Configuration, Value};"),
        ("history/mod.rs", "use crate::{space::Value, optimizer::Optimizer};"),
        ("space/levels.rs", "fn f() -> super::super::history::History { todo!() }"),
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


def test_the_rooms_keep_the_order_of_their_floors(tree):
    assert order_of_floors(tree) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("sampler/tpe/split.rs", "use crate::sampler::gp::State;"),
        ("sampler/cost.rs", "use super::gp;"),
        ("sampler/ranking.rs", "use crate::sampler::worth::choose;"),
        ("sampler/cma/shape.rs", "fn f() { crate::sampler::tpe::suggest() }"),
        ("sampler/attic.rs", "use super::Context;"),
    ],
)
def test_a_use_of_another_floor_is_reported(core, file, line):
    source = core / "rust/core/src" / file
    source.write_text(f"{line}\n{source.read_text() if source.exists() else ''}")
    assert len(order_of_floors(core)) == 1


@pytest.mark.parametrize(
    "line", ["use crate::sampler::worth;", "#[cfg(test)]\nmod more {\n    use crate::sampler::tpe;\n}"]
)
def test_uses_of_floors_below_and_those_of_tests_are_accepted(core, line):
    source = core / "rust/core/src/sampler/initial_design.rs"
    source.write_text(f"{source.read_text()}\n{line}\n")
    assert order_of_floors(core) == []


def test_a_part_that_does_not_exist_is_reported(core, monkeypatch):
    monkeypatch.setitem(FLOORS, "sampler", (*FLOORS["sampler"], ("attic",)))
    assert order_of_floors(core) == ["sampler: attic stands on a floor and does not exist"]
