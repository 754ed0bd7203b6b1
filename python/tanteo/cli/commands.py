"""Commands that consist of a single call; longer ones have a module of their own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from tanteo._internal.equality import same
from tanteo._internal.text import show_value
from tanteo.cli import figures
from tanteo.cli.files import may_be_replaced, objective_of, open_search
from tanteo.cli.output import say, say_json
from tanteo.importance import paths
from tanteo.importance.shares import bar, for_objective, known_errors, method_text, n_results, shares_of, why_none
from tanteo.optimizer import Optimizer
from tanteo.run.answer_text import value_name
from tanteo.run.report import as_columns, as_text
from tanteo.trials.objectives import labels
from tanteo.trials.schema import as_json


def demo(options: argparse.Namespace) -> None:
    """``tanteo demo``."""
    from tanteo.demo import run

    run(options.seconds, options.out, options.seed)


def plot(options: argparse.Namespace) -> None:
    """``tanteo plot FILE KIND --out FILE``."""
    out = may_be_replaced(options.out)
    search = open_search(options.file)
    more: dict[str, Any] = {
        "beside": [open_search(file) for file in options.beside],
        "names": figures.names_of([options.file, *options.beside]),
        "trials": _ends(options),
        "standalone": options.standalone,
    }
    figures.draw(search, options.kind, out, options.params, options.objective, **more)
    if figures.is_html(out) and not options.standalone:
        say(f"{out} needs {figures.LIBRARY} beside it; --standalone writes one file of 5 MB")


def _ends(options: argparse.Namespace) -> dict[str, int]:
    """Return the ids of the trials at which an ablation starts and ends, if they are given."""
    return {name: number for name in ("start", "end") if (number := getattr(options, name)) is not None}


def _places(search: Optimizer, options: argparse.Namespace) -> tuple[list[str], Sequence[int]]:
    """Return the names of the objectives, and which of them a command is about: the given one, or each."""
    n = len(search.directions)
    names = labels(n, search.objective_names) if n > 1 else [value_name(search)]
    return names, range(len(names)) if options.objective is None else [objective_of(search, options.objective)]


def ablation(options: argparse.Namespace) -> None:
    """``tanteo ablation FILE``: of one objective, or of each."""
    search = open_search(options.file)
    names, places = _places(search, options)
    ends = {name: figures.trial_of(search, number, name) for name, number in _ends(options).items()}
    found = {place: paths.ablation(search, **ends, objective=place) for place in places}
    if options.json:
        as_dicts = {place: [_step_as_json(step) for step in steps] for place, steps in found.items()}
        say_json(as_dicts[0] if len(names) == 1 else {names[place]: steps for place, steps in as_dicts.items()})
        return
    for place, steps in found.items():
        start, end = (f"{show_value(step.value)}{_place(search, step)}" for step in (steps[0], steps[-1]))
        values = f"predicted {names[place]} from {start} to {end}"
        lines = as_columns(paths.path_table(search, steps, place)) if len(steps) > 1 else ["nothing differs"]
        say("\n  ".join([f"ablation: {values}", *lines]))


def _place(search: Optimizer, step: paths.AblationStep) -> str:
    """Return in brackets where a path starts or ends: at the defaults, at a trial, or at both."""
    at = ["the defaults"] if same(step.params, search.space.default()) else []
    at += [] if step.trial is None else [f"trial {step.trial}"]
    return f" ({', '.join(at)})" if at else ""


def _step_as_json(step: paths.AblationStep) -> dict[str, Any]:
    return {name: as_json(getattr(step, name)) for name in ("changed", "params", "value", "sem", "change", "trial")}


def importance(options: argparse.Namespace) -> None:
    """``tanteo importance FILE``: of one objective, or of each."""
    search = open_search(options.file)
    names, places = _places(search, options)
    how: dict[str, Any] = {"method": options.method, "quantile": options.quantile}
    found = {place: shares_of(search, objective=place, **how) for place in places}
    if options.json:
        # The form depends on the search alone, whether one objective is chosen or none.
        say_json(found[0] if len(names) == 1 else {names[place]: shares for place, shares in found.items()})
        return
    method = method_text(n_results(search), **how)
    for place, shares in found.items():
        title = f"importance{for_objective(search, place)}"
        reason = why_none(search, shares, options.method, place)
        errors = known_errors(search, objective=place, **how)
        rows = [(name, bar(share, errors.get(name))) for name, share in shares.items()]
        say(f"no {title}: {reason}" if reason else as_text(f"{title} ({method})", rows))
