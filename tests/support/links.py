"""Links of documents, and the files of this tree that they lead to: by a path, or by an address of the project."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
_URLS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]
REPOSITORY, SITE = _URLS["Repository"], _URLS["Documentation"]
#: The beginnings of addresses that show a file of the repository.
_FILES = (f"{REPOSITORY}/blob/main/", f"{REPOSITORY.replace('github.com', 'raw.githubusercontent.com')}/main/")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(text: str) -> list[str]:
    """Return where the links and pictures of a text in Markdown lead."""
    return _LINK.findall(text)


def file_of(link: str, document: Path) -> Path | None:
    """Return the file of this tree that a link of a document shows, or None if it leads elsewhere."""
    address = link.partition("#")[0]
    for beginning in _FILES:
        if address.startswith(beginning):
            return ROOT / address.removeprefix(beginning)
    if address.startswith(SITE):
        return _page(address.removeprefix(SITE).removeprefix("latest/"))
    elsewhere = not address or address.startswith(("http:", "https:", "mailto:"))
    return None if elsewhere else document.parent / address


def _page(path: str) -> Path:
    """Return the source of a page of the site."""
    folder = ROOT / "docs" / path
    return folder / "index.md" if folder.is_dir() else folder.with_suffix(".md")
