"""trust-bo (TuRBO's trust regions in Rust) with its defaults."""

from __future__ import annotations

from typing import Any

from benches.python.peers.flat import existing
from benches.python.peers.space import Parameter, Space


def _parameter(p: Parameter) -> Any:
    import trust_bo

    if p.kind == "categorical":
        return trust_bo.Categorical(p.name, list(p.choices))
    if p.kind == "int":
        return trust_bo.Int(p.name, int(p.low), int(p.high), log=p.log)
    return trust_bo.Float(p.name, p.low, p.high, log=p.log)


class TrustBo:
    """One engine."""

    def __init__(self, space: Space, seed: int) -> None:
        import trust_bo

        self._space = space
        self._engine = trust_bo.TRustBOEngine([_parameter(p) for p in space], seed=seed)

    def ask(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Ask for one candidate."""
        [values] = self._engine.ask(batch_size=1)
        return values, existing(self._space, values)

    def tell(self, handle: dict[str, Any], value: float | None) -> None:
        """Tell a value; a failure is told as infeasible."""
        result = {"value": 0.0, "feasible": False} if value is None else {"value": value, "feasible": True}
        self._engine.tell([handle], [result])
