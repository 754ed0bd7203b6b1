"""How thorough the checks are: seconds while writing a sampler, a minute before a commit, hours overnight."""

from __future__ import annotations

import dataclasses

from ..exceptions import ArgumentError


@dataclasses.dataclass(frozen=True)
class Profile:
    """Counts that apply to every check.

    Attributes
    ----------
    examples
        Number of programs that a check draws.
    steps
        Largest number of calls in a drawn program.
    warm
        Trials before the checked part, enough for a model to be in use.
    seeds
        Factor on the number of seeds of the learning checks.
    size
        Factor on the sizes of the scale checks.
    timeout
        Time limit of one isolated check in seconds.
    fixed
        Whether every run draws the same programs.
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
    """Return the profile with this name.

    Raises
    ------
    ArgumentError
        If there is no such profile.
    """
    if name not in PROFILES:
        raise ArgumentError(f"profile must be one of {', '.join(PROFILES)}, got {name!r}")
    return PROFILES[name]
