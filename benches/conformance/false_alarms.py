"""How often the learning checks fail a sampler that learns, and how often they fail uniform draws.

    PYTHONPATH=tests python -m benches.conformance.false_alarms reference tanteo-tpe --runs 1000
    PYTHONPATH=tests python -m benches.conformance.false_alarms uniform --runs 200 --checks check_learns_a_bowl

Every run of a check has its own seeds. The bounds have a confidence of 95 % (Clopper and Pearson, Biometrika 26, 1934);
without a failure in n runs, the bound is about 3 / n.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import math
from collections.abc import Callable
from typing import Any

from benches.conformance.subjects import SUBJECTS
from tanteo.testing import Failure, Skipped, all_checks
from tanteo.testing.protocol import Capabilities
from tanteo.testing.registry import Check


def _reference() -> Any:
    from support.reference import Reference

    return Reference


def _uniform() -> Any:
    """The reference optimizer, which ignores all results but claims to learn."""
    from support.mutants import IgnoresResults

    return IgnoresResults


_MORE: dict[str, Callable[[], Any]] = {"reference": _reference, "uniform": _uniform}


def failures(check: Check, factory: Any, runs: int) -> int | None:
    """Return the number of runs in which a check fails; None if the check does not apply."""
    capabilities = dataclasses.replace(Capabilities.of(factory), learns=True)
    failed = 0
    for run in range(runs):
        try:
            check(functools.partial(_shifted, factory, 1000 * (run + 1)), capabilities=capabilities)
        except Skipped:
            return None
        except Failure:
            failed += 1
    return failed


def _shifted(factory: Any, shift: int, space: Any, seed: int, **options: Any) -> Any:
    return factory(space, seed=seed + shift, **options)


def upper_bound(failed: int, runs: int) -> float:
    """Return the failure rate at which ``failed`` or fewer failures in ``runs`` have a probability of 5 %."""
    low, high = failed / runs, 1.0
    for _ in range(60):
        rate = (low + high) / 2
        at_most = sum(math.comb(runs, k) * rate**k * (1 - rate) ** (runs - k) for k in range(failed + 1))
        low, high = (rate, high) if at_most > 0.05 else (low, rate)
    return high


def main() -> None:
    """Run the command line and print a table."""
    subjects = {**SUBJECTS, **_MORE}
    parser = argparse.ArgumentParser(prog="python -m benches.conformance.false_alarms", description=__doc__)
    parser.add_argument("subjects", nargs="+", choices=list(subjects))
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--checks", nargs="+", default=["learns"])
    options = parser.parse_args()
    print("| check | sampler | failed | of runs | 95 % bound |")
    print("| --- | --- | --- | --- | --- |")
    for name in options.subjects:
        factory = subjects[name]()
        for check in all_checks(options.checks):
            failed = failures(check, factory, options.runs)
            if failed is not None:
                bound = upper_bound(failed, options.runs)
                check_name = check.name.removeprefix("check_")
                print(f"| `{check_name}` | {name} | {failed} | {options.runs} | {bound:.1e} |", flush=True)


if __name__ == "__main__":
    main()
