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
def test_a_source_holds_for_the_constants_right_below_it(core, source):
    lines = [f"/// Numbers of trials. {source}", "const LEAST: usize = 3;", "const MOST: usize = 5;"]
    file = core / "rust/core/src/sampler/more.rs"
    file.write_text("\n".join(lines))
    assert constants.sources_of_constants(core) == []
    file.write_text("\n".join([*lines[:2], "", lines[2]]))
    assert [breach.split()[1] for breach in constants.sources_of_constants(core)] == ["MOST"]


def test_constants_of_test_modules_need_no_source(core):
    room = core / "rust/core/src/sampler"
    (room / "more.rs").write_text("const LIMIT: usize = 3;\n")
    assert len(constants.sources_of_constants(core)) == 1
    (room / "mod.rs").write_text("#[cfg(test)]\nmod more;\n" + (room / "mod.rs").read_text())
    assert constants.sources_of_constants(core) == []
