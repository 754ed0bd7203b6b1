"""The neutral folder in which everything is built, and the environment of a build.

The library and the SBOM in a wheel name the folder of the build. So sources are unpacked where nothing is said of the
builder, and the same bytes come out wherever the tree lies.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"
PLACE = Path("C:/tanteo-build" if os.name == "nt" else "/tmp/tanteo-build")
SOURCE = PLACE / "source"


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run a command, show its errors, and return its output; a failure ends the program."""
    parts = [str(part) for part in command]
    process = subprocess.run(parts, cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)
    if process.returncode:
        raise SystemExit(f"{process.stdout}\n{' '.join(parts)} failed with status {process.returncode}")
    return process.stdout


def unpack(sdist: Path) -> None:
    """Replace the sources in the neutral folder by those of an sdist."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    PLACE.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tarfile.open(sdist) as archive:
        archive.extractall(PLACE, filter="data")
    (PLACE / sdist.name.removesuffix(".tar.gz")).rename(SOURCE)


def target_folder(triple: str) -> Path:
    """Return the folder of what the compiler makes: one for each target, since cargo locks it."""
    return PLACE / "target" / triple


def build_environment(triple: str) -> dict[str, str]:
    """Return the variables of a build; the Makefile sets the flags of the compiler."""
    return {"SOURCE_DATE_EPOCH": epoch(), "CARGO_TARGET_DIR": str(target_folder(triple))}


@functools.cache
def epoch() -> str:
    """Return the time that is written into archives: that of the last commit, unless the environment has one.

    It is read once, because a commit during a build would give its second half another time.
    """
    return os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct").strip()
