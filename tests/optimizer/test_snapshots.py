"""A search restored from bytes, a file, a pickle or a copy continues exactly as the original does."""

from __future__ import annotations

import copy
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tanteo as tt
from strategies import search_spaces, seeds, values

SPACE = tt.SearchSpace(
    {
        "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3),
        "g": {"kind": tt.Categorical([None, True, 1, 1.0, (1, 2)]), "n": tt.Int(0, 2**63, when={"kind": [1, True]})},
        "k": {1: (2.0,)}.get,
    }
)
PLAIN = tt.SearchSpace({name: p for name, p in SPACE.parameters.items() if name != "k"})


def make_search(space: tt.SearchSpace = PLAIN, **options: Any) -> tt.Optimizer:
    """Return an optimizer with trials of every state, a queue and reports."""
    optimizer = tt.Optimizer(space, **{"sampler": "random", "seed": 1, **options})
    trials = optimizer.ask(6)
    n = len(optimizer.directions)
    optimizer.tell(trials[0], [0.5] * n, cost=3, constraints={"c": -1})
    optimizer.tell(trials[1], state="failed", reason="out of memory")
    optimizer.tell(trials[2], state="pruned")
    optimizer.tell(trials[3], [tt.Replicates([1, 2, 4])] * n)
    if n == 1:
        trials[4].report(1, 0.5)
    optimizer.enqueue({"lr": 0.01})
    return optimizer


def through_bytes(optimizer: tt.Optimizer) -> tt.Optimizer:
    return tt.Optimizer.from_bytes(optimizer.to_bytes())


def through_a_pickle(optimizer: tt.Optimizer) -> tt.Optimizer:
    restored: tt.Optimizer = pickle.loads(pickle.dumps(optimizer))
    return restored


COPIES: list[Callable[[tt.Optimizer], tt.Optimizer]] = [through_bytes, through_a_pickle, copy.deepcopy, copy.copy]


@pytest.mark.parametrize("duplicate", COPIES)
@pytest.mark.parametrize(
    "options", [{}, {"sampler": "sobol", "direction": "maximize"}, {"directions": ["minimize"] * 2}]
)
def test_promise_13_a_copy_continues_identically(
    duplicate: Callable[[tt.Optimizer], tt.Optimizer], options: Any
) -> None:
    optimizer = make_search(**options)
    snapshot = optimizer.to_bytes()
    other = duplicate(optimizer)
    assert other.to_bytes() == snapshot
    assert list(other.trials) == list(optimizer.trials)
    assert other.pending == optimizer.pending
    assert other.space == optimizer.space
    for name in ("seed", "directions", "sampler", "deduplicate"):
        assert getattr(other, name) == getattr(optimizer, name)
    for _ in range(3):
        trial, twin = optimizer.ask(), other.ask()
        assert trial == twin
        value = [trial.params["lr"]] * len(optimizer.directions)
        optimizer.tell(trial, value)
        other.tell(twin, value)
    assert other.to_bytes() == optimizer.to_bytes()


@given(search_spaces(extreme=True, hostile_names=True), seeds, st.lists(values(extreme=True), max_size=4))
def test_round_trips_of_any_search(space: tt.SearchSpace, seed: int, observed: list[float]) -> None:
    optimizer = tt.Optimizer(space, sampler="random", seed=seed, deduplicate=False)
    for value in observed:
        optimizer.tell(optimizer.ask(), value)
    optimizer.ask()
    other = through_bytes(optimizer)
    assert other.space == space
    assert other.pending == optimizer.pending
    assert other.ask() == optimizer.ask()


def test_choices_that_json_cannot_hold_require_the_space_again() -> None:
    optimizer = make_search(SPACE)
    data = optimizer.to_bytes()
    with pytest.raises(tt.SnapshotError, match=r"'k' cannot be stored; give the space again \(space=...\)"):
        tt.Optimizer.from_bytes(data)
    assert tt.Optimizer.from_bytes(data, space=SPACE._nested()).space == SPACE
    restored = tt.Optimizer.from_bytes(data, space=SPACE)
    assert restored.space is SPACE
    assert restored.ask() == optimizer.ask()


