"""Instructions of a TPE ask by part: ``python -m benches.python.profile [trials parameters asks]``.

The module runs itself in Valgrind's callgrind (which must be installed, and which supports AVX2 but not AVX-512),
counts only inside the core's ``ask``, and prints the instructions per ask by part.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

# The part of a function is the first pattern that matches its path.
PARTS = {
    "squared distances of kernels": r"parzen::squares",
    "logs of sums of exponentials": r"log_sum_exp",
    "normal distribution, exp, ln": r"numerics::normal|numerics::elementary",
    "the rest of evaluating densities": r"parzen::(block|density|query|prior)",
    "keeping the densities up to date": r"parzen|tpe::state|tpe::one|tpe::split",
    "drawing and choosing candidates": r"sampler|chacha|acquisition|numerics",
    "history, decoding, duplicates": r"history|space|optimizer::",
    "memory": r"malloc|free|calloc|memmove|memcpy|memset|realloc|int_|unlink_chunk",
}
LINE = re.compile(r"^\s*([\d,]+) \(\s*[\d.]+%\)\s+(\S.*)$")


def workload(n: int, d: int, asks: int) -> None:
    """Run the measured asks: the first one, which builds what later asks reuse, and ``asks`` more."""
    from benches.python.growth import batch, loaded

    step = batch(loaded(n, d), 1)
    for _ in range(1 + asks):
        step()


def instructions(n: int, d: int, asks: int) -> Counter[str]:
    """Return the instructions of the workload by part."""
    with tempfile.TemporaryDirectory() as folder:
        counts_file = Path(folder) / "counts"
        tool = [
            "valgrind",
            "--tool=callgrind",
            f"--callgrind-out-file={counts_file}",
            "--toggle-collect=*__pymethod_ask*",
        ]
        child = [sys.executable, "-m", "benches.python.profile", "--count", str(n), str(d), str(asks)]
        subprocess.run([*tool, *child], check=True, stderr=subprocess.DEVNULL)
        report = subprocess.run(
            ["callgrind_annotate", "--threshold=100", str(counts_file)], check=True, capture_output=True, text=True
        )
    counts: Counter[str] = Counter()
    for line in report.stdout.splitlines():
        match = LINE.match(line)
        if match and ":" in match[2]:
            part = next((name for name, pattern in PARTS.items() if re.search(pattern, match[2])), "everything else")
            counts[part] += int(match[1].replace(",", ""))
    return counts


def main() -> None:
    """Print the report, or run the workload in the child process."""
    counted = sys.argv[1:2] == ["--count"]
    sizes = [int(argument) for argument in sys.argv[1 + counted :]] or [1000, 10, 200]
    n, d, asks = sizes
    if counted:
        return workload(n, d, asks)
    counts = instructions(n, d, asks) - instructions(n, d, 0)
    total = sum(counts.values())
    print(f"{total // asks:,} instructions an ask, {n} trials of {d} parameters, over {asks} asks")
    for part, count in counts.most_common():
        print(f"{count // asks:>10,} {100 * count / total:5.1f} %  {part}")
    return None


if __name__ == "__main__":
    main()
