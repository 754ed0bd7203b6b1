"""The systems and Pythons for which this machine can build."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from wheels.place import run

#: What wheels are built for, and the tags of their names: abi3 for 3.11 to 3.14, the free-threaded 3.14, and abi3t from
#: 3.15 on. The last two need no such interpreter.
PYTHONS = {"python3.11": "cp311-abi3", "python3.14t": "cp314-cp314t", "python3.15t": "cp315-abi3.abi3t"}


@dataclass(frozen=True)
class Target:
    """A target of the compiler, and the versions of the system that its wheels must run on."""

    triple: str
    compatibility: str

    @property
    def options(self) -> list[str]:
        """The options of maturin; on Linux, zig links against an old C library."""
        options = ["--target", self.triple, "--compatibility", self.compatibility]
        return [*options, "--zig"] if "linux" in self.triple else options


_LINUX = tuple(
    Target(f"{processor}-unknown-linux-{library}", compatibility)
    for processor in ("x86_64", "aarch64")
    for library, compatibility in (("gnu", "manylinux2014"), ("musl", "musllinux_1_2"))
)


def buildable() -> list[Target]:
    """Return the targets whose standard library is installed: on Linux of every kind, elsewhere that of the machine."""
    candidates = _LINUX if sys.platform == "linux" else (Target(_host(), "pypi"),)
    return [target for target in candidates if _has_library(target)]


def _host() -> str:
    lines = run("rustc", "--version", "--verbose").splitlines()
    return next(line.removeprefix("host: ") for line in lines if line.startswith("host: "))


def _has_library(target: Target) -> bool:
    return Path(run("rustc", "--print", "target-libdir", "--target", target.triple).strip()).is_dir()
