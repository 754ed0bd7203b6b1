"""Optional packages: imported when a function needs them, missed with a message that says what to install."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def require(module: str, *, extra: str, needed_by: str) -> Any:
    """Imports an optional package.

    Parameters
    ----------
    module : str
        Its dotted name.
    extra : str
        The extra of Tanteo that installs it.
    needed_by : str
        What the user called.

    Raises
    ------
    ImportError
        If it is not installed, naming the extra.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(
            f"{needed_by} needs {package}, which is not installed: pip install 'tanteo[{extra}]'"
        ) from error
