"""The page: one HTML file with its style, its script and its data, from which no request leaves."""

from __future__ import annotations

import base64
import hashlib
import html
import time
from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from tanteo._internal.display import with_progress
from tanteo._internal.text import printable, to_json
from tanteo.optimizer import Optimizer
from tanteo.report.document import Section, Text, plain, time_text
from tanteo.report.sections import SECTIONS, Writer
from tanteo.report.sections.progress import progress
from tanteo.report.sections.take import take
from tanteo.report.subject import Subject
from tanteo.report.trials import Query, TrialTable, details
from tanteo.run.page import Report
from tanteo.run.report import states_text
from tanteo.run.result import optimizer_of

# The most trials that a page holds; of more, it has the first of the table sorted by value.
MOST = 3000
_DOCUMENT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<div id="page"><noscript>{head}</noscript></div>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def report(search: Any, *, name: str | None = None, progress: bool | None = None) -> Report:
    """Return the page of a search: what to take, how sure, what mattered, whether to go on, and every trial.

    Parameters
    ----------
    search : Optimizer or Result
        The search.
    name : str, optional
        Its name on the page; by default that of a study.
    progress : bool, optional
        Whether to show progress on standard error if it takes more than a second; by default on a terminal and in
        notebooks.

    Examples
    --------
    >>> import tanteo as tt
    >>> result = tt.minimize(lambda p: p["x"] ** 2, {"x": tt.Float(-1, 1)}, n_trials=20, seed=0)
    >>> tt.report.report(result).save("page.html")                                        # doctest: +SKIP
    """
    subject = Subject(optimizer_of(search), name)
    document = {
        "live": False,
        "head": head_of(subject),
        "sections": sections_of(subject, with_progress(SECTIONS, "section", show=progress)),
        "trials": _trials(subject, progress=progress),
    }
    return Report(html_of(document, subject.name, policy_of_connections="'none'"))


def head_of(subject: Subject) -> dict[str, Any]:
    """Return the head of a page."""
    return dict(
        plain(
            {
                "name": subject.name,
                "goals": subject.goals,
                "trials": states_text(subject.trials),
                "made": time_text(time.time()),
            }
        )
    )


def sections_of(subject: Subject, writers: Iterable[Writer] = SECTIONS) -> list[Any]:
    """Return sections as JSON values."""
    import numpy as np

    # Differences of extreme values overflow, and the user may have asked NumPy to raise then.
    with np.errstate(all="ignore"):
        return [plain(write(subject)) for write in writers]


def _trials(subject: Subject, *, progress: bool | None) -> dict[str, Any]:
    table = TrialTable(subject.search)
    order = table.ids(Query(sort="value")) if len(table) > MOST else list(range(len(table)))
    shown = sorted(order[:MOST])
    leading, each = _leading(subject), with_progress(shown, "trial", show=progress)
    about = {str(number): details(subject.search, number, explained=number in leading) for number in each}
    rows = {"rows": table.rows(shown), "standing": table.standing(shown)}
    return {"total": len(table), "columns": table.head(), **rows, "details": about}


def _leading(subject: Subject) -> set[int]:
    """Return the trials that are explained on a page without a server: each explanation fits a model."""
    if not subject.is_single:
        return {trial.id for trial in subject.front.trials[:_EXPLAINED]}
    found = {step.id for step in subject.trials.improvements[-_EXPLAINED:]}
    return found if subject.recommended is None else {*found, subject.recommended.id}


# The most trials that are explained.
_EXPLAINED = 10


def html_of(document: dict[str, Any], title: str, *, policy_of_connections: str) -> str:
    """Return the page of a document.

    The policy allows this style and this script by their hashes, and nothing else: a text of the search that became an
    element by mistake would not run.
    """
    style, script = (_resource(name) for name in ("page.css", "page.js"))
    policy = (
        f"default-src 'none'; script-src {_hashed(script)}; style-src {_hashed(style)}; img-src data:; "
        f"connect-src {policy_of_connections}; base-uri 'none'; form-action 'none'"
    )
    # In a script element "<" could end it, and these two lines ends are not allowed in every parser.
    data = to_json(document)
    for character in "<>&\u2028\u2029":
        data = data.replace(character, f"\\u{ord(character):04x}")
    head = "This page needs its script, which is part of it."
    return _DOCUMENT.format(
        policy=policy, title=html.escape(printable(title)), style=style, head=head, data=data, script=script
    )


@cache
def _resource(name: str) -> str:
    return files("tanteo.report").joinpath(name).read_text(encoding="utf-8")


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_WIDTH, _HEIGHT = 320, 48


def head(search: Optimizer) -> str:
    """Return the answers of the first two sections, and a line, as HTML with escaped text."""
    import numpy as np

    subject = Subject(search)
    with np.errstate(all="ignore"):
        texts = [text for section in (take(subject), progress(subject)) for text in _of(section)]
    return "".join(f"<p>{escape(text)}</p>" for text in texts) + _line(subject)


def _of(section: Section) -> list[str]:
    return [part.text for part in section.parts if isinstance(part, Text) and part.tone in ("lead", "missing")][:1]


def _line(subject: Subject) -> str:
    """Return the best value so far as a line; empty text with several objectives, or a single value."""
    steps = subject.trials.improvements if subject.is_single else []
    if len(steps) < 2:
        return ""
    low, high = sorted((steps[0].value, steps[-1].value))
    width = max(subject.trials.n_counting - 1, 1)
    points, y = list[str](), 0.0
    for step in steps:
        x = (step.n_trials - 1) / width * _WIDTH
        points += [f"{x:.1f},{y:.1f}"] if points else []
        # Divided first, since the difference of extreme values overflows.
        y = 2 + (high / 2 - step.value / 2) / ((high / 2 - low / 2) or 1.0) * (_HEIGHT - 4)
        points.append(f"{x:.1f},{y:.1f}")
    points.append(f"{_WIDTH},{y:.1f}")
    line = f'<polyline points="{" ".join(points)}" fill="none" stroke="#c44900" stroke-width="2"/>'
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    return f'<svg {size} role="img" aria-label="Best value so far">{line}</svg>'
