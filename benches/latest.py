"""The table of the README again, peers side by side: ``make bench``, or ``python -m benches.latest``.

Writes one page, ``results/latest.md``, with the day, the machine and the versions, and beside each figure its ratio to
the run before, whose figures are in ``results/latest.json``. Absolute figures of two machines are not comparable;
ratios between peers are. ``--smallest`` measures the first size of everything, to see that it runs, and writes nothing.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import time
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from benches.python.threads import ONE_THREAD

os.environ.update(ONE_THREAD)

# The variables above are read when the libraries are loaded.
from benches.python import basics, gp_speed, speed
from tanteo.cli.doctor import facts

RESULTS = Path(__file__).with_name("results")
PACKAGES = ("optuna", "rustuna", "hyperopt", "numpy")


class Extent(NamedTuple):
    """How much is measured."""

    #: Trials and parameters.
    tpe: tuple[tuple[int, int], ...]
    gp: tuple[tuple[int, int], ...]
    #: Asks of Random, trials that are saved, and searches of a square that fails.
    asks: int
    saved: int
    seeds: int


FULL = Extent(
    tpe=((100, 10), (1000, 10), (1000, 100), (5000, 100)),
    gp=((100, 10), (300, 100), (1000, 10)),
    asks=20_000,
    saved=100_000,
    seeds=8,
)
SMALLEST = Extent(FULL.tpe[:1], FULL.gp[:1], asks=100, saved=1000, seeds=1)
#: Turns, and asks in a turn: warm caches.
TURNS = (4, 5)

#: The mean of so many asks of a Gaussian process, without the first.
GP_ASKS = 3

Figures = dict[str, dict[str, float]]
"""Figures of each peer, by row."""


def measure(extent: Extent) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each row of the table: its name, and the figure of every peer."""
    for n, d in extent.tpe:
        medians = speed.measure(["optuna-tpe", "rustuna-tpe", "tanteo-tpe"], n, d, TURNS, speed.CLOCKS["cpu"])
        yield f"ms, ask and tell, TPE, {n} trials of {d}", {peer: 1e3 * s for peer, s in medians.items()}
    # Optuna's needs PyTorch, which benches/requirements-slow.txt installs.
    gps = ("optuna-gp", "tanteo-gp") if find_spec("torch") else ("tanteo-gp",)
    for n, d in extent.gp:
        times = {peer: gp_speed.loaded(peer, n, d, GP_ASKS) for peer in gps}
        yield (
            f"ms, ask and tell, Gaussian process, {n} trials of {d}",
            {peer: 1e3 * sum(s) / len(s) for peer, s in times.items()},
        )
    yield "ms, ask, params and tell, Random, 10 parameters", {"tanteo": 1e-3 * basics.ask_and_tell(extent.asks)}
    yield "ms, import over a bare interpreter", {"tanteo": basics.importing()}
    save, load, size = basics.saving(extent.saved)
    yield f"ms, saving {extent.saved:,} trials", {"tanteo": save}
    yield f"ms, loading {extent.saved:,} trials", {"tanteo": load}
    yield f"MB, {extent.saved:,} trials", {"tanteo": size}
    shares = {sampler: 100 * basics.crashes(sampler, extent.seeds) for sampler in ("random", "tpe", "gp")}
    yield "% of later suggestions that fail", shares


def page(figures: Figures, last: Figures | None, about: dict[str, str]) -> str:
    """Return the page: what was measured where, and a row for each figure."""
    head = [f"# {about['day']}", "", "Written by `make bench`.", ""]
    head += [f"- {name}: {value}" for name, value in about.items() if name != "day"]
    table = ["", "| what | peer | figure | to Tanteo | to the last run |", "| --- | --- | --- | --- | --- |"]
    for row, peers in figures.items():
        table += [_line(row, peer, peers, (last or {}).get(row, {})) for peer in peers]
    return "\n".join([*head, *table]) + "\n"


def _line(row: str, peer: str, peers: dict[str, float], before: dict[str, float]) -> str:
    ours = next((figure for name, figure in peers.items() if name.startswith("tanteo")), None)
    figure = peers[peer]
    return f"| {row} | {peer} | {figure:.3g} | {_ratio(figure, ours)} | {_ratio(figure, before.get(peer))} |"


def _ratio(figure: float, other: float | None) -> str:
    return f"{figure / other:.2f}" if other else ""


def about() -> dict[str, str]:
    """Return the day, the machine and the versions."""
    here = facts()
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    load = f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors" if hasattr(os, "getloadavg") else "unknown"
    return {
        "day": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{here['processor']}, {platform.platform()}, load {load}",
        "versions": f"tanteo {here['tanteo']} ({here['core']}), Python {platform.python_version()}, {versions}",
        "times": "processor times of one core, except those of Random, import, saving and loading",
    }


def write(folder: Path, figures: Figures, facts: dict[str, str]) -> None:
    """Write the page, and the figures for the next run."""
    record = folder / "latest.json"
    last: Any = json.loads(record.read_text()) if record.exists() else None
    (folder / "latest.md").write_text(page(figures, last, facts))
    record.write_text(json.dumps(figures, indent=1) + "\n")


def main() -> None:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smallest", action="store_true", help="the first size of everything; writes nothing")
    smallest = parser.parse_args().smallest
    here, figures, start = about(), {}, time.monotonic()
    for row, peers in measure(SMALLEST if smallest else FULL):
        figures[row] = peers
        print(f"{time.monotonic() - start:.0f} s: {row} {peers}", flush=True)
    if not smallest:
        write(RESULTS, figures, here)


if __name__ == "__main__":
    main()
