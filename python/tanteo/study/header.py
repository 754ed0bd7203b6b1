"""The header of a study: its space and settings, and their comparison with the arguments of a later opening."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .._core import CoreOptimizer
from .._internal.coercion import shown
from .._internal.text import safe_repr
from ..exceptions import ArgumentError, SnapshotError, StudyError
from ..optimizer import Optimizer
from ..options import FIXED, SETTINGS
from ..pruners.user_objects import UserObjects
from ..snapshots import restored_space
from ..space.search_space import as_space, space_to_data
from ..space.shown import reprs_of_opaque, shown_space
from ..trials.objectives import as_given

if TYPE_CHECKING:
    from .._core import CoreSpace
    from .._internal.named_settings import CoreSettings
    from ..earlier.mapping import Mapped
    from ..options import AnySpace
    from ..space.search_space import SearchSpace
    from ..trials.objectives import Names

FORMAT = 1


class StudyArguments(NamedTuple):
    """The arguments of :class:`Study` that define a search; ``options`` has no options that were left out."""

    space: AnySpace | None
    name: str | None
    options: Mapping[str, Any]

    def optimizer(self) -> Optimizer:
        """Return an optimizer created with the arguments, which checks them."""
        if self.space is None:
            raise ArgumentError("a new study needs a space; pass space=")
        return Optimizer(self.space, **self.options)

    @property
    def user_objects(self) -> UserObjects:
        """What is written in Python."""
        return UserObjects.among(*(self.options.get(name) for name in ("sampler", "pruner", "allowed")))


#: The settings of the core that are neither the sampler nor the pruner.
_PLAIN = ("maximize", *(name for name in SETTINGS if name not in ("directions", "sampler", "pruner")))


def header_of(arguments: StudyArguments, path: Path) -> dict[str, Any]:
    """Return the header of a new study as JSON values."""
    optimizer, user_objects = arguments.optimizer(), arguments.user_objects.identities()
    settings = optimizer._core.settings()
    return {
        "format": FORMAT,
        "name": path.stem if arguments.name is None else _checked_name(arguments.name),
        "nonce": int.from_bytes(os.urandom(8)),
        **space_in_header(optimizer.space),
        **settings,
        "own_sampler": user_objects["sampler"],
        "own_pruner": user_objects["pruner"],
        "objectives": optimizer.objective_names,
        "earlier": optimizer._core.earlier(),
    }


def core_of(header: Mapping[str, Any], space: CoreSpace) -> CoreOptimizer:
    """Return the search of a header, without trials."""
    # JSON has no tuples.
    described: dict[str, Any] = {name: _with_tuples(*header[name]) for name in ("sampler", "pruner")}
    # A file that is older than a setting searches with its default.
    plain: dict[str, Any] = {name: header[name] for name in _PLAIN if name in header}
    return CoreOptimizer(space, **described, **plain, earlier=earlier_in(header))


def _with_tuples(name: str, settings: Mapping[str, Any]) -> CoreSettings:
    return name, {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}


def names_in(header: Mapping[str, Any]) -> Names:
    """Return the names of the objectives of a study, or None."""
    names = header["objectives"]
    return None if names is None else tuple(names)


def space_in_header(space: SearchSpace) -> dict[str, Any]:
    """Return the entries of a header for a space."""
    data = space_to_data(space)
    return {"space": data, "shown": reprs_of_opaque(space, data)}


def _checked_name(name: Any) -> str:
    if not isinstance(name, str) or not name.isprintable() or not name:
        raise ArgumentError(f"the name of a study must be printable text, got {shown(name)}")
    return name


def space_of(header: Mapping[str, Any], space: AnySpace | None, path: Path) -> SearchSpace:
    """Return the space of a study: the given one, which must equal the stored one, or the stored one if it is complete.

    Raises
    ------
    StudyError
        Naming the difference, or the parameters with choices that JSON cannot represent.
    """
    if header["format"] > FORMAT:
        raise StudyError(f"the study {str(path)!r} is of a later version of Tanteo; update tanteo")
    given = None if space is None else as_space(space)
    try:
        return restored_space(header["space"], given)
    except SnapshotError as error:
        ways_out = (
            "" if given is None else "; leave the space out, change it with Study.change_space, or give another path"
        )
        raise StudyError(f"the study {str(path)!r} cannot be opened: {error}{ways_out}") from None


def stand_in_space(data: Mapping[str, Any]) -> SearchSpace:
    """Return a space with text in place of choices that JSON cannot represent, which suffices for the core.

    Raises
    ------
    SpaceError
        If conditions depend on several choices of the same class, which have equal descriptions.
    """
    return shown_space(data, {})


def stand_in_core(header: Mapping[str, Any]) -> CoreSpace:
    """Return the core's form of :func:`stand_in_space` for a header, or for a change of the space."""
    return stand_in_space(header["space"])._core


