"""Lists the versions of a built site, and sends visitors of its root to one of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def write(site: Path) -> None:
    """Write ``versions.json``, which the selector of versions reads, and ``index.html`` into the folder of the site.

    The root leads to ``latest`` if it was built, else to the first version by name, which is then called so too: the
    selector of versions has ``latest`` for its default.
    """
    names = sorted(folder.name for folder in site.iterdir() if (folder / "index.html").exists())
    if not names:
        raise SystemExit(f"{site} has no folder with a built version: build one with `make docs`")
    first = "latest" if "latest" in names else names[0]
    aliases = {} if first == "latest" else {first: ["latest"]}
    versions = [{"version": name, "title": name, "aliases": aliases.get(name, [])} for name in names]
    (site / "versions.json").write_text(json.dumps(versions))
    (site / "index.html").write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={first}/">\n')


if __name__ == "__main__":
    write(Path(sys.argv[1]))
