"""Runs random histories: ``python -m support.histories --histories 200 --steps 15 [--seed 0] [--without locks]``."""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from .steps import History
from .worker import Worker

#: The seconds after which a step has hung.
_PATIENCE = 60


def main() -> int:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="tanteo-histories-"))
    clean = Worker(_subfolder(folder, "clean"), without=tuple(options.without))
    fault = None
    # Without a cure the fault is what is lost, but a forked process may lose nothing for a while.
    is_strict = not options.without or "forks" in options.without
    for seed in range(options.seed, options.seed + options.histories):
        history = History(_subfolder(folder, str(seed)), clean, seed, is_strict=is_strict)
        signal.alarm(_PATIENCE)
        try:
            history.run(options.steps)
        except AssertionError as error:
            fault = {"seed": seed, "steps": history.steps, "fault": str(error)}
            break
        finally:
            history.stop()
            shutil.rmtree(folder / str(seed))
    clean.end(by_kill=True)
    shutil.rmtree(folder)
    json.dump({"histories": seed - options.seed + 1, "fault": fault}, sys.stdout, indent=1)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m support.histories", description=__doc__)
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without", nargs="*", default=[])
    return parser.parse_args()


def _subfolder(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


if __name__ == "__main__":
    sys.exit(main())
