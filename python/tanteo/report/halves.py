"""The standard error of importances: how much they vary between random halves of the trials."""

from __future__ import annotations

import random

from tanteo import inside
from tanteo.importance.shares import shares_of
from tanteo.optimizer import Optimizer
from tanteo.run.history import outcomes

_HALVES = 8
# The most trials. With 2,000 the error is under 0.01, and excluding half of them takes time that grows with the square.
_MOST = 2000


def halves(search: Optimizer, objective: int) -> dict[str, float]:
    """Return the standard error of the importance of each parameter; an empty dict for more than 2,000 trials.

    It is the spread of the importances over random halves of the trials. For independent trials, this equals the spread
    of the importances of all trials over repeated searches (the delete-half jackknife, Shao and Wu, Annals of
    Statistics 1989). Trials of a search depend on earlier ones, so the error is a lower bound.
    """
    if len(search) > _MOST:
        return {}
    whole = shares_of(search, objective=objective)
    squares = dict.fromkeys(whole, 0.0)
    copy = inside.without_file(search)
    trials = outcomes(search)
    counted = (~trials.are("pending", "paused") & ~trials.excluded).nonzero()[0].tolist()
    draw = random.Random(0)
    for _ in range(_HALVES):
        left_out = draw.sample(counted, len(counted) // 2)
        with inside.leaving_out(copy, left_out):
            for name, share in shares_of(copy, objective=objective).items():
                squares[name] += (share - whole[name]) ** 2 / _HALVES
    return {name: square**0.5 for name, square in squares.items()}
