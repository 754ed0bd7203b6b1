"""The command ``tanteo``: the demo, and reading studies and what ``Optimizer.save`` wrote.

```text
arguments.py   the grammar; main.py from there to an exit code
files.py       the search in a file; viewing.py without what only its program has; output.py lines and JSON
page.py        show; best.py best and front; compare.py two searches side by side
listing.py     trials and export; columns.py filters and orders them by any column
live.py        tail, enqueue and dashboard: searches that go on
doctor.py      is a file whole; rescue.py what is left of one that is not
moving.py      import; commands.py demo, plot and importance; figures.py the plots
```
"""

from tanteo.cli.main import main

__all__ = ["main"]
