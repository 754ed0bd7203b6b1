"""Names of Optuna that somebody uses by habit."""

from __future__ import annotations

import copy
import os
import pickle
import re
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import tanteo as tt
from tanteo._internal.optuna_names import ARGUMENTS, OURS, hint, named_hint
from tanteo.run.objective import RunningTrial


def owners() -> dict[str, Any]:
    result = tt.minimize(lambda p: p["x"], {"x": tt.Float(0.0, 1.0)}, n_trials=2, seed=0, progress=False)
    running = RunningTrial(0, {"x": 0.5}, lambda *arguments: None)
    search = result.optimizer
    return {"result": result, "search": search, "trial": search.ask(), "frozen": result.trials[0], "running": running}


@pytest.mark.parametrize(
    ("owner", "name", "ours"),
    [
        ("search", "enqueue_trial", r"enqueue\(params\)"),
        ("search", "optimize", r"tt\.minimize"),
        ("search", "add_trials", r"observe\(params, value\) for each of them"),
        ("search", "direction", "directions$"),
        ("search", "stop", r"tt\.StopSearch, raised in a callback"),
        ("search", "set_user_attr", r"set_attr\(trial, name, value\); trials have attributes, a search has none"),
        ("search", "user_attrs", r"trials\[id\]\.attrs; trials have attributes, a search has none"),
        ("trial", "set_user_attr", r"set_attr\(name, value\)$"),
        ("result", "best_trial", "best$"),
        ("result", "trials_dataframe", r"to_pandas\(\)"),
        ("trial", "suggest_float", r"params\[name\]"),
        ("running", "suggest_int", r"params\[name\]"),
        ("frozen", "user_attrs", "attrs"),
        ("frozen", "number", "id"),
    ],
)
def test_a_name_of_optuna_is_answered_with_ours(owner: str, name: str, ours: str) -> None:
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'; in place of Optuna's {name} write {ours}"):
        getattr(owners()[owner], name)


def test_a_hint_names_only_what_its_owner_has() -> None:
    all_owners = {**owners(), "study": tt.Study, "tt": tt}
    found = {name: {theirs: hint(theirs, dir(owner)) for theirs in OURS} for name, owner in all_owners.items()}
    for name, owner in all_owners.items():
        for ours in (text.partition(" write ")[2] for text in found[name].values() if text):
            first, *rest = re.split(r"\W", ours)
            assert hasattr(tt, rest[0]) if first == "tt" else hasattr(owner, first), (name, ours)
    assert all(any(hints[theirs] for hints in found.values()) for theirs in OURS)
    with pytest.raises(AttributeError, match=r"has no attribute 'best_trial'$"):
        _ = owners()["frozen"].best_trial


def test_the_package_knows_names_of_optuna_too() -> None:
    package: Any = tt
    with pytest.raises(AttributeError, match=r"in place of Optuna's create_study write tt\.Study\(path, space\)"):
        _ = package.create_study
    with pytest.raises(AttributeError, match=r"in place of Optuna's TrialPruned write tt\.Pruned"):
        _ = package.TrialPruned
    for name, ours in {
        "create_trial": r"tt\.Study\(path\)\.observe\(params, value\)",
        "logging": r"logging\.getLogger\('tanteo'\)",
        "visualization": r"tt\.plotting",
        "delete_study": r"pathlib\.Path\(path\)\.unlink\(\)",
        "IntDistribution": r"tt\.Int\(low, high\)",
    }.items():
        with pytest.raises(AttributeError, match=f"'{name}'; in place of Optuna's {name} write {ours}"):
            getattr(package, name)


@pytest.mark.parametrize(
    ("module", "name", "ours"),
    [
        ("samplers", "TPESampler", "TPE"),
        ("samplers", "QMCSampler", "Sobol"),
        ("samplers", "CmaEsSampler", "Auto"),
        ("samplers", "NSGAIIISampler", "NSGA3"),
        ("pruners", "MedianPruner", "Median"),
        ("pruners", "NopPruner", "Nothing"),
    ],
)
def test_samplers_and_pruners_of_optuna_are_answered_with_ours(module: str, name: str, ours: str) -> None:
    owner: Any = getattr(tt, module)
    with pytest.raises(AttributeError, match=rf"'{name}'; in place of Optuna's {name} write tt\.{module}\.{ours}$"):
        getattr(owner, name)
    with pytest.raises(AttributeError, match=r"has no attribute 'Nowhere'$"):
        _ = owner.Nowhere


