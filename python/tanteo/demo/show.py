"""Runs the demo from start to end."""

from __future__ import annotations

import sys
from pathlib import Path

from tanteo._internal.optional import require
from tanteo.demo.findings import find
from tanteo.demo.picture import draw
from tanteo.demo.pipeline import ALGORITHMS, CrossValidatedError, load_digits, make_space
from tanteo.demo.table import table
from tanteo.run import Result, minimize

N_WORKERS = 2
# Share of the time reserved for the trials that still run at the end, the held-out digits and the picture.
_RESERVE = 0.1
# Time limit of one evaluation as a share of the time; on a typical machine the slowest one takes a tenth of the limit.
_LONGEST_TRIAL = 0.4


def run(seconds: float = 60.0, folder: Path = Path("tanteo-demo"), seed: int = 0) -> Result:
    """Tune the pipeline, print a table, and write the record, a snapshot and a picture of the search.

    Parameters
    ----------
    seconds : float
        The approximate duration.
    folder : Path
        The folder for the files; created if it does not exist.
    seed : int
        The seed of the search, the folds and the models.

    Returns
    -------
    Result
        The search.

    Raises
    ------
    ImportError
        If scikit-learn or matplotlib is not installed (``pip install 'tanteo[demo]'``).
    """
    # Fail now and not after a minute.
    require("matplotlib", extra="demo", needed_by="tanteo demo")
    digits = load_digits(seed)
    defaults = {name: make_space(name).default() or {} for name in ALGORITHMS}
    _say(f"Tuning {', '.join(ALGORITHMS)} on {len(digits.y)} handwritten digits for {seconds:g} s")
    result = minimize(
        CrossValidatedError(digits, seed),
        make_space(),
        points=list(defaults.values()),
        timeout=(1.0 - _RESERVE) * seconds,
        trial_timeout=_LONGEST_TRIAL * seconds,
        n_workers=N_WORKERS,
        threads_per_worker=1,
        seed=seed,
    )
    findings = find(result, defaults, digits, seed)
    files = _write(result, folder)
    if findings is None:
        _say(f"{result!r}\nToo short to find anything: try more --seconds")
        return result
    picture = folder / "search.png"
    draw(result, findings, picture)
    _say(table(findings, result, [*files, picture], N_WORKERS))
    return result


def _write(result: Result, folder: Path) -> list[Path]:
    """Write the record of every trial and a snapshot that the command line can read."""
    folder.mkdir(parents=True, exist_ok=True)
    record, snapshot = folder / "record.json", folder / "search.tanteo"
    record.write_text(result.optimizer.to_json())
    result.optimizer.save(snapshot)
    return [record, snapshot]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
