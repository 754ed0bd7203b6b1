"""The tree of the project, and copies of it in which tests break rules."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_COPIED = (
    "rust",
    "python",
    "tests",
    "tools",
    "benches",
    "examples",
    "Cargo.toml",
    "Cargo.lock",
    "deny.toml",
    "clippy.toml",
    "README.md",
)


@pytest.fixture(scope="session")
def tree() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def _copies(tmp_path_factory) -> Callable[[tuple[str, ...]], Path]:
    """Return what copies parts of the tree, each once."""
    return cache(lambda names: _copy(names, tmp_path_factory.mktemp("copy")))


@pytest.fixture
def scratch(_copies) -> Iterator[Path]:
    """Return a copy of all files that rules read."""
    yield from _restored(_copies(_COPIED))


@pytest.fixture
def package(_copies) -> Iterator[Path]:
    """Return a copy of the Python package, for rules that read nothing else."""
    yield from _restored(_copies(("python",)))


@pytest.fixture
def core(_copies) -> Iterator[Path]:
    """Return a copy of the sources of the core, for rules that read nothing else."""
    yield from _restored(_copies(("rust/core/src",)))


def _copy(names: tuple[str, ...], target: Path) -> Path:
    ignored = shutil.ignore_patterns("*.so", "__pycache__", "target", ".venv")
    for name in names:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=ignored)
        elif source.exists():
            shutil.copy(source, target / name)
    return target


def _restored(copy: Path) -> Iterator[Path]:
    """Hand a copy to a test, and make it equal to the tree again."""
    before = _versions(copy)
    yield copy
    after = _versions(copy)
    for file in after.keys() - before.keys():
        file.unlink()
    for file in before:
        if after.get(file) != before[file]:
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file.relative_to(copy), file)


def _versions(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return when each file was written last, and its size."""
    files = (Path(above, name) for above, _, names in os.walk(folder) for name in names)
    return {file: (stat.st_mtime_ns, stat.st_size) for file in files if (stat := file.lstat())}
