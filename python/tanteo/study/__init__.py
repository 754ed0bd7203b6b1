"""Searches in files.

```text
study.py      the public class: an optimizer with records of its trials
recorded.py   the core of that optimizer: every change is a transaction, and nothing else changes it
session.py    transactions, and reading the changes of other processes
log.py        the operations, one row each, with checksums; everything else follows from them
state.py      the effects of operations on an optimizer and on the record
record.py     the processes that ran trials, notes and artifacts
cache.py      the state in the file, so that opening a study need not replay every operation
leases.py     trials whose workers have vanished
connection.py statements and transactions; database.py the file, acceptance.py what is accepted as one
schema.py     the tables and their version
checking.py   checks of a whole file for damage
```
"""

from .checking import check
from .study import Study
from .trials import StudyTrial, StudyTrials

__all__ = ["Study", "StudyTrial", "StudyTrials", "check"]
