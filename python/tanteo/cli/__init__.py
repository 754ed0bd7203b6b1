"""The command ``tanteo``: creates, runs, inspects and converts searches.

```text
arguments.py   the argument parser; main.py runs a command and returns the exit code
files.py       opens the search in a file, also without its program; output.py writes lines and JSON
page.py        show; best.py best and front; compare.py compares two searches
listing.py     trials and export
live.py        tail, enqueue and dashboard, for running searches
asking.py      new and ask; telling.py tell, observe and retract
configurations.py reads configurations; named_numbers.py reads NAME=NUMBER
pages.py       report and watch
doctor.py      checks a file, and describes the installation (--about)
rescue.py      reads a damaged study, and salvage.py replays what is left
moving.py      import; commands.py demo, plot and importance; figures.py draws the plots
```
"""

from tanteo.cli.main import main

__all__ = ["main"]
