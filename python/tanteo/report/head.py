"""The head of a page for notebooks: whether to go on, and the best value so far as a small picture.

It has no style sheet and no script, which notebooks would share or refuse.
"""

from __future__ import annotations

from html import escape

from tanteo.optimizer import Optimizer
from tanteo.report.document import Section, Text
from tanteo.report.sections.progress import progress
from tanteo.report.sections.take import take
from tanteo.report.subject import Subject

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
    width = max(subject.trials.n_ended - 1, 1)
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
