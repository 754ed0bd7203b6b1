import pytest

from walls.circles import circles_of_imports


def test_the_package_holds(tree):
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
def test_a_planted_circle_is_seen(package, line):
    """Each of these modules uses ``labels``, directly or through others."""
    with (package / "python/tanteo/space/labels.py").open("a") as source:
        source.write(f"\n{line}\n")
    (circle,) = circles_of_imports(package)
    assert "tanteo.space.labels" in circle


def test_a_package_may_hand_out_what_its_modules_define(package):
    (package / "python/tanteo/space/__init__.py").write_text("from .labels import Choices\n")
    assert circles_of_imports(package) == []
    with (package / "python/tanteo/space/labels.py").open("a") as source:
        source.write("\nfrom . import Choices\n")
    assert len(circles_of_imports(package)) == 1
