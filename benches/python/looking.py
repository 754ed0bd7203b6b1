"""Looking at large searches: ``PYTHONPATH=tests python -m benches.python.looking [UPDATES]``.

Prints the processor time of commands on a study of 100,000 trials, the time until the live page of that study shows its
first picture in headless Chromium, and the memory of a live page over so many updates (by default 3,600, those of an
hour), which are made as fast as the page can be written.
"""

from __future__ import annotations

import math
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import tanteo as tt
from support.browser import Browser
from tanteo.report.watch import living, server

SPACE = {
    "lr": tt.Float(1e-5, 1e-1, log=True),
    "depth": tt.Int(1, 8),
    "drop": tt.Float(0.0, 0.5),
    "act": tt.Categorical(["relu", "gelu", "tanh"]),
    "a": tt.Float(0.0, 1.0),
    "b": tt.Float(0.0, 1.0),
}
COMMANDS = (("show",), ("trials", "--limit", "5"), ("best",))


def loss(params: Any) -> float:
    """Return a smooth value."""
    at_lr = (math.log10(params["lr"]) + 3.0) ** 2
    return float(at_lr + params["drop"] + abs(params["depth"] - 5) / 10 + params["a"] * params["b"])


def fill(study: tt.Study, n: int) -> None:
    """Ask for trials and tell them; each twentieth fails."""
    for trial in study.ask(n):
        if trial.id % 20 == 3:
            study.tell(trial, state="failed", reason="ValueError: broke")
        else:
            study.tell(trial, loss(trial.params))


def processor_time(path: Path, *command: str, repeats: int = 7) -> float:
    """Return the processor seconds of a command in a new process, from the fastest run."""
    used = []
    for _ in range(repeats):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-m", "tanteo", command[0], path, *command[1:]], stdout=subprocess.DEVNULL, check=True
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(used)


@contextmanager
def page(script: str) -> Iterator[Browser]:
    """Open a browser whose pages run a script first."""
    with tempfile.TemporaryDirectory() as profile, Browser(profile) as browser:
        browser._call("Page.addScriptToEvaluateOnNewDocument", source=script)
        yield browser


_FIRST = """new MutationObserver(() => { if (!window.first && document.querySelector("#progress svg"))
window.first = performance.now(); }).observe(document, { childList: true, subtree: true });"""


def first_picture(path: Path) -> float:
    """Return the seconds from opening the live page until its first picture."""
    command = [sys.executable, "-m", "tanteo", "watch", str(path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, page(_FIRST) as browser:
        assert process.stdout is not None
        browser.open(process.stdout.readline().split()[0])
        browser.wait_until(lambda: browser.evaluate("!!window.first"), "the first picture")
        process.terminate()
        return float(browser.evaluate("window.first")) / 1000


def updates(n: int, n_trials: int = 24) -> Iterator[tuple[int, float, int]]:
    """Yield how often a page was written, the megabytes of its heap and its nodes, while a study changes each time."""
    living._LEAST = living._PAUSE = 0.0
    server._TICK = 0.005
    draw, written = random.Random(0), [0]
    with tempfile.TemporaryDirectory() as folder, tt.Study(Path(folder) / "s.db", SPACE, durability="off") as writer:
        fill(writer, n_trials)
        reader = tt.Study(writer.path, read_only=True)

        def refresh(_: object) -> tt.Study:
            number = written[0] % n_trials
            writer.retract(number)
            writer.tell(number, loss(writer.trials[number].params) + 0.3 * draw.random(), sem=0.1)
            written[0] += 1
            reader.refresh()
            return reader

        yield from _watched(refresh, written, n)


def _watched(refresh: Any, written: list[int], n: int) -> Iterator[tuple[int, float, int]]:
    from report.test_watch import serving

    with serving({"hour": refresh}) as url, page("") as browser:
        browser.open(url)
        browser.wait_until(lambda: browser.evaluate("!!document.querySelector('#record')"), "the last section")
        for mark in range(0, n + 1, max(n // 12, 1)):
            while written[0] < mark:
                time.sleep(0.5)
            browser._call("HeapProfiler.collectGarbage")
            used, nodes = browser._call("Runtime.getHeapUsage"), browser._call("Memory.getDOMCounters")["nodes"]
            yield written[0], (used["usedSize"] + used["embedderHeapUsedSize"]) / 1e6, nodes
        assert browser.errors == []


def main() -> None:
    """Print all figures."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 3600
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.db"
        with tt.Study(path, SPACE, seed=0, sampler="random", durability="off") as study:
            for _ in range(100):
                fill(study, 1000)
        for command in COMMANDS:
            print(f"{' '.join(command)}: {processor_time(path, *command):.2f} s of processor time", flush=True)
        print("first picture:", ", ".join(f"{first_picture(path):.2f} s" for _ in range(3)), flush=True)
    for number, megabytes, nodes in updates(n):
        print(f"{number} updates: {megabytes:.1f} MB, {nodes} nodes", flush=True)
    print(f"load: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
