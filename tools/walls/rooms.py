"""The order of the rooms in the core, and of the floors inside them: each uses only what stands below it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from . import rust_paths

#: From the ground up.
ORDER = (
    "numerics",
    "space",
    "pareto",
    "history",
    "learning_curve",
    "importance",
    "model",
    "transfer",
    "acquisition",
    "setting",
    "sampler",
    "pruner",
    "optimizer",
)

#: Inside a room, from the ground up. What stands on one floor uses nothing else of this floor.
FLOORS = {
    "sampler": (
        ("rule",),
        ("settings", "context"),
        ("evidence", "ranking", "rows", "turns"),
        ("cost", "failures", "worth"),
        ("among", "random"),
        ("grid", "one_at_a_time", "sobol"),
        ("initial_design",),
        ("cma", "gp", "nsga", "tpe"),
        ("scratch",),
        ("auto",),
        ("choice",),
    ),
    "optimizer": (
        ("error",),
        ("notes", "settings"),
        ("facts",),
        ("unfinished",),
        ("answers", "derived"),
        ("check", "cost", "exclude", "memory", "queue"),
        ("among", "ask", "deduplicate", "earlier", "pause", "report", "snapshot", "tell"),
        ("folds",),
    ),
}

_PATH = re.compile(r"\b(?P<head>crate|super)\s*::\s*(?P<rest>(?:super\s*::\s*)*)(?P<tail>\{|\w+)")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def order_of_rooms(root: Path) -> list[str]:
    """Uses of a room by one that stands at or below it."""
    source = root / "rust/core/src"
    return [breach for file in sorted(source.rglob("*.rs")) for breach in _file(file, source)]


def order_of_floors(root: Path) -> list[str]:
    """Uses of a part of a room by one that stands at or below it, and parts on a floor that do not exist.

    Tests within files may use anything.
    """
    uses = rust_paths.uses(root / "rust/core/src")
    pairs = ((user, used) for user, all_used in sorted(uses.items()) for used in sorted(all_used))
    parts = {(module[0], module[1]) for module in uses if len(module) > 1}
    named = ((room, name) for room, floors in FLOORS.items() for floor in floors for name in floor)
    return [
        *(breach for user, used in pairs if (breach := _between_floors(user, used))),
        *(f"{room}: {name} stands on a floor and does not exist" for room, name in named if (room, name) not in parts),
    ]


def _between_floors(user: rust_paths.Module, used: rust_paths.Module) -> str:
    if min(len(user), len(used)) < 2 or user[0] != used[0] or user[0] not in FLOORS or user[1] == used[1]:
        return ""
    if "testing" in (user[1], used[1]):
        return ""
    floors = {name: height for height, floor in enumerate(FLOORS[user[0]]) for name in floor}
    if missing := {user[1], used[1]} - set(floors):
        return f"{user[0]}: {', '.join(sorted(missing))} stands on no floor"
    if floors[used[1]] < floors[user[1]]:
        return ""
    return f"{'::'.join(user)} uses {'::'.join(used)}, which does not stand below it"


def _file(file: Path, source: Path) -> list[str]:
    module = _module_path(file.relative_to(source))
    if not module:
        return []
    if module[0] not in ORDER:
        return [f"{file.relative_to(source)}: {module[0]} is not one of the rooms {', '.join(ORDER)}"]
    return [
        f"{file.relative_to(source)}: {module[0]} uses {used}, which stands above it"
        for used in sorted(set(_rooms_used(file.read_text(), depth=len(module))))
        if used in ORDER and ORDER.index(used) > ORDER.index(module[0])
    ]


def _module_path(relative: Path) -> tuple[str, ...]:
    """`space/domain.rs` is the module (space, domain), `space/mod.rs` is (space,), `lib.rs` is ()."""
    parts = relative.with_suffix("").parts
    return parts[:-1] if parts[-1] in ("mod", "lib") else parts


def _rooms_used(text: str, depth: int) -> Iterator[str]:
    """Names that follow `crate::`, or enough `super::` to reach the root from a module `depth` below it.

    An inline module (`mod tests`) needs one `super` more than its file, so a chain one longer may reach the root too.
    """
    text = _COMMENT.sub("", text)
    for match in _PATH.finditer(text):
        supers = 1 + match["rest"].count("super") if match["head"] == "super" else None
        if supers is None or supers in (depth, depth + 1):
            yield from _first_names(text, match)


def _first_names(text: str, match: re.Match[str]) -> Iterator[str]:
    """The first segment of each branch of `crate::{a::b, c}`, or of the one path `crate::a`."""
    if match["tail"] != "{":
        yield match["tail"]
        return
    level, expect = 1, True
    for token in re.finditer(r"[{},]|\w+", text[match.end() :]):
        word = token.group()
        level += {"{": 1, "}": -1}.get(word, 0)
        if level == 0:
            return
        if level == 1 and expect and word[0] not in "{},":
            yield word
        expect = level == 1 and word == ","
