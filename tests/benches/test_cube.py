"""The unit cube that stands for a space in front of peers that only know boxes."""

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


def test_what_is_evaluated_comes_back_from_its_point() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        params = existing(SPACE, cube.decode(SPACE, rng.random(cube.dimension(SPACE))))
        u = cube.encode(SPACE, params)
        again = existing(SPACE, cube.decode(SPACE, u))
        assert u.min() >= 0.0
        assert u.max() <= 1.0
        assert again.keys() == params.keys()
        assert [again[name] for name in ("width", "solver")] == [params[name] for name in ("width", "solver")]
        assert np.isclose(again["rate"], params["rate"])


def test_both_ends_of_an_integer_have_a_whole_step() -> None:
    width = SPACE[1]
    assert [cube.from_unit(width, u) for u in (0.0, 1.0)] == [1, 128]


def test_what_does_not_exist_is_not_evaluated() -> None:
    values = {"rate": 0.1, "width": 2, "solver": "adam", "momentum": 0.5}
    assert "momentum" not in existing(SPACE, values)
    assert "momentum" in existing(SPACE, {**values, "solver": "sgd"})


def test_failures_are_imputed_with_the_worst_of_the_others() -> None:
    assert imputed([1.0, None, 3.0]) == [1.0, 3.0, 3.0]
