"""Which crates there may be: few, permissively licensed, from crates.io, in one version each."""

from __future__ import annotations

import json
import subprocess
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

#: What tanteo-core may depend on, and nothing else.
ALLOWED_IN_CORE = frozenset(
    {"faer", "libm", "rand_core", "chacha20", "rand_chacha", "serde", "postcard", "thiserror", "rayon"}
)
#: Crates in `cargo tree` of the workspace, normal dependencies of all features.
MOST_CRATES = 60
CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"


def dependencies_of_the_core(root: Path) -> list[str]:
    """Direct dependencies of tanteo-core that are not on the list."""
    manifest = tomllib.loads((root / "rust/core/Cargo.toml").read_text())
    tables = [manifest, *manifest.get("target", {}).values()]
    names = {
        spec.get("package", name) if isinstance(spec, dict) else name
        for table in tables
        for kind in ("dependencies", "build-dependencies")
        for name, spec in table.get(kind, {}).items()
    }
    return [f"tanteo-core depends on {name}, which is not on the list" for name in sorted(names - ALLOWED_IN_CORE)]


def optional_in_core(root: Path) -> list[str]:
    """Rayon is there only behind its feature, which is off unless asked for."""
    manifest = tomllib.loads((root / "rust/core/Cargo.toml").read_text())
    rayon = manifest["dependencies"].get("rayon", {"optional": True})
    breaches = []
    if not (isinstance(rayon, dict) and rayon.get("optional")):
        breaches.append("rayon is not optional in tanteo-core")
    if manifest.get("features", {}).get("default", []):
        breaches.append("tanteo-core has default features")
    return breaches


def crates_in_tree(root: Path) -> list[tuple[str, str]]:
    """(name, version) of every crate that a build of the library compiles."""
    command = ["cargo", "tree", "--workspace", "--edges", "normal", "--all-features", "--prefix", "none"]
    lines = _cargo([*command, "--target", "all", "--format", "{p}"], root).splitlines()
    found = {(line.split()[0], line.split()[1]) for line in lines if line.strip()}
    return sorted(found)


def number_of_crates(root: Path) -> list[str]:
    """The tree is small and holds no crate twice."""
    crates = crates_in_tree(root)
    breaches = [f"cargo tree lists {len(crates)} crates, at most {MOST_CRATES}"] if len(crates) > MOST_CRATES else []
    versions = Counter(name for name, _ in crates)
    return breaches + [f"{name} is there in {count} versions" for name, count in versions.items() if count > 1]


def licences_and_sources(root: Path) -> list[str]:
    """Every crate is licensed as deny.toml allows and comes from crates.io or from this tree."""
    allowed = frozenset(tomllib.loads((root / "deny.toml").read_text())["licenses"]["allow"])
    metadata = json.loads(_cargo(["cargo", "metadata", "--format-version", "1", "--all-features"], root))
    return [breach for package in metadata["packages"] for breach in breaches_of(package, allowed)]


def breaches_of(package: dict[str, Any], allowed: frozenset[str]) -> list[str]:
    """What is wrong with one package of `cargo metadata`."""
    name, licence = package["name"], package["license"] or ""
    breaches = []
    if not satisfies(licence, allowed):
        breaches.append(f"{name} is licensed {licence!r}, which deny.toml does not allow")
    if package["source"] not in (None, CRATES_IO):
        breaches.append(f"{name} comes from {package['source']}")
    return breaches


def satisfies(licence: str, allowed: frozenset[str]) -> bool:
    """Whether an SPDX expression can be met; brackets stand around alternatives only, as crates write them."""
    conjuncts = licence.replace("/", " OR ").replace("(", "").replace(")", "").split(" AND ")
    return all(any(choice.strip() in allowed for choice in conjunct.split(" OR ")) for conjunct in conjuncts)


def _cargo(command: list[str], root: Path) -> str:
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
