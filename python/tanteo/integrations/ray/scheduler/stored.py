"""Restores the optimizer of a scheduler from a snapshot, if its settings are those requested."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from .... import inside
from ...._core import CoreOptimizer
from ....exceptions import SnapshotError
from ....optimizer import Optimizer
from ....pruners.user_objects import UserObjects
from ....snapshots import read_labels, restored_from

_LOG = logging.getLogger(__name__)
_OF_ANOTHER = "the stored state is that of another TanteoScheduler, and this one starts empty: %s"


class RequestedSettings:
    """The settings that a scheduler was given.

    Parameters
    ----------
    optimizer
        An optimizer with the settings; its direction is not used.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        self._settings = inside.settings(optimizer)
        self._user_pruner: Any = optimizer.pruner if self._settings["pruner"][0] == "external" else None

    def restore(self, data: bytes, mode: str | None) -> Optimizer | None:
        """Return the stored optimizer; None, with a warning, if its settings differ.

        Parameters
        ----------
        data
            The snapshot.
        mode
            The mode of the scheduler; None if it is not known yet, and not compared.

        Raises
        ------
        SnapshotError
            If the snapshot is damaged or of a later version.
        """
        core, labels = CoreOptimizer.restore(data)
        if self.refuses(core.settings(), mode):
            return None
        user_objects, stored = UserObjects(None, self._user_pruner), read_labels(labels)
        try:
            user_objects.checked(core, stored)
        except SnapshotError as error:  # two pruners of the user
            _LOG.warning(_OF_ANOTHER, error)
            return None
        return inside.restored(*restored_from(core, labels, None, user_objects))

    def refuses(self, stored: Mapping[str, Any], mode: str | None) -> bool:
        """Return whether the stored settings differ; log a warning that names the differences."""
        names = ["pruner", "pausing"] if mode is None else ["pruner", "pausing", "maximize"]
        requested = {**self._settings, "maximize": [mode == "max"]}
        differences = [
            f"{_described(name, requested[name])} was given, and {_described(name, stored[name])} is stored"
            for name in names
            if requested[name] != stored[name]
        ]
        if differences:
            _LOG.warning(_OF_ANOTHER, "; ".join(differences))
        return bool(differences)


def _described(name: str, setting: Any) -> str:
    """Return a setting of the core as a user gives it."""
    if name == "maximize":
        return f"mode {'max' if setting[0] else 'min'!r}"
    if name == "pruner":
        return "a pruner of your own" if setting[0] == "external" else f"pruner {inside.pruner(setting)!r}"
    return f"{name} {setting!r}"
