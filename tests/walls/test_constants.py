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


def test_constants_of_some_numerics_need_a_source_and_those_of_others_do_not(core):
    room = core / "rust/core/src/numerics"
    for name in (*constants.NUMERICS, "more.rs"):
        (room / name).write_text("const LIMIT: usize = 3;\n")
    breaches = {breach.split(":")[0] for breach in constants.sources_of_constants(core)}
    assert breaches == {f"rust/core/src/numerics/{name}" for name in constants.NUMERICS}


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


def test_every_number_that_decides_something_says_where_its_value_comes_from(tree):
    assert constants.sources_of_numbers(tree) == []


DECIDING = [
    "n.max(3)",
    "n.clamp(5, 12)",
    "if x < -36.0 {",
    "Stop { iterations: 30, decrease: 0.0 }",
    "COUNT / 16",
    "n.div_ceil(25)",
    "if is_few { 24 } else { n }",
    "low + 1e-9",
]


@pytest.mark.parametrize("code", DECIDING)
def test_a_number_in_a_function_that_decides_something_needs_a_source(core, code):
    file = core / "rust/core/src/sampler/more.rs"
    function = f"fn part(n: usize) {{\n    {code}\n}}\n"
    file.write_text(f"/// A part. A choice, not measured.\nfn other() {{}}\n\n/// A part.\n{function}")
    (breach,) = constants.sources_of_numbers(core)
    assert breach.startswith("rust/core/src/sampler/more.rs: ")
    assert f"in `{code}` does not say where its value comes from" in breach
    file.write_text(f"/// A part. A choice, not measured.\n{function}")
    assert constants.sources_of_numbers(core) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["/// As in Optuna (Akiba et al. 2019).", "impl Default for Part {", "    fn default() -> Self {"],
        ["fn part() -> Part {", "    // A choice, not measured."],
        ["/// A choice, not measured.", "#[inline]", "fn part() -> Part {"],
    ],
)
def test_the_source_of_a_number_stands_above_its_impl_or_in_its_function(core, lines):
    (core / "rust/core/src/sampler/more.rs").write_text("\n".join([*lines, "    Part { patience: 5 }", "}", ""]))
    assert constants.sources_of_numbers(core) == []


@pytest.mark.parametrize("code", ["x * (1.0 / 3.0)", "n.max(1)", "if n > 2 {", 'Text { name: "7: 5," }', "x: [f64; 3]"])
def test_numbers_of_formulas_and_shapes_need_no_source(core, code):
    (core / "rust/core/src/sampler/more.rs").write_text(f"fn part() {{\n    {code}\n}}\n")
    assert constants.sources_of_numbers(core) == []
