"""The configuration to take: what differs from the defaults, text to copy, and its constraints."""

from __future__ import annotations

from collections.abc import Iterator

from tanteo._internal.text import counted, show_value, to_json
from tanteo.report.document import Part, Table, Text
from tanteo.report.subject import Subject
from tanteo.run.report import changed_params
from tanteo.trials.trial import FrozenTrial


def configuration_parts(subject: Subject, trial: FrozenTrial) -> Iterator[Part]:
    """Yield the configuration of a trial as a table and as JSON, and the values of its constraints."""
    rows = changed_params(subject.search, trial)
    n = sum(bool(default) for *_, default in rows)
    title = "Its configuration" if subject.is_single else f"Configuration of trial {trial.id}"
    head = ["parameter", "value"]
    if subject.search.space.default() is not None:
        title += f": {counted(n, 'value')} of {len(rows)} {'differs' if n == 1 else 'differ'} from the defaults"
        head += ["instead of the default"] if n else []
    yield Table(title=title, head=head, rows=[row[: len(head)] for row in rows])
    yield Text(text=to_json(trial.params), tone="code")
    constraints = [[name, show_value(value)] for name, value in trial.constraints.items()]
    if constraints:
        title = f"Constraints of trial {trial.id} (feasible up to 0)"
        yield Table(title=title, head=["constraint", "value"], rows=constraints)
