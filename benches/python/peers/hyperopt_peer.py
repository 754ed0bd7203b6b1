"""Hyperopt's TPE, called trial by trial."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benches.python.peers.space import Parameter, Space


def _leaf(label: str, p: Parameter) -> Any:
    from hyperopt import hp

    if p.kind == "int" and p.log:
        return hp.qloguniform(label, math.log(p.low - 0.5), math.log(p.high + 0.5), 1)
    if p.kind == "int":
        return hp.uniformint(label, p.low, p.high)
    if p.log:
        return hp.loguniform(label, math.log(p.low), math.log(p.high))
    return hp.uniform(label, p.low, p.high)


def _tree(space: Space, parent: str | None = None, value: Any = None, path: str = "") -> dict[str, Any]:
    """Return the parameters that depend on ``parent == value``, nested as Hyperopt requires.

    A parameter that several values of its parent share appears once below each of them, with its own label (``path``).
    """
    from hyperopt import hp

    tree: dict[str, Any] = {}
    for p in space:
        if (p.parent is None and parent is not None) or (
            p.parent and (p.parent[0] != parent or value not in p.parent[1])
        ):
            continue
        label = p.name + path
        if p.kind == "categorical":
            branches = [{"=": c, **_tree(space, p.name, c, f"{path}@{c}")} for c in p.choices]
            tree[p.name] = hp.choice(label, branches)
        else:
            tree[p.name] = _leaf(label, p)
    return tree


def _flatten(tree: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    for name, value in tree.items():
        if isinstance(value, dict):
            params[name] = value["="]
            _flatten({k: v for k, v in value.items() if k != "="}, params)
        elif name != "=":
            params[name] = value
    return params


class Tpe:
    """One search with ``tpe.suggest`` and its defaults."""

    def __init__(self, space: Space, seed: int) -> None:
        from hyperopt import Trials
        from hyperopt.base import Domain

        self._space = {p.name: p for p in space}
        self._tree = _tree(space)
        self._domain = Domain(lambda config: 0.0, self._tree)
        self._trials = Trials()
        self._rng = np.random.default_rng(seed)

    def ask(self) -> tuple[Any, dict[str, Any]]:
        """Return one document, whose values are looked up in the nested space."""
        from hyperopt import space_eval, tpe

        ids = self._trials.new_trial_ids(1)
        self._trials.refresh()
        [doc] = tpe.suggest(ids, self._domain, self._trials, int(self._rng.integers(2**31 - 1)))
        self._trials.insert_trial_docs([doc])
        self._trials.refresh()
        doc = self._trials._dynamic_trials[-1]
        drawn = {k: v[0] for k, v in doc["misc"]["vals"].items() if v}
        params = _flatten(space_eval(self._tree, drawn), {})
        return doc, {name: self._exact(name, value) for name, value in params.items()}

    def tell(self, handle: Any, value: float | None) -> None:
        """Tell a value; a failure is told with the status ``fail``."""
        from hyperopt import JOB_STATE_DONE, STATUS_FAIL, STATUS_OK

        handle["state"] = JOB_STATE_DONE
        handle["result"] = {"status": STATUS_FAIL} if value is None else {"status": STATUS_OK, "loss": float(value)}
        self._trials.refresh()

    def observe(self, rows: list[tuple[dict[str, Any], float]]) -> None:
        """Add completed trials as documents, for spaces without conditions."""
        from hyperopt import JOB_STATE_DONE, STATUS_OK

        ids = self._trials.new_trial_ids(len(rows))
        for tid, (params, value) in zip(ids, rows, strict=True):
            labels = {
                n: (p.choices.index(params[n]) if p.kind == "categorical" else params[n])
                for n, p in self._space.items()
            }
            misc = {
                "tid": tid,
                "cmd": self._domain.cmd,
                "workdir": self._domain.workdir,
                "idxs": {n: [tid] for n in labels},
                "vals": {n: [v] for n, v in labels.items()},
            }
            [doc] = self._trials.new_trial_docs([tid], [None], [{"status": STATUS_OK, "loss": value}], [misc])
            doc["state"] = JOB_STATE_DONE
            self._trials.insert_trial_doc(doc)
        self._trials.refresh()

    def _exact(self, name: str, value: Any) -> Any:
        p = self._space[name]
        return int(min(max(round(value), p.low), p.high)) if p.kind == "int" else value
