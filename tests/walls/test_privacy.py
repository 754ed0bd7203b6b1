import pytest

from walls.privacy import foreign_names


def test_no_room_uses_private_names_of_another(tree):
    assert foreign_names(tree) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("run/loop.py", "def f(optimizer):\n    return optimizer._core"),
        ("integrations/more.py", "def f(study):\n    study._session.refresh()"),
        ("cli/more.py", "def f(self):\n    return self.space._codec.names"),
        ("plotting/more.py", "from tanteo.space import search_space\nx = search_space._tree"),
        ("run/more.py", 'def f(optimizer):\n    return getattr(optimizer, "_sharing", None)'),
        ("run/more.py", "class A:\n    def f(self, optimizer):\n        self._core = optimizer._core"),
        # A class of the same room has an attribute of this name, but this object is another one.
        ("run/executor.py", "def f(optimizer):\n    return optimizer._core.pending()"),
    ],
)
def test_a_private_name_of_another_room_is_reported(package, file, line):
    with (package / "python/tanteo" / file).open("a") as source:
        source.write(f"\n{line}\n")
    (breach,) = foreign_names(package)
    assert breach.startswith(f"python/tanteo/{file}:")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("run/more.py", "class A:\n    _own = 1\n    def f(self, other):\n        return other._own"),
        ("run/more.py", "import sys\nx = sys._getframe()"),
        ("study/more.py", "def f(optimizer):\n    return optimizer._core"),
        ("run/more.py", "class A:\n    def f(self):\n        return super()._core"),
    ],
)
def test_names_of_the_room_itself_and_of_libraries_are_free(package, file, line):
    with (package / "python/tanteo" / file).open("a") as source:
        source.write(f"\n{line}\n")
    assert foreign_names(package) == []