def test_every_sampler_and_pruner_of_optuna_has_an_answer() -> None:
    optuna = pytest.importorskip("optuna")
    # Those that have a base class of their own, or fix values that are queued here.
    other = {"BaseSampler", "BaseGASampler", "BasePruner", "PartialFixedSampler"}
    for module in ("samplers", "pruners"):
        names = {name for name in getattr(optuna, module).__all__ if name.endswith(("Sampler", "Pruner"))} - other
        assert {name for name in names if not named_hint(name, module, getattr(tt, module).__all__)} == set()


def search_with(**arguments: Any) -> Any:
    return tt.minimize(lambda params: 0.0, {"x": tt.Float(0.0, 1.0)}, n_trials=1, progress=False, **arguments)


def study_with(**arguments: Any) -> Any:
    return tt.Study("never.db", {"x": tt.Float(0.0, 1.0)}, **arguments)


@pytest.mark.parametrize(
    ("call", "name", "ours"),
    [
        (search_with, "n_jobs", "n_workers=, the number"),
        (search_with, "show_progress_bar", "progress=True"),
        (study_with, "study_name", r"tt\.Study\(path, space, name="),
        (study_with, "load_if_exists", "tt\\.Study"),
        (partial(tt.Optimizer, {"x": tt.Float(0.0, 1.0)}), "storage", r"tt\.Study\(path, space\)"),
    ],
)
def test_an_argument_of_optuna_is_answered_with_ours(call: Any, name: str, ours: str) -> None:
    with pytest.raises(TypeError, match=f"argument '{name}'; in place of Optuna's {name} write {ours}"):
        call(**{name: 2})


def test_arguments_of_optunas_samplers_and_pruners_are_answered_by_ours_for_optuna() -> None:
    pytest.importorskip("optuna")
    from tanteo.integrations.optuna import TanteoPruner, TanteoSampler

    sampler, pruner = "TanteoSampler() got an unexpected keyword argument", "TanteoPruner() got"
    with pytest.raises(TypeError, match=re.escape(sampler) + r".*tt\.samplers\.TPE\(n_startup=10\)"):
        TanteoSampler(n_startup_trials=10)  # type: ignore[call-arg]  # the mistake
    with pytest.raises(TypeError, match=re.escape(pruner) + r".*tt\.pruners\.Median\(n_warmup_steps=5\)"):
        TanteoPruner(n_warmup_steps=5)  # type: ignore[call-arg]  # the mistake


def test_no_argument_of_optuna_is_one_of_ours() -> None:
    assert not ARGUMENTS.keys() & {*signature(tt.minimize).parameters, *signature(tt.Study).parameters}


@pytest.mark.parametrize(
    ("url", "path"), [("sqlite://z.db", "z.db"), ("sqlite:///z.db", "z.db"), ("sqlite:////tmp/z.db", "/tmp/z.db")]
)
def test_a_url_is_answered_with_its_path(url: str, path: str) -> None:
    for call in (tt.Study, lambda study, space: tt.minimize(lambda params: 0.0, space, n_trials=1, study=study)):
        with pytest.raises(tt.ArgumentError, match=f"give the path of a file, not a URL, .*; its path is '{path}'"):
            call(url, {"x": tt.Float(0.0, 1.0)})


@pytest.mark.parametrize("url", ["sqlite://", "mysql://host/z"])
def test_a_url_without_a_file_is_answered_without_a_path(url: str) -> None:
    with pytest.raises(tt.ArgumentError, match=rf"not a URL, got '{url}' \(str\)$"):
        tt.Study(url, {"x": tt.Float(0.0, 1.0)})


