"""A search on file.

```text
study.py      the class that users see: an optimizer, and what is known beside its trials
recorded.py   the core of that optimizer: every change of it is a transaction
session.py    transactions, and catching up with other processes
log.py        the operations, one row each, with checksums; all else follows from them
state.py      what operations do to an optimizer and to the record
record.py     who ran which trial, and what was said of it
cache.py      the state in the file, so that opening need not repeat every operation
leases.py     trials whose workers vanished
database.py   one SQLite file; schema.py its tables and their versions
checking.py   looks at every byte of a file
```
"""

from .checking import check
from .study import Study
from .trials import StudyTrial, StudyTrials

__all__ = ["Study", "StudyTrial", "StudyTrials", "check"]
