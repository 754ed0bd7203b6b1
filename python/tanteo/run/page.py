"""A page as an object: text that can be saved, and that shows itself in a notebook."""

from __future__ import annotations

import html
import os
from pathlib import Path

from tanteo.exceptions import ArgumentError

_ENDINGS = (".html", ".htm")


def checked_file(path: str | os.PathLike[str]) -> Path:
    """Return the path of a page, which must have the ending of one."""
    file = Path(path)
    if file.suffix.lower() not in _ENDINGS:
        raise ArgumentError(f"a page is HTML: use one of the endings {', '.join(_ENDINGS)}, got {str(file)!r}")
    return file


class Report:
    """A page about a search, as :func:`tanteo.report.report` returns it. In a notebook it shows itself.

    Attributes
    ----------
    html : str
        The page.
    """

    def __init__(self, text: str) -> None:
        self.html = text

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to a file, and return its path.

        Raises
        ------
        ArgumentError
            If the name of the file ends neither in .html nor in .htm.
        """
        file = checked_file(path)
        file.write_text(self.html, encoding="utf-8", newline="\n")
        return file

    def _repr_html_(self) -> str:
        # A document of its own, so that neither its style nor its script reaches the notebook.
        look = 'title="Report" style="width:100%;height:80vh;border:0"'
        rights = 'sandbox="allow-scripts" allow="clipboard-write"'
        return f'<iframe {look} {rights} srcdoc="{html.escape(self.html)}"></iframe>'

    def __repr__(self) -> str:
        return f"<Report of {len(self.html):,} characters; save(path) writes it to a file>"
