import pytest

from walls.circles import circles_of_imports, circles_of_uses


def test_the_package_has_no_circles(tree):
    assert circles_of_imports(tree) == []


@pytest.mark.parametrize(
    "line",
    [
        "from .codec import Codec",
        "def f():\n    from tanteo.space import search_space",
        "if TYPE_CHECKING:\n    from ..trials.results import Results",
        "import tanteo.optimizer",
    ],
)
def test_a_circle_of_imports_is_reported(package, line):
    """Each of these modules uses ``labels``, directly or through other modules."""
    with (package / "python/tanteo/space/labels.py").open("a") as source:
        source.write(f"\n{line}\n")
    (circle,) = circles_of_imports(package)
    assert "tanteo.space.labels" in circle


def test_a_package_may_export_names_of_its_modules(package):
    (package / "python/tanteo/space/__init__.py").write_text("from .labels import Choices\n")
    assert circles_of_imports(package) == []
    with (package / "python/tanteo/space/labels.py").open("a") as source:
        source.write("\nfrom . import Choices\n")
    assert len(circles_of_imports(package)) == 1


def test_the_core_has_no_circles(tree):
    assert circles_of_uses(tree) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("space/error.rs", "use super::search_space::SearchSpace;"),
        ("space/error.rs", "use crate::space::{Domain, SearchSpace as S};"),
        ("space/error.rs", "fn f(space: &super::SearchSpace) {}"),
        ("sampler/context.rs", "use super::Sampler;\nuse super::auto;"),
        ("model/parzen/points.rs", "use super::{bad::{self, Bad}, work};"),
    ],
)
def test_a_circle_in_the_core_is_reported(core, file, line):
    with (core / "rust/core/src" / file).open("a") as source:
        source.write(f"\n{line}\n")
    (circle,) = circles_of_uses(core)
    assert file.removesuffix(".rs").replace("/", "::") in circle


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("space/error.rs", "// use super::SearchSpace;"),
        ("space/error.rs", "#[cfg(test)]\nmod tests {\n    use super::super::SearchSpace;\n}"),
        ("space/error.rs", "pub(in crate::space) fn f() {}"),
        ("space/mod.rs", "pub(crate) use stepped::SteppedGrid;"),
    ],
)
def test_comments_tests_and_reexports_make_no_circle(core, file, line):
    with (core / "rust/core/src" / file).open("a") as source:
        source.write(f"\n{line}\n")
    assert circles_of_uses(core) == []
