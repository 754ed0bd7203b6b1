import pytest

from walls import imports


def test_the_package_keeps_the_rules(tree):
    assert imports.order_of_rooms(tree) == []
    assert imports.outbuildings(tree) == []
    assert imports.optional_packages(tree) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("_internal/text.py", "from ..space.labels import identity"),
        ("space/codec.py", "def f():\n    from tanteo.trials import trial"),
        (
            "trials/trial.py",
            "if TYPE_CHECKING:\n    from ..optimizer import Optimizer",
        ),
        ("optimizer.py", "import tanteo.study.log"),
        ("study/log.py", "from .. import run"),
        ("study/more.py", "from ..run.more import x"),
    ],
)
def test_a_room_that_uses_a_room_above_is_reported(package, file, line):
    with (package / "python/tanteo" / file).open("a") as source:
        source.write(f"\n{line}\n")
    assert len(imports.order_of_rooms(package)) == 1


def test_a_module_outside_the_rooms_is_reported(package):
    (package / "python/tanteo/attic.py").write_text("import math\n")
    assert "attic is not one of the rooms" in imports.order_of_rooms(package)[0]


@pytest.mark.parametrize("name", imports.OUTBUILDINGS)
@pytest.mark.parametrize(
    "line",
    [
        "import tanteo.{}",
        "from tanteo import {}",
        "from . import {}",
        "from .{} import x",
        "def f():\n    from tanteo.{}.y import z",
    ],
)
def test_an_import_of_an_outbuilding_is_reported(package, name, line):
    (package / "python/tanteo/more.py").write_text(line.format(name) + "\n")
    assert imports.outbuildings(package) == [
        f"python/tanteo/more.py:{1 + line.count(chr(10))} imports tanteo.{name}, which nothing may import"
    ]


def test_an_outbuilding_may_use_itself_but_no_other_outbuilding(package):
    folder = package / "python/tanteo/integrations"
    folder.mkdir(exist_ok=True)
    (folder / "more.py").write_text("from . import ray\nfrom .. import space\n")
    assert imports.outbuildings(package) == []
    (folder / "more.py").write_text("from ..plotting import history\n")
    assert len(imports.outbuildings(package)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np",
        "try:\n    import pandas\nexcept ImportError: ...",
        "class A:\n    from tqdm import tqdm",
        "if True:\n    import polars.io",
    ],
)
def test_an_optional_package_imported_at_the_top_is_reported(package, text):
    (package / "python/tanteo/more.py").write_text(text + "\n")
    assert len(imports.optional_packages(package)) == 1


def test_only_testing_may_import_hypothesis(package):
    for room, breaches in (("testing", 0), ("run", 1)):
        (package / f"python/tanteo/{room}/more.py").write_text("from hypothesis import given\n")
        assert len(imports.optional_packages(package)) == breaches


@pytest.mark.parametrize(
    "text",
    [
        "import sqlite3",
        "def f():\n    import numpy",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas",
        "from .space import Float",
    ],
)
def test_the_standard_library_and_imports_inside_functions_are_accepted(package, text):
    (package / "python/tanteo/more.py").write_text(text + "\n")
    assert imports.optional_packages(package) == []
