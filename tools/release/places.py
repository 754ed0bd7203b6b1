"""Where a version stands, and how it is read and written there.

``Cargo.toml`` declares it. Lock files repeat it, the changelog has its section, and the citation names it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """A file, and a pattern with three groups of which the second is the version."""

    file: str
    pattern: str

    def read(self, root: Path) -> set[str]:
        """Return all versions that the file names there."""
        text = (root / self.file).read_text(encoding="utf-8")
        return {match[2] for match in re.finditer(self.pattern, text, re.MULTILINE)}

    def write(self, root: Path, version: str) -> None:
        """Replace the version, which must be there."""
        path = root / self.file
        text, n = re.subn(self.pattern, rf"\g<1>{version}\g<3>", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if n == 0:
            raise SystemExit(f"{self.file} has no version to replace ({self.pattern})")
        path.write_text(text, encoding="utf-8", newline="\n")


DECLARATION = Place("Cargo.toml", r'(^\[workspace\.package\]\nversion = ")([^"]+)(")')
_LOCKED = r'(^name = "tanteo-(?:core|py)"\nversion = ")([^"]+)(")'
#: The places that must agree with the declaration.
COPIES = (
    Place("Cargo.lock", _LOCKED),
    Place("fuzz/Cargo.lock", _LOCKED),
    Place("CITATION.cff", r"(^version: )(\S+)($)"),
)
CHANGELOG = "CHANGELOG.md"
UNRELEASED = "## Unreleased\n"
_RELEASED = "date-released: "


def declared(root: Path) -> str:
    """Return the version of the tree."""
    (version,) = DECLARATION.read(root)
    return version


def section(root: Path, version: str) -> str:
    """Return the section of a version in the changelog, which are the notes of its release; empty if there is none."""
    return next(iter(_below(root, rf"## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)\n")), "")


def unreleased(root: Path) -> str:
    """Return what the changelog has under "Unreleased", which one line must name."""
    found = _below(root, UNRELEASED)
    if len(found) != 1:
        raise SystemExit(f"{CHANGELOG} needs one line {UNRELEASED.strip()!r}, and has {len(found)}")
    return found[0]


def _below(root: Path, heading: str) -> list[str]:
    """Return the text below each heading that a pattern matches."""
    text = (root / CHANGELOG).read_text(encoding="utf-8")
    found = re.findall(rf"^{heading}(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return [section.strip() for section in found]


def open_section(root: Path, version: str, date: str) -> None:
    """Give what is unreleased in the changelog the heading of a version."""
    path = root / CHANGELOG
    text, heading = path.read_text(encoding="utf-8"), f"{UNRELEASED}\n## {version} ({date})\n"
    path.write_text(text.replace(UNRELEASED, heading), encoding="utf-8", newline="\n")


def date_citation(root: Path, date: str) -> None:
    """Write the date of a release to the citation, below its version."""
    path = root / "CITATION.cff"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith(_RELEASED)]
    after = next(k for k, line in enumerate(lines) if line.startswith("version: "))
    lines.insert(after + 1, f"{_RELEASED}{date}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