@pytest.mark.skipif(os.name == "nt", reason="a path of Windows cannot be a URL")
def test_a_path_of_a_url_is_no_path() -> None:
    with pytest.raises(tt.ArgumentError, match=r"^give the path of a file, not a URL, got [^;]*$"):
        tt.Study(Path("sqlite:///z.db"), {"x": tt.Float(0.0, 1.0)})


def test_no_name_of_optuna_is_one_of_ours_and_other_names_are_unknown_as_ever() -> None:
    for owner in (*owners().values(), tt):
        assert not any(hasattr(owner, name) for name in OURS)
    for owner in owners().values():
        with pytest.raises(AttributeError, match=r"has no attribute 'nothing'$"):
            _ = owner.nothing


def test_an_error_inside_a_property_is_kept() -> None:
    class Broken(RunningTrial):
        @property
        def loss(self) -> float:
            return self.params.lower  # type: ignore[attr-defined, no-any-return]  # the mistake

    with pytest.raises(AttributeError, match="'dict' object has no attribute 'lower'"):
        _ = Broken(0, {}, lambda *arguments: None).loss


def test_copies_and_pickles_are_made_as_before() -> None:
    for name in ("search", "trial", "frozen", "running"):
        owner = owners()[name]
        assert type(copy.deepcopy(owner)) is type(pickle.loads(pickle.dumps(owner))) is type(owner)


def test_a_result_has_the_table_of_its_search() -> None:
    pytest.importorskip("pandas")
    result = owners()["result"]
    assert result.to_pandas().equals(result.optimizer.to_pandas())


def test_the_run_of_a_callback_says_where_the_search_has_a_name() -> None:
    seen = []

    def look(run: Any, trial: Any) -> None:
        for name in ("best_value", "trials", "best_trial", "study_name", "unheard_of", "_private"):
            with pytest.raises(AttributeError) as caught:
                getattr(run, name)
            seen.append(str(caught.value).removeprefix(f"'Run' object has no attribute {name!r}"))

    tt.minimize(lambda params: params["x"], {"x": tt.Float(0, 1)}, n_trials=1, callbacks=[look], progress=False)
    assert seen == [
        "; the search has it: run.optimizer.best_value",
        "; the search has it: run.optimizer.trials",
        "; in place of Optuna's best_trial write run.optimizer.best",
        "",
        "",
        "",
    ]


def test_the_importances_of_optuna_are_answered_with_ours() -> None:
    with pytest.raises(AttributeError, match=r"get_param_importances write tt.importance.param_importances\(search\)"):
        tt.importance.get_param_importances  # type: ignore[attr-defined]  # noqa: B018 - it raises


def test_a_study_of_optuna_is_answered_with_the_import() -> None:
    optuna = pytest.importorskip("optuna")
    from tanteo import plotting

    study = optuna.create_study()
    for call in (
        lambda: tt.minimize(lambda params: 1.0, {"x": tt.Float(0, 1)}, n_trials=1, study=study, progress=False),
        lambda: plotting.plot_slice(study),
        lambda: tt.importance.param_importances(study),
        lambda: tt.report.report(study),
    ):
        with pytest.raises(
            tt.ArgumentError, match=r"tanteo\.integrations\.optuna\.from_optuna\(study\) makes a search"
        ):
            call()


def test_a_database_of_optuna_is_answered_with_the_import(tmp_path: Path) -> None:
    optuna = pytest.importorskip("optuna")
    optuna.create_study(storage=f"sqlite:///{tmp_path}/theirs.db")
    for call in (
        lambda: tt.Study(tmp_path / "theirs.db", {"x": tt.Float(0, 1)}),
        lambda: tt.Optimizer({"x": tt.Float(0, 1)}, earlier=[tmp_path / "theirs.db"]),
    ):
        with pytest.raises(
            tt.StudyError, match=r"is a database of Optuna, not a study of Tanteo; convert it by .*from_optuna, or"
        ):
            call()


def test_a_search_that_is_asked_for_its_page_names_it() -> None:
    search = tt.Optimizer({"x": tt.Float(0, 1)})
    with pytest.raises(TypeError, match=r"tt\.report\.report\(search\) returns the page about a search"):
        search.report()  # type: ignore[call-arg]  # the mistake
