import pytest

from walls.spelling import spelling


def test_the_tree_has_british_spelling(tree):
    assert spelling(tree) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("python/more.py", "def normalise(): ...\n"),
        ("python/more.py", "# The center of it.\n"),
        ("python/more.py", '"""What it is.\n\nA neighbor.\n"""\n'),
        ("rust/more.rs", "/// To be minimised.\nfn f() {}\n"),
        ("rust/more.rs", "fn f() {} // labeled\n"),
        ("docs/more.md", "The behavior of `f`.\n"),
        ("MORE.md", "Standardised.\n"),
    ],
)
def test_another_spelling_is_reported(tmp_path, name, text):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text)
    assert len(spelling(tmp_path)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("python/more.py", 'axes.plot(x, color="red", loc="center")  # otherwise a promise, analysed in colour\n'),
        ("rust/more.rs", "fn center_like() {} // `center`, normalized\n"),
        ("docs/more.md", "```python\n# color\n```\n\nNeighbours, modelled.\n"),
        ("benches/results/archive/more.md", "standardised\n"),
    ],
)
def test_names_of_other_libraries_and_british_words_are_accepted(tmp_path, name, text):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text(text)
    assert spelling(tmp_path) == []
