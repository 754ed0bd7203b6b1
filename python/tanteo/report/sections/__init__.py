"""The sections of a page, in its order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from tanteo.report.document import Section
from tanteo.report.sections.curves import curves
from tanteo.report.sections.failures import failures
from tanteo.report.sections.mattered import mattered
from tanteo.report.sections.progress import progress
from tanteo.report.sections.record import record
from tanteo.report.sections.take import take
from tanteo.report.sections.timeline import timeline
from tanteo.report.subject import Subject

Writer: TypeAlias = Callable[[Subject], Section]

#: The functions that write the sections. The table of trials stands before the time; see ``page.js``.
SECTIONS: Sequence[Writer] = (take, progress, mattered, failures, curves, timeline, record)
#: Those that a page of a running search shows first.
FIRST: Sequence[Writer] = (take, progress)
