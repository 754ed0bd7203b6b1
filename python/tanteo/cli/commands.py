"""Commands that consist of a single call; longer ones have a module of their own."""

from __future__ import annotations

import argparse
from typing import Any

from tanteo.cli import figures
from tanteo.cli.files import may_be_replaced, objective_of, open_search
from tanteo.cli.output import say, say_json
from tanteo.importance.shares import bar, for_objective, method_text, n_results, shares_of, standard_errors, why_none
from tanteo.run.report import as_text
from tanteo.trials.objectives import labels


def demo(options: argparse.Namespace) -> None:
    """``tanteo demo``."""
    from tanteo.demo import run

    run(options.seconds, options.out, options.seed)


def plot(options: argparse.Namespace) -> None:
    """``tanteo plot FILE KIND --out FILE``."""
    out = may_be_replaced(options.out)
    search = open_search(options.file)
    ends = {"start": options.start, "end": options.end}
    more: dict[str, Any] = {
        "beside": [open_search(file) for file in options.beside],
        "names": figures.names_of([options.file, *options.beside]),
        "trials": {name: ends[name] for name in ends if ends[name] is not None},
        "standalone": options.standalone,
    }
    figures.draw(search, options.kind, out, options.params, options.objective, **more)
    if figures.is_html(out) and not options.standalone:
        say(f"{out} needs {figures.LIBRARY} beside it; --standalone writes one file of 5 MB")


def importance(options: argparse.Namespace) -> None:
    """``tanteo importance FILE``: of one objective, or of each."""
    search = open_search(options.file)
    names = labels(len(search.directions), search.objective_names)
    places = range(len(names)) if options.objective is None else [objective_of(search, options.objective)]
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
        is_default = options.method == "ped-anova" and options.quantile is None
        errors = standard_errors(search, objective=place) if is_default else {}
        rows = [(name, bar(share, errors.get(name))) for name, share in shares.items()]
        say(f"no {title}: {reason}" if reason else as_text(f"{title} ({method})", rows))
