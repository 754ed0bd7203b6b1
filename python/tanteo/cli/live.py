"""Commands for a running search: ``tail``, ``enqueue``, ``dashboard``."""

from __future__ import annotations

import argparse
import sys
import time

from tanteo._internal.text import to_json
from tanteo.cli.configurations import configuration
from tanteo.cli.files import keep, name_of, open_search, open_to_write, refreshed
from tanteo.cli.output import is_read, line, say, serve, trial_as_json
from tanteo.exceptions import ArgumentError
from tanteo.optimizer import Optimizer
from tanteo.trials.trial import FrozenTrial


def tail(options: argparse.Namespace) -> None:
    """``tanteo tail FILE``: print a line for each trial that ends, until Ctrl-C or until the reader closes the pipe."""
    search = open_search(options.file)
    ended = [trial for trial in search.trials if trial.state != "pending"]
    for trial in ended[len(ended) - min(options.n, len(ended)) :]:
        _say(search, trial, as_json=options.json)
    pending, n_seen = {trial.id for trial in search.pending}, len(search)
    deadline = None if options.seconds is None else time.monotonic() + options.seconds
    while is_read() and (deadline is None or time.monotonic() < deadline):
        sys.stdout.flush()
        time.sleep(
            options.interval if deadline is None else max(0.0, min(options.interval, deadline - time.monotonic()))
        )
        search = refreshed(search, options.file)
        pending |= set(range(n_seen, len(search)))
        n_seen = len(search)
        for number in sorted(pending):
            trial = search.trials[number]
            if trial.state != "pending":
                pending.remove(number)
                _say(search, trial, as_json=options.json)


def _say(search: Optimizer, trial: FrozenTrial, *, as_json: bool) -> None:
    say(to_json(trial_as_json(trial)) if as_json else line(search, trial))


def enqueue(options: argparse.Namespace) -> None:
    """``tanteo enqueue FILE NAME=VALUE ...``, or a JSON object."""
    if not options.params:
        raise ArgumentError("name the values to try, such as lr=0.01; without any there is nothing to queue")
    search = open_to_write(options.file, "enqueue(...)")
    params = configuration(search, options.params)
    search.enqueue(params)
    keep(search, options.file)
    shown = ", ".join(f"{name}={value!r}" for name, value in params.items())
    say(f"queued in {options.file}: {shown}")


def dashboard(options: argparse.Namespace) -> None:
    """``tanteo dashboard FILE``: serve the dashboard until Ctrl-C."""
    from tanteo.integrations.optuna import dashboard as server_of

    search = open_search(options.file)
    with server_of(search, name=name_of(search, options.file), host=options.host, port=options.port) as server:
        serve(server, options.file)
