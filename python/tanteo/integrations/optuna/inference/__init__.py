"""Infers a search space from the trials of a define-by-run study: evidence in, a space with conditions out.

Optuna stores no space, only what each trial suggested. ``evidence.py`` says what a trial proves about the presence of a
parameter, ``ranges.py`` merges its distributions and values, ``explanations.py`` looks for conditions that explain why
some trials lack it, ``rules.py`` for rules where no condition does, and ``spaces.py`` makes the space. The space
contains every configuration of the evidence.
"""

from .evidence import Evidence
from .spaces import GrowingSpace, InferredSpace, infer

__all__ = ["Evidence", "GrowingSpace", "InferredSpace", "infer"]
