"""What every study file must hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from .worker import Worker


@dataclass(eq=False)
class Content:
    """The results of one file, wherever it is moved.

    Attributes
    ----------
    values
        What was acknowledged, in this order.
    perhaps
        A result whose process was killed before it acknowledged it.
    is_separated
        Whether the file was taken from its log, so that a beginning of the values is enough.
    """

    values: list[float] = field(default_factory=list)
    perhaps: float | None = None
    is_separated: bool = False

    def compare(self, seen: list[float], *, is_final: bool, may_extend: bool) -> None:
        """Compare with what a reader has seen.

        Parameters
        ----------
        seen
            The values, in the order of their trials.
        is_final
            Whether these must be the values from now on; not while a process may still add what it has acknowledged.
        may_extend
            Whether the log beside the file may be a longer history of the same study.

        Raises
        ------
        AssertionError
            If a result is lost, changed or added.
        """
        allowed = [self.values]
        if self.perhaps is not None:
            allowed.append([*self.values, self.perhaps])
        if self.is_separated:
            allowed += [self.values[:n] for n in range(len(self.values))]
        if may_extend and any(seen[: len(values)] == values for values in allowed):
            allowed.append(seen)
        assert seen in allowed, f"a reader sees {seen}; acknowledged were {self.values}, perhaps {self.perhaps}"
        if is_final:
            self.values, self.perhaps, self.is_separated = list(seen), None, False


@dataclass(eq=False)
class Handle:
    """A study that a worker has open.

    Attributes
    ----------
    path
        Where it was opened; its log stays there.
    is_disturbed
        Whether something was done to its files that it may refuse to go on after.
    is_inherited
        Whether it was opened before its process was forked, so that every call must be refused.
    """

    worker: Worker
    number: int
    path: Path
    content: Content
    inode: int
    read_only: bool
    is_disturbed: bool = False
    is_inherited: bool = False
