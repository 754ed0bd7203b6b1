"""What must agree before anything is uploaded: ``python -m release.check``, in the root of the repository.

The version of the tree, its copies, the changelog, the tag that a workflow runs for, and the files in ``dist/``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from release.places import CHANGELOG, COPIES, declared, section


def faults(root: Path, tag: str | None) -> Iterator[str]:
    """Yield what does not agree; ``tag`` is None where no tag is built."""
    version = declared(root)
    for place in COPIES:
        if (found := place.read(root)) != {version}:
            yield f"{place.file} names {', '.join(sorted(found)) or 'no version'}, Cargo.toml {version}"
    if not section(root, version):
        yield f"{CHANGELOG} has nothing under a heading '## {version} (date)'"
    if tag is not None and tag != f"v{version}":
        yield f"the tag is {tag}, the version {version}"
    yield from _faults_of_files(root / "dist", version)


def _faults_of_files(dist: Path, version: str) -> Iterator[str]:
    names = sorted(path.name for path in dist.glob("*"))
    if f"tanteo-{version}.tar.gz" not in names:
        yield f"{dist} has no sdist of {version}"
    if not any(name.endswith(".whl") for name in names):
        yield f"{dist} has no wheel"
    yield from (f"{name} is not of version {version}" for name in names if not _is_of(name, version))


def _is_of(name: str, version: str) -> bool:
    return name == f"tanteo-{version}.tar.gz" or (name.startswith(f"tanteo-{version}-") and name.endswith(".whl"))


if __name__ == "__main__":
    tag = os.environ["GITHUB_REF_NAME"] if os.environ.get("GITHUB_REF_TYPE") == "tag" else None
    if found := list(faults(Path.cwd(), tag)):
        sys.exit("\n".join(found))
