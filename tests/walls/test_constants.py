import pytest

from walls import constants


def test_every_constant_says_where_its_value_comes_from(tree):
    assert constants.sources_of_constants(tree) == []


@pytest.mark.parametrize("room", constants.ROOMS)
@pytest.mark.parametrize("comment", ["", "/// Number of trials.\n"])
def test_a_constant_without_a_source_is_reported(core, room, comment):
    (core / f"rust/core/src/{room}/more.rs").write_text(f"{comment}pub(super) const LIMIT: usize = 3;\n")
    expected = f"rust/core/src/{room}/more.rs: LIMIT does not say where its value comes from"
    assert constants.sources_of_constants(core) == [expected]


@pytest.mark.parametrize(
    "source",
    ["A choice, not measured.", "(Deb 2002.)", "(`benches/results/auto.md`.)", "(promise 3)", "Changes no suggestion."],
)
@pytest.mark.parametrize("slashes", ["///", "//"])
def test_a_source_holds_for_one_constant(core, source, slashes):
    lines = [f"{slashes} Numbers of trials. {source}", "const LEAST: usize = 3;", "const MOST: usize = 5;"]
    file = core / "rust/core/src/sampler/more.rs"
    file.write_text("\n".join(lines))
    assert [breach.split()[1] for breach in constants.sources_of_constants(core)] == ["MOST"]
    file.write_text("\n".join([*lines[:2], lines[0], lines[2]]))
    assert constants.sources_of_constants(core) == []


def test_constants_of_the_minimizer_need_a_source_and_those_of_other_numerics_do_not(core):
    for name in ("minimize.rs", "more.rs"):
        file = core / "rust/core/src/numerics" / name
        file.write_text("const LIMIT: usize = 3;\n")
    assert [breach.split(":")[0] for breach in constants.sources_of_constants(core)] == [
        "rust/core/src/numerics/minimize.rs"
    ]


def test_constants_of_test_modules_need_no_source(core):
    room = core / "rust/core/src/sampler"
    (room / "more.rs").write_text("const LIMIT: usize = 3;\n")
    assert len(constants.sources_of_constants(core)) == 1
    (room / "mod.rs").write_text("#[cfg(test)]\nmod more;\n" + (room / "mod.rs").read_text())
    assert constants.sources_of_constants(core) == []


@pytest.mark.parametrize(("parent", "child"), [("room/mod.rs", "room/more.rs"), ("room.rs", "room/more.rs")])
def test_test_modules_are_found_beside_and_below_their_parents(core, parent, child):
    folder = core / "rust/core/src/sampler"
    (folder / "room").mkdir(exist_ok=True)
    (folder / child).write_text("const LIMIT: usize = 3;\n")
    (folder / parent).write_text("#[cfg(test)]\nmod more;\n")
    assert constants.sources_of_constants(core) == []
