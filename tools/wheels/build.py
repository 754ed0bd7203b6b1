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
    """Build the unpacked sources for a target, one wheel for each Python."""
    interpreters = [option for python in pythons for option in ("--interpreter", python)]
    command = [sys.executable, "-m", "maturin", "build", "--release", "--locked", "--out", str(out)]
    run(*command, *target.options, *interpreters, cwd=SOURCE, **build_environment(target.triple))


def compare(first: Path, second: Path) -> None:
    """End the program unless two folders have the same wheels with the same bytes."""
    names = sorted(path.name for path in second.glob("*.whl"))
    _, different, missing = filecmp.cmpfiles(first, second, names, shallow=False)
    if different or missing or not names:
        raise SystemExit(f"two builds are not the same bytes: {different or missing or 'there is no wheel'}")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pythons", nargs="*", default=PYTHONS)
    parser.add_argument("--anew", action="store_true", help="compile everything again for the second time")
    options = parser.parse_args()
    unpack(make_sdist())
    again = PLACE / "again"
    for target in buildable():
        make_wheels(target, options.pythons, DIST)
        if options.anew:
            shutil.rmtree(target_folder(target.triple))
        shutil.rmtree(again, ignore_errors=True)
        make_wheels(target, options.pythons, again)
        compare(DIST, again)
        print(f"{target.triple}: both builds are the same bytes")


if __name__ == "__main__":
    main()
