"""The commit of a git repository, read without running a program that the repository names.

``git status`` runs programs from the repository's own configuration: a file monitor, hooks, the filters of files whose
contents it compares, a transport for the missing objects of a partial clone, and all of these once more in each
submodule. A repository that came as an archive may be hostile. So the monitor, hooks and transports are turned off, and
submodules are compared by their commits only. Filters have names of the repository's choice, which cannot all be turned
off; if it configures one, git is not asked for changes. The configuration of the user and of the machine is trusted.
"""

from __future__ import annotations

import os
import subprocess
from typing import Any

# The seconds that git may take, since a repository may be on a slow disk.
_PATIENCE = 5.0
_SETTINGS = ("-c", "core.fsmonitor=", "-c", f"core.hooksPath={os.devnull}")
# Without optional locks, git writes no index. "none" is no protocol, so that no transport is allowed.
_VARIABLES = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
_TRUSTED = ("system", "global", "command")
# Sections that name the programs which convert files. Git LFS, a filter that users install, runs its extensions.
_FILTERS = ("filter.", "lfs.extension.")


def repository(folder: str) -> dict[str, Any]:
    """Return ``commit`` and ``dirty``, whether files of the commit were changed, of the repository around a folder.

    Both are None without a repository. ``dirty`` is None if it is unknown: git takes too long, is older than 2.26, or
    the repository has a filter in its own configuration.
    """
    commit = _git_says(folder, "rev-parse", "HEAD")
    if commit is None or _has_own_filters(folder):
        return {"commit": commit, "dirty": None}
    changes = _git_says(folder, "status", "--porcelain", "--untracked-files=no", "--ignore-submodules=dirty")
    return {"commit": commit, "dirty": None if changes is None else changes != ""}


def _has_own_filters(folder: str) -> bool:
    """Whether the repository itself configures a filter, or that is unknown."""
    settings = _git_says(folder, "config", "--list", "--show-scope", "--name-only", "-z")
    if settings is None:
        return True
    fields = settings.split("\0")
    scopes_and_names = zip(fields[::2], fields[1::2], strict=False)
    return any(scope not in _TRUSTED and name.startswith(_FILTERS) for scope, name in scopes_and_names)


def _git_says(folder: str, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", folder, *_SETTINGS, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=True,
            env={**os.environ, **_VARIABLES},
        )
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return None
    return done.stdout.strip()
