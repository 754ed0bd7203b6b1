"""The unit cube that represents a space for peers that search boxes only."""

from __future__ import annotations

import numpy as np
from benches.python.peers import cube
from benches.python.peers.flat import existing, imputed
from benches.python.peers.space import Parameter, Space

SPACE = Space([
    Parameter("rate", "float", 1e-5, 1e0, True),
    Parameter("width", "int", 1, 128, True),
    Parameter("solver", "categorical", choices=("adam", "sgd", None)),
    Parameter("momentum", "float", 0.0, 0.99, parent=("solver", ("sgd",))),
])  # fmt: skip


def test_decoding_the_point_of_a_configuration_returns_it() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        params = existing(SPACE, cube.decode(SPACE, rng.random(cube.dimension(SPACE))))
        u = cube.encode(SPACE, params)
        decoded = existing(SPACE, cube.decode(SPACE, u))
        assert u.min() >= 0.0
        assert u.max() <= 1.0
        assert decoded.keys() == params.keys()
        assert [decoded[name] for name in ("width", "solver")] == [params[name] for name in ("width", "solver")]
        assert np.isclose(decoded["rate"], params["rate"])


def test_the_ends_of_the_unit_interval_decode_to_the_bounds_of_an_integer() -> None:
    width = SPACE[1]
    assert [cube.from_unit(width, u) for u in (0.0, 1.0)] == [1, 128]


def test_inactive_parameters_are_not_evaluated() -> None:
    values = {"rate": 0.1, "width": 2, "solver": "adam", "momentum": 0.5}
    assert "momentum" not in existing(SPACE, values)
    assert "momentum" in existing(SPACE, {**values, "solver": "sgd"})


def test_failures_are_imputed_with_the_worst_value() -> None:
    assert imputed([1.0, None, 3.0]) == [1.0, 3.0, 3.0]
