"""Writes a version everywhere, commits and tags: ``python -m release.prepare 0.2.0``, in the root of the repository.

Nothing leaves the machine. `make release` then builds and checks.
"""

from __future__ import annotations

import datetime
import re
import subprocess
import sys
from pathlib import Path

from release.places import CHANGELOG, COPIES, DECLARATION, date_citation, open_section, section, unreleased


def git(root: Path, *arguments: str) -> str:
    """Run git in a repository and return its output; a failure ends the program."""
    process = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    if process.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {process.stderr.strip()}")
    return process.stdout.strip()


def refuse(root: Path, version: str) -> None:
    """End the program if a release cannot be made of the tree as it is."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise SystemExit(f"the version is {version!r}; name one such as 0.2.0: make release VERSION=0.2.0")
    if git(root, "status", "--porcelain"):
        raise SystemExit("there are changes that are not committed; commit or stash them first")
    if git(root, "tag", "--list", f"v{version}"):
        raise SystemExit(f"the tag v{version} exists; a version is released once")
    if not unreleased(root):
        raise SystemExit(f"{CHANGELOG} has nothing under 'Unreleased'; say there what users will notice")


def prepare(root: Path, version: str, date: str) -> None:
    """Write the version and the date, commit, and tag the commit."""
    refuse(root, version)
    for place in (DECLARATION, *COPIES):
        place.write(root, version)
    open_section(root, version, date)
    date_citation(root, date)
    git(root, "commit", "--all", "--message", f"Release {version}")
    notes = f"Tanteo {version}\n\n{section(root, version)}"
    git(root, "tag", "--annotate", "--cleanup=verbatim", "--message", notes, f"v{version}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("name the version: make release VERSION=0.2.0")
    prepare(Path.cwd(), sys.argv[1], datetime.datetime.now(datetime.UTC).date().isoformat())
