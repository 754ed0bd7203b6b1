"""Prepares and checks a release: ``make release VERSION=x.y.z``, ``make check-release``.

```text
prepare.py   writes the version everywhere, commits and tags
check.py     what must agree before anything is uploaded
places.py    where a version stands, and how it is read and written there
```
"""
