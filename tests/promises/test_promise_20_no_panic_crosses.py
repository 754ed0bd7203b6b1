"""Promise 20: a panic is caught at the boundary to Python and becomes an `InternalError`; no lock is poisoned."""

import pytest

import tanteo as tt
from support.searches import mixed_space, run


def test_promise_20_a_panic_becomes_an_internal_error():
    optimizer = tt.Optimizer(mixed_space(), seed=123456789)
    with pytest.raises(tt.InternalError) as caught:
        optimizer._core.provoke_panic()
    assert isinstance(caught.value, tt.TanteoError)
    assert "123456789" in str(caught.value), "the message needs the seed, to reproduce the panic"
    assert tt.__version__ in str(caught.value)


def test_promise_20_the_optimizer_keeps_working():
    disturbed, undisturbed = (tt.Optimizer(mixed_space(), sampler="tpe", seed=1) for _ in range(2))
    for _ in range(15):
        with pytest.raises(tt.InternalError):
            disturbed._core.provoke_panic()
        assert run(disturbed, 1) == run(undisturbed, 1)
    assert disturbed.to_bytes() == undisturbed.to_bytes()


def test_promise_20_nothing_is_printed(capfd):
    with pytest.raises(tt.InternalError):
        tt.Optimizer(mixed_space(), seed=1)._core.provoke_panic()
    assert capfd.readouterr() == ("", "")


class Broken(tt.samplers.Sampler):
    """A sampler written in Python that raises."""

    def suggest(self, *args, **kwargs):
        raise ZeroDivisionError("not ours")


def test_promise_20_an_error_in_an_external_sampler_arrives_unchanged():
    optimizer = tt.Optimizer(mixed_space(), sampler=Broken(), seed=1)
    snapshot = optimizer.to_bytes()
    with pytest.raises(ZeroDivisionError, match="not ours"):
        optimizer.ask()
    assert optimizer.to_bytes() == snapshot
