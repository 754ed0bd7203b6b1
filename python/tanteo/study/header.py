"""What a study was made with, and whether what is given now agrees with it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .._internal.coercion import shown
from .._internal.text import safe_repr
from ..exceptions import ArgumentError, SnapshotError, StudyError
from ..optimizer import Optimizer
from ..pruners import Median
from ..pruners.own import Own
from ..snapshots import restored_space
from ..space.search_space import as_space
from ..space.serialization import space_to_data
from ..space.shown import reprs_of_opaque, shown_space
from ..trials.objectives import given_as

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from ..earlier.mapping import Mapped
    from ..earlier.reading import AnySource
    from ..optimizer import AnySpace, Directions
    from ..pruners import Pruner
    from ..pruners import Settings as PrunerSettings
    from ..samplers import Sampler
    from ..samplers.settings import Settings
    from ..space.search_space import SearchSpace
    from ..trials.objectives import Direction, Names

FORMAT = 1


class Given(NamedTuple):
    """The arguments of :class:`Study` that make a search; None for those that were left out."""

    space: AnySpace | None
    direction: Direction | None
    directions: Directions | None
    sampler: str | Settings | Sampler | None
    seed: int | None
    deduplicate: bool | None
    pruner: str | PrunerSettings | Pruner | None
    pausing: bool | None
    budget: float | None
    name: str | None
    earlier: Sequence[AnySource] | None

    def optimizer(self) -> Optimizer:
        """Return an optimizer made with them, which checks them."""
        if self.space is None:
            raise ArgumentError("a new study needs a space")
        options = self._asdict()
        named = {n: options[n] for n in _OPTIONS if options[n] is not None}
        return Optimizer(self.space, **named)

    @property
    def own(self) -> Own:
        """The sampler and the pruner, if they are written in Python."""
        return Own(_if_it_has("suggest", self.sampler), _if_it_has("decide", self.pruner))


def _if_it_has(method: str, given: Any) -> Any:
    return given if hasattr(given, method) and not isinstance(given, type) else None


_OPTIONS = ("direction", "directions", "sampler", "seed", "deduplicate", "pruner", "pausing", "budget", "earlier")
#: What studies had before pruners could be chosen: the median, from five complete trials on.
_FIRST_PRUNER = Median(n_min_trials=5)._to_core()


def header_of(given: Given, path: Path) -> dict[str, Any]:
    """Return what to write down of a new study, in terms of JSON."""
    optimizer, own = given.optimizer(), given.own.identities()
    settings = optimizer._core.settings()
    return {
        "format": FORMAT,
        "name": path.stem if given.name is None else _checked_name(given.name),
        "nonce": int.from_bytes(os.urandom(8)),
        **space_in_header(optimizer.space),
        "maximize": settings["maximize"],
        "sampler": settings["sampler"],
        "own_sampler": own["sampler"],
        "seed": settings["seed"],
        "deduplicate": settings["deduplicate"],
        "pruner": settings["pruner"],
        "own_pruner": own["pruner"],
        **({"pausing": True} if settings["pausing"] else {}),
        **({} if optimizer.budget is None else {"budget": optimizer.budget}),
        **({} if optimizer.objective_names is None else {"objectives": list(optimizer.objective_names)}),
        **({"earlier": known} if (known := optimizer._core.earlier()) else {}),
    }


def names_in(header: Mapping[str, Any]) -> Names:
    """Return the names of the objectives of a study, None if they have none."""
    names = header.get("objectives")
    return None if names is None else tuple(names)


def space_in_header(space: SearchSpace) -> dict[str, Any]:
    """Return what a header says of a space."""
    data = space_to_data(space)
    return {"space": data, "shown": reprs_of_opaque(space, data)}


def _checked_name(name: Any) -> str:
    if not isinstance(name, str) or not name.isprintable() or not name:
        raise ArgumentError(f"the name of a study must be printable text, got {shown(name)}")
    return name


def space_of(header: Mapping[str, Any], given: AnySpace | None, path: Path) -> SearchSpace:
    """Return the space of a study: the given one, which must be the same, or the stored one if nothing is missing.

    Raises
    ------
    StudyError
        Saying where they differ, or what JSON could not hold.
    """
    if header["format"] > FORMAT:
        raise StudyError(f"the study {str(path)!r} is of a later version of Tanteo; update tanteo")
    try:
        return restored_space(header["space"], None if given is None else as_space(given))
    except SnapshotError as error:
        raise StudyError(f"the study {str(path)!r} cannot be opened: {error}") from None


def stand_in_space(data: Mapping[str, Any]) -> SearchSpace:
    """Return a space in which text stands for the choices that JSON cannot hold: enough for the core.

    Raises
    ------
    SpaceError
        If conditions depend on choices of one class, which their descriptions do not tell apart.
    """
    return shown_space(data, {})


def check_settings(stored: Optimizer, header: Mapping[str, Any], given: Given, path: Path, *, read_only: bool) -> None:
    """Refuse settings that are not those of the study; what was left out is fine.

    Another budget is refused only where the study cannot be changed.

    Raises
    ------
    StudyError
        Naming the first that differs.
    """
    # What it learns from was read when it was made.
    wanted = given._replace(space=stored.space, earlier=None).optimizer()
    compared: list[tuple[str, Any, Any]] = [
        ("directions", _goals(wanted, stored), given_as(stored.directions, stored.objective_names)),
        ("sampler", wanted.sampler, stored.sampler),
        ("seed", wanted.seed, stored.seed),
        ("deduplicate", wanted.deduplicate, stored.deduplicate),
        ("pruner", wanted.pruner, stored.pruner),
        ("pausing", wanted.pausing, stored.pausing),
        ("name", given.name, header["name"]),
    ]
    if read_only:
        compared.append(("budget", wanted.budget, stored.budget))
    options = given._asdict()
    left_out = {name for name, value in options.items() if value is None}
    if options["directions"] is None and options["direction"] is not None:
        left_out.discard("directions")
    for name, ours, theirs in compared:
        if name not in left_out and not _same(ours, theirs):
            raise StudyError(
                f"the study {str(path)!r} was made with {name}={safe_repr(theirs)}, and {safe_repr(ours)} is given; "
                "leave it out, or give another path"
            )


def _same(ours: Any, theirs: Any) -> bool:
    """Whether two settings are equal; of mappings the order counts too: it is that of the values of a trial."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return list(ours.items()) == list(theirs.items())
    return bool(ours == theirs)


def _goals(wanted: Optimizer, stored: Optimizer) -> Any:
    """Return the directions that are given, with the names of the study where they are given without."""
    names = wanted.objective_names
    if names is None and len(wanted.directions) == len(stored.directions):
        names = stored.objective_names
    return given_as(wanted.directions, names)


def pruner_in(header: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the pruner of a study as the core takes it."""
    name, settings = header.get("pruner", _FIRST_PRUNER)
    # JSON knows no tuples.
    return name, {key: tuple(value) if isinstance(value, list) else value for key, value in settings.items()}


def earlier_in(body: Mapping[str, Any]) -> list[list[Mapped]]:
    """Return what a study learns from as the core takes it."""
    # JSON knows no tuples.
    return [[(row, loss, fits) for row, loss, fits in source] for source in body.get("earlier", ())]


def own_of(header: Mapping[str, Any], given: Given, core: CoreOptimizer, path: Path) -> Own:
    """Return the sampler and the pruner written in Python that a study uses."""
    try:
        return given.own.checked(core, {"sampler": header["own_sampler"], "pruner": header.get("own_pruner")})
    except SnapshotError as error:
        raise StudyError(f"the study {str(path)!r} cannot be opened: {error}") from None
