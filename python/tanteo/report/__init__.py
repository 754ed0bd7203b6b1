"""One page about a search: what to take, how sure, what mattered, and whether to go on.

```text
document.py    what a page says, as plain data; subject.py the search that it is about
sections/      one file for each section, in the order of sections/__init__.py
trials.py      the table of trials, and everything about one trial
page.py        the HTML file, and its head for notebooks; page.js draws the data, page.css has the colours
watch/         the same page of a running search, by a server
```
"""

from tanteo.report.page import head, report
from tanteo.run.page import Report

__all__ = ["Report", "head", "report"]
