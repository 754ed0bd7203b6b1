"""The adapter of BoTorch, if BoTorch is installed."""

from __future__ import annotations

import pytest
from benches.python.peers.space import Parameter, Space

SPACE = Space([Parameter("x", "float", 0.0, 1.0), Parameter("y", "float", 0.0, 1.0)])


def test_the_model_is_fitted_once_per_result(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = pytest.importorskip("botorch.fit")
    from benches.python.peers.botorch_peer import INITIAL, Botorch

    fit_calls = []

    def counted_fit(mll: object) -> object:
        fit_calls.append(mll)
        return original(mll)

    original = fit.fit_gpytorch_mll
    monkeypatch.setattr(fit, "fit_gpytorch_mll", counted_fit)
    search = Botorch(SPACE, seed=0)
    for trial in range(INITIAL + 3):
        handle, params = search.ask()
        search.tell(handle, (params["x"] - 0.3) ** 2 + params["y"])
        assert 0 <= search.recommended() <= trial
    assert len(fit_calls) == 4, "one fit after the last Sobol point and one after each later trial"