def test_copies_and_pickles_keep_the_identity_of_choices() -> None:
    marker = object()
    optimizer = make_search(tt.SearchSpace({"lr": tt.Float(0, 1), "x": tt.Categorical([marker, len])}))
    assert copy.deepcopy(optimizer).space is optimizer.space
    restored = pickle.loads(
        pickle.dumps(make_search(tt.SearchSpace({"lr": tt.Float(0, 1), "x": tt.Categorical([len, abs])})))
    )
    assert {trial.params["x"] for trial in restored.trials} <= {len, abs}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"lr": tt.Float(1e-5, 1, log=True, default=1e-3)},
            "parameter 'lr': high 1.0 in the given space, 0.1 in the stored one",
        ),
        ({"new": tt.Float(0, 1)}, "parameter 'new' exists in the given space, but not in the stored one"),
        ({"k": len}, "parameter 'k': value .*builtins.len.* in the given space, .*dict.get.* in the stored one"),
    ],
)
def test_a_space_that_differs_is_refused_with_the_difference(change: dict[str, Any], message: str) -> None:
    data = make_search(SPACE).to_bytes()
    with pytest.raises(tt.SnapshotError, match=message):
        tt.Optimizer.from_bytes(data, space=tt.SearchSpace({**SPACE._nested(), **change}))


@pytest.mark.parametrize("data", ["text", None, 3, [1]])
def test_anything_but_bytes_is_refused(data: Any) -> None:
    with pytest.raises(tt.SnapshotError, match="a snapshot is bytes, got"):
        tt.Optimizer.from_bytes(data)
    assert len(tt.Optimizer.from_bytes(memoryview(make_search().to_bytes()))) == 6


@pytest.mark.parametrize(
    "labels",
    [b"", b"\xff", b"[]", b"{}", b'{"space": 1}', b'{"space": {"format": 1}, "sampler": null}', b"[" * 100_000],
)
def test_invalid_labels_are_refused(labels: bytes) -> None:
    data = make_search()._core.snapshot(labels)
    for space in (None, PLAIN):
        with pytest.raises(tt.SnapshotError, match=r"cannot be read|no space"):
            tt.Optimizer.from_bytes(data, space=space)


def test_labels_of_another_space_are_refused() -> None:
    other = tt.Optimizer({"x": tt.Int(0, 3)}, seed=0)
    _, labels = type(other._core).restore(other.to_bytes())
    with pytest.raises(tt.SnapshotError, match="is inconsistent"):
        tt.Optimizer.from_bytes(make_search()._core.snapshot(labels))


def test_saving_replaces_the_file_in_one_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "odd name % # é"
    optimizer = make_search()
    optimizer.save(path)
    saved = path.read_bytes()
    assert list(tmp_path.iterdir()) == [path]
    assert tt.Optimizer.load(str(path)).ask() == optimizer.ask()

    def no_space_left(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space_left)
    with pytest.raises(OSError, match="No space left"):
        optimizer.save(path)
    assert path.read_bytes() == saved
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="needs file permissions as on POSIX systems")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o666])
def test_saving_again_keeps_the_permissions(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "search"
    make_search().save(path)
    path.chmod(mode)
    make_search().save(path)
    assert path.stat().st_mode & 0o777 == mode


def test_saving_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    make_search().save(link)
    assert link.is_symlink()
    assert len(tt.Optimizer.load(target)) == 6


def test_a_path_that_cannot_be_loaded_or_saved_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"^there is no file '.*nope'$"):
        tt.Optimizer.load(tmp_path / "nope")
    with pytest.raises(IsADirectoryError, match=r"^'.*' is a folder"):
        tt.Optimizer.load(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"this folder does not exist, create it first.*missing"):
        make_search().save(tmp_path / "missing" / "search")
    with pytest.raises(FileNotFoundError):
        tt.Optimizer.load(tmp_path / "missing")
    (tmp_path / "text").write_text("hello")
    with pytest.raises(tt.SnapshotError, match=r"cannot load .*text.*not a snapshot"):
        tt.Optimizer.load(tmp_path / "text")


def test_a_pickled_trial_is_small_and_can_be_told() -> None:
    optimizer = make_search()
    optimizer.tell(optimizer.pending[0], 1.0)
    trial = optimizer.ask()
    sent: tt.Trial = pickle.loads(pickle.dumps(trial))
    assert sent == trial
    assert repr(sent) == repr(trial)
    assert len(pickle.dumps(trial)) < 500
    with pytest.raises(tt.TrialStateError, match="is a copy and has no optimizer"):
        sent.report(1, 0.5)
    optimizer.tell(sent, 1.0)
    frozen = optimizer.trials[sent.id]
    assert pickle.loads(pickle.dumps(frozen)) == frozen
    assert copy.deepcopy(frozen) == frozen
