"""The porch never panics: clippy denies it unwrap, expect, panic and indexing, and nothing lifts the denial."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

#: Denied for the whole workspace, in Cargo.toml.
WORKSPACE = ("unwrap_used", "expect_used", "panic", "iter_over_hash_type")
#: Denied in the porch, at the top of its lib.rs.
PORCH = ("indexing_slicing", "string_slice", "unreachable", "todo", "unimplemented")

_LIFTED = re.compile(r"#!?\[(?:allow|expect|warn)\((?P<lints>[^)]*)\)")


def workspace_lints(root: Path) -> list[str]:
    """Lints that Cargo.toml fails to deny, and crates that do not inherit them."""
    manifest = tomllib.loads((root / "Cargo.toml").read_text())
    lints = manifest["workspace"]["lints"]["clippy"]
    breaches = [f"Cargo.toml does not deny clippy::{lint}" for lint in WORKSPACE if lints.get(lint) != "deny"]
    for crate in ("rust/core", "rust/py"):
        own = tomllib.loads((root / crate / "Cargo.toml").read_text())
        if own.get("lints") != {"workspace": True}:
            breaches.append(f"{crate}/Cargo.toml does not inherit the lints of the workspace")
    return breaches


def no_panics_in_the_porch(root: Path) -> list[str]:
    """Denials missing from the porch, and attributes in it that lift one."""
    source = root / "rust/py/src"
    denied = re.findall(r"#!\[deny\(([^)]*)\)\]", (source / "lib.rs").read_text())
    breaches = [
        f"rust/py/src/lib.rs does not deny clippy::{lint}"
        for lint in PORCH
        if not any(f"clippy::{lint}" in group for group in denied)
    ]
    for file in sorted(source.rglob("*.rs")):
        for match in _LIFTED.finditer(file.read_text()):
            breaches += [
                f"{file.relative_to(root)} lifts clippy::{lint}"
                for lint in WORKSPACE + PORCH
                if f"clippy::{lint}" in match["lints"]
            ]
    return breaches
