"""What a wheel may need, contain and weigh: ``python -m wheels.audit``, for all wheels in ``dist/``.

maturin has checked the symbols of musllinux wheels, because auditwheel needs a system with musl for them.
abi3audit does not know the module export of abi3t yet.
"""

from __future__ import annotations

import re
import sys
import zipfile
from pathlib import Path

from wheels.place import DIST, PLACE, run
from wheels.targets import PYTHONS

#: Bytes.
HEAVIEST = 6_000_000


def faults(wheel: Path) -> list[str]:
    """Return what is wrong with the size and the members of a wheel."""
    found = []
    if not any(f"-{tags}-" in wheel.name for tags in PYTHONS.values()):
        found.append("its name has the tags of no Python that wheels are built for")
    if wheel.stat().st_size >= HEAVIEST:
        found.append(f"{wheel.stat().st_size} bytes, where fewer than {HEAVIEST} are allowed")
    with zipfile.ZipFile(wheel) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    if not any("/sboms/" in name for name in members):
        found.append("no SBOM")
    found += [f"{link} in the description leads nowhere from an index" for link in _relative_links(members)]
    private = [str(folder).encode() for folder in (Path.home() / ".cargo", Path.cwd())]
    found += [f"{name} names a folder of the builder" for name in members if any(f in members[name] for f in private)]
    return found


def _relative_links(members: dict[str, bytes]) -> list[str]:
    """Return the links and pictures of the long description that are no addresses."""
    texts = (text.decode() for name, text in members.items() if name.endswith(".dist-info/METADATA"))
    return [link for text in texts for link in re.findall(r"\]\((?!https://)([^)]*)\)", text)]


def audit(wheel: Path) -> None:
    """Run the audits that apply to a wheel."""
    run(sys.executable, "-m", "check_wheel_contents", "--toplevel", "tanteo,hydra_plugins", wheel)
    if "-abi3-" in wheel.name:
        run(sys.executable, "-m", "abi3audit", "--strict", "--report", wheel)
    if "manylinux" in wheel.name:
        _check_system(wheel)
    if found := faults(wheel):
        raise SystemExit(f"{wheel.name}: {'; '.join(found)}")


def _check_system(wheel: Path) -> None:
    """End the program unless a wheel runs on all systems that its name promises."""
    verdict = run(sys.executable, "-m", "auditwheel", "show", wheel)
    # A name has several tags for the same systems; the last one is the modern one, which auditwheel prints.
    platform = wheel.stem.rpartition("-")[2].split(".")[-1]
    if f'"{platform}"' not in verdict:
        raise SystemExit(f"{wheel.name}: {verdict}")


def main() -> None:
    """Audit all wheels."""
    wheels = sorted(DIST.glob("*.whl"))
    if not wheels:
        raise SystemExit(f"there is no wheel in {DIST}; {PLACE} is where `make wheels` builds them")
    for wheel in wheels:
        audit(wheel)
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.2f} MB, audited")


if __name__ == "__main__":
    main()
