"""The checks, one file per group. Importing this package registers them for :func:`tanteo.testing.all_checks`."""

from __future__ import annotations

import importlib

from ..registry import GROUPS

for _group in GROUPS:
    importlib.import_module(f"{__name__}.{_group}")
