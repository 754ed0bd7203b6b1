"""The sdist, and wheels from it: ``python -m wheels.build [PYTHON ...]``, for example ``python3.11``.

Every wheel is packed twice, and the bytes must be equal. With ``--anew`` the second time also compiles again.
"""

from __future__ import annotations

import argparse
import filecmp
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from wheels.place import DIST, PLACE, SOURCE, build_environment, epoch, run, target_folder, unpack
from wheels.targets import PYTHONS, Target, buildable


def make_sdist() -> Path:
    """Write the sdist to ``dist/``, in place of all that was there."""
    shutil.rmtree(DIST, ignore_errors=True)
    run(sys.executable, "-m", "maturin", "sdist", "--out", DIST, SOURCE_DATE_EPOCH=epoch())
    (sdist,) = DIST.glob("*.tar.gz")
    return sdist


def make_wheels(target: Target, pythons: Sequence[str], out: Path) -> None:
    """Build the unpacked sources for a target, one wheel for each Python.

    maturin is called for each of them: asked for several at once, it chooses abi3t for all, and the wheel of a Python
    that has no abi3t fits this version alone.
    """
    command = [sys.executable, "-m", "maturin", "build", "--release", "--locked", "--out", str(out), *target.options]
    for python in pythons:
        run(*command, "--interpreter", python, cwd=SOURCE, **build_environment(target.triple))


def make_twice(target: Target, pythons: Sequence[str], again: Path) -> None:
    """Build the wheels for a target into ``dist/`` and once more; the second time little is left to compile."""
    for python in pythons:
        make_wheels(target, [python], DIST)
        make_wheels(target, [python], again)


def make_anew(target: Target, pythons: Sequence[str], again: Path) -> None:
    """Build the wheels for a target into ``dist/``, and once more from nothing."""
    make_wheels(target, pythons, DIST)
    shutil.rmtree(target_folder(target.triple))
    make_wheels(target, pythons, again)


def compare(first: Path, second: Path) -> None:
    """End the program unless two folders have the same wheels with the same bytes."""
    names = sorted(path.name for path in second.glob("*.whl"))
    _, different, missing = filecmp.cmpfiles(first, second, names, shallow=False)
    if different or missing or not names:
        raise SystemExit(f"two builds are not the same bytes: {different or missing or 'there is no wheel'}")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pythons", nargs="*", default=list(PYTHONS))
    parser.add_argument("--anew", action="store_true", help="compile everything again for the second time")
    options = parser.parse_args()
    unpack(make_sdist())
    again = PLACE / "again"
    for target in buildable():
        shutil.rmtree(again, ignore_errors=True)
        (make_anew if options.anew else make_twice)(target, options.pythons, again)
        compare(DIST, again)
        print(f"{target.triple}: both builds are the same bytes")


if __name__ == "__main__":
    main()
