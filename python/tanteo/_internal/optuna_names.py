"""What names of Optuna are called here, for the errors about names that this package does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

#: The names of Optuna's package, studies and trials, with what to write here: a function of this package with ``tt.``,
#: else an attribute of the object. None of them is a name of ours.
OURS = {
    "create_study": "tt.Study(path, space), or tt.minimize(function, space) for a whole search",
    "load_study": "tt.Study(path)",
    "TrialPruned": "tt.Pruned",
    "optimize": "tt.minimize(function, space), with study= to continue a search",
    "enqueue_trial": "enqueue(params)",
    "add_trial": "observe(params, value)",
    "best_trial": "best",
    "best_trials": "pareto_front",
    "get_trials": "trials",
    "trials_dataframe": "to_pandas()",
    "number": "id",
    "user_attrs": "attrs",
    "set_user_attr": "set_attr",
    "intermediate_values": "steps",
    "datetime_start": "started",
    "datetime_complete": "finished",
    **dict.fromkeys(
        (f"suggest_{kind}" for kind in ("float", "int", "categorical", "uniform", "loguniform", "discrete_uniform")),
        "params[name]; the space is declared before the search",
    ),
}


def hint(name: str, known: Collection[str]) -> str:
    """Return the end of the message about an unknown name, empty unless ``known`` names do what it does in Optuna.

    >>> hint("best_trial", ["best", "trials"])
    "; in place of Optuna's best_trial write best"
    >>> hint("best_trial", ["params", "value"])
    ''
    """
    ours = OURS.get(name, "")
    is_known = ours.startswith("tt.") or re.split(r"\W", ours)[0] in known
    return f"; in place of Optuna's {name} write {ours}" if ours and is_known else ""


class NamesOfOptuna:
    """The base of classes whose errors about unknown attributes say what a name of Optuna is here."""

    __slots__ = ()

    # Type checkers would otherwise accept every attribute.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name not in OURS:
                # Raises again what was raised, which may be an error inside a property.
                return object.__getattribute__(self, name)
            kind = type(self).__name__
            raise AttributeError(
                f"{kind!r} object has no attribute {name!r}{hint(name, dir(self))}", name=name, obj=self
            )
