"""How much is asked for: seconds while writing a sampler, a minute before a commit, hours in the night."""

from __future__ import annotations

import dataclasses

from ..exceptions import ArgumentError


@dataclasses.dataclass(frozen=True)
class Profile:
    """Counts for every check.

    Attributes
    ----------
    examples
        Programs drawn for a check that draws them.
    steps
        Calls of a drawn program, at most.
    warm
        Trials that come before what is checked, enough for a model to be at work.
    seeds
        A factor of the seeds of a learning check.
    size
        A factor of the checks of scale.
    timeout
        Seconds for one check, where checks run in processes of their own.
    fixed
        Whether the same programs are drawn in every run.
    """

    examples: int
    steps: int
    warm: int
    seeds: int
    size: int
    timeout: float
    fixed: bool


PROFILES = {
    "fast": Profile(examples=12, steps=12, warm=12, seeds=1, size=1, timeout=60, fixed=True),
    "default": Profile(examples=30, steps=20, warm=24, seeds=1, size=2, timeout=180, fixed=True),
    "night": Profile(examples=2000, steps=60, warm=40, seeds=5, size=10, timeout=7200, fixed=False),
}


def profile_of(name: str) -> Profile:
    """Return a profile by its name.

    Raises
    ------
    ArgumentError
        For a name that is none.
    """
    if name not in PROFILES:
        raise ArgumentError(f"profile must be one of {', '.join(PROFILES)}, got {name!r}")
    return PROFILES[name]
