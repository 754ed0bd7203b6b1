"""The overrides of a Hydra sweep as a space."""

from __future__ import annotations

import pytest

import tanteo as tt

pytest.importorskip("hydra", reason="Hydra is not installed")

from hydra.core.override_parser.overrides_parser import OverridesParser

from tanteo.integrations.hydra import read_overrides


@pytest.mark.parametrize(
    ("override", "parameter"),
    [
        ("x=interval(0, 5)", tt.Float(0.0, 5.0)),
        ("x=int(interval(1, 8))", tt.Int(1, 8)),
        ("x=tag(log, interval(1e-5, 1e-1))", tt.Float(1e-5, 1e-1, log=True)),
        ("x=tag(log, int(interval(1, 64)))", tt.Int(1, 64, log=True)),
        ("x=range(3, 9)", tt.Int(3, 8)),
        ("x=range(0, 10, 3)", tt.Int(0, 9, step=3)),
        ("x=range(10, 0, -5)", tt.Int(5, 10, step=5)),
        ("x=range(0, 0.9, 0.3)", tt.Float(0.0, 0.6, step=0.3)),
        ("x=range(0, 1, 0.25)", tt.Float(0.0, 0.75, step=0.25)),
        ("x=tag(log, range(1, 65))", tt.Int(1, 64, log=True)),
        ("x=1,10,100", tt.Categorical([1, 10, 100])),
        ("x=choice(a, 2, 2.5, true)", tt.Categorical(["a", 2, 2.5, True])),
        ("x=null,1", tt.Categorical(["null", 1])),
        ("+db.size=1,2", tt.Categorical([1, 2])),
    ],
)
def test_a_sweep_is_a_parameter(override, parameter):
    read = read_overrides([override])
    (name,) = read.space
    assert name == override.lstrip("+").partition("=")[0]
    assert read.space[name] == parameter


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("x=null,1", [None, 1]),
        ("x='a,b','it\\'s',\"q\"", ["a,b", "it's", "q"]),
        ("x=[1,2],[3]", [[1, 2], [3]]),
        ("x={a:1},{a:2}", [{"a": 1}, {"a": 2}]),
        ("x=1e-5,0.1", [1e-5, 0.1]),
        ("x='1',1", ["1", 1]),
        ("x=true,false", [True, False]),
        ("x=0,false,1,true", [0, False, 1, True]),
        ("x=range(0,1,0.3)", [0.0, 0.3, 0.6, 0.9]),
        ("x=a\\ b,c", ["a b", "c"]),
    ],
)
def test_a_job_gets_the_values_of_the_sweep(override, expected):
    read = read_overrides([override, "y=3", "~z"])
    space = tt.SearchSpace(read.space)
    values = []
    for params in space.grid(10):
        fixed, deleted, text = read.of(params)
        assert (fixed, deleted) == ("y=3", "~z")
        (parsed,) = OverridesParser.create().parse_overrides([text])
        values.append(parsed.value())
    assert values == expected
    assert [type(value) for value in values] == [type(value) for value in expected]


def test_a_prefix_stays_and_the_last_override_counts():
    read = read_overrides(["+x=1,2", "y@a.b=c,d", "y@a.b=e,f"])
    assert read.of({"x": 2, "y@a.b": "f"}) == ("+x=2", "y@a.b=f")


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("x=range(5,5)", "has no values"),
        ("x=1,1", "the choice 1 twice"),
        ("x=interval(2, 1)", "parameter 'x'"),
        ("x=tag(log, interval(0, 1))", "parameter 'x'"),
        ("x=tag(log, range(1, 9, 2))", "parameter 'x'"),
    ],
)
def test_what_is_no_space_is_refused(override, message):
    with pytest.raises(tt.TanteoError, match=message):
        tt.SearchSpace(read_overrides([override]).space)