def check_settings(
    stored: Optimizer, header: Mapping[str, Any], arguments: StudyArguments, path: Path, *, read_only: bool
) -> None:
    """Refuse settings that differ from those of the study; settings that were left out are not compared.

    Another budget is refused only for a study that is opened read-only.

    Raises
    ------
    StudyError
        Naming the first setting that differs.
    """
    # Earlier searches were read when the study was created.
    options = {name: value for name, value in arguments.options.items() if name != "earlier"}
    # What belongs to objectives is checked against those of the study, unless others are given.
    goals = {} if "direction" in options else {"directions": as_given(stored.directions, stored.objective_names)}
    requested = Optimizer(stored.space, **{**goals, **options})
    compared: list[tuple[str, Any, Any]] = [
        (name, getattr(requested, name), getattr(stored, name)) for name in FIXED[1:] if name in options
    ]
    if "direction" in options or "directions" in options:
        actual = as_given(stored.directions, stored.objective_names)
        compared.insert(0, ("directions", _goals(requested, stored), actual))
    if arguments.name is not None:
        compared.append(("name", arguments.name, header["name"]))
    if read_only and "budget" in options:
        compared.append(("budget", requested.budget, stored.budget))
    for name, requested_value, stored_value in compared:
        if not _same(requested_value, stored_value):
            raise StudyError(
                f"the study {str(path)!r} was made with {name}={safe_repr(stored_value)}, and "
                f"{safe_repr(requested_value)} is given; {_way_out(name, stored)}"
            )


def _way_out(name: str, stored: Optimizer) -> str:
    """Return what to do about a setting that differs from that of the study."""
    if name == "budget":
        return "open it without read_only to change the budget, or leave it out"
    if name != "directions":
        return "leave it out, or give another path"
    actual = as_given(stored.directions, stored.objective_names)
    call = f"tt.{stored.directions[0]}" if len(actual) == 1 else f"tt.minimize with directions={actual}"
    return f"use {call}, leave directions out of tt.Study, or give another path"


def _same(left: Any, right: Any) -> bool:
    """Return whether two settings are equal; mappings must have the same order, which is that of a trial's values."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return list(left.items()) == list(right.items())
    return bool(left == right)


def _goals(requested: Optimizer, stored: Optimizer) -> Any:
    """Return the given directions, with the names of the study if none are given."""
    names = requested.objective_names
    if names is None and len(requested.directions) == len(stored.directions):
        names = stored.objective_names
    return as_given(requested.directions, names)


def earlier_in(body: Mapping[str, Any]) -> list[list[Mapped]]:
    """Return the rows of earlier searches of a study in the form of the core."""
    # JSON has no tuples.
    return [[(row, loss, fits) for row, loss, fits in source] for source in body["earlier"]]


def user_objects_of(
    header: Mapping[str, Any], arguments: StudyArguments, core: CoreOptimizer, path: Path, *, read_only: bool
) -> UserObjects:
    """Return the sampler and the pruner of a study that are written in Python; a reader need not give them."""
    stored = {"sampler": header["own_sampler"], "pruner": header["own_pruner"]}
    given = arguments.user_objects
    if read_only:
        given = given.with_placeholders(core, stored)
    try:
        return given.checked(core, stored)
    except SnapshotError as error:
        raise StudyError(f"the study {str(path)!r} cannot be opened: {error}") from None
