"""Optional packages, imported when a function needs them; the error for a missing one says what to install."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def outer(room: str) -> Any:
    """Return a module of the package, for a function that hands over to it.

    An import statement would be circular if that module imports the calling one: the page of a result uses results. In
    a file that needs one of many modules, such as that of the command line, it would load all of them.
    """
    return import_module(f"tanteo.{room}")


def on_first_access(
    package: str, names: Sequence[str], homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and ``__dir__`` of a package that imports some of its names on first access (PEP 562).

    Parameters
    ----------
    package : str
        Its dotted name.
    names : sequence of str
        Its public names.
    homes : mapping
        The modules of those names that need an optional package.
    """

    def get(name: str) -> Any:
        if name in homes:
            return getattr(import_module(f"{package}.{homes[name]}"), name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get, lambda: sorted(names)


def require(module: str, *, extra: str, needed_by: str) -> Any:
    """Import an optional package.

    Parameters
    ----------
    module : str
        Its dotted name.
    extra : str
        The extra of Tanteo that installs it.
    needed_by : str
        The function that the user called.

    Raises
    ------
    ImportError
        If it is not installed, or if its import fails. The message names the extra.
    """
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except Exception as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == package
        problem = "is not installed" if missing else f"cannot be imported ({type(error).__name__}: {error})"
        raise ImportError(f"{needed_by} needs {package}, which {problem}: pip install 'tanteo[{extra}]'") from error
