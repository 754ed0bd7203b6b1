"""Commands read searches whose choices, sampler and pruner are defined only in the program of the user."""

import json

import pytest

import tanteo as tt
from tanteo.space.search_space import space_to_data
from tanteo.space.shown import reprs_of_opaque, shown_space


def relu(x):
    return max(x, 0.0)


class Layer:
    """A class whose objects all have the same repr."""

    def __repr__(self):
        return "Layer()"


class Corner:
    """A user-defined sampler."""

    def suggest(self, view, n, rng):
        return rng.random((n, len(view.axes)))


class Never:
    """A user-defined pruner."""

    def decide(self, view, trial):
        return False


CORNER = f"{__name__}.Corner"
SPACE = {
    "act": tt.Categorical([relu, Layer(), Layer(), "linear"], default=relu),
    "slope": tt.Float(0.0, 1.0, when={"act": relu}),
    "x": tt.Float(0.0, 1.0),
}


def fill(search):
    for k in range(12):
        trial = search.ask()
        search.report(trial, 1, 0.5)
        search.tell(trial, float(k))
    search.ask()


@pytest.fixture(scope="module", params=["study", "snapshot"])
def path(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "search.db"
    options = {"sampler": Corner(), "pruner": Never(), "seed": 0}
    if request.param == "study":
        with tt.Study(path, SPACE, durability="off", **options) as study:
            fill(study)
    else:
        search = tt.Optimizer(SPACE, **options)
        fill(search)
        search.save(path)
    return path


def test_choices_are_shown_by_their_repr_and_the_sampler_by_its_name(path, run):
    page = run("show", path)
    assert CORNER in page
    assert "'<function relu>'" in page
    assert "Layer() #1" in page
    assert "Layer() #2" in page
    assert " at 0x" not in page
    assert json.loads(run("best", path, "--json"))["params"]["act"] == "<function relu>"
    # A snapshot does not record the sampler of each trial.
    assert json.loads(run("trials", path, "--json"))[3].get("sampler", CORNER) == CORNER
    assert "act='<function relu>'" in run("trials", path, "--limit", 1)
    assert "<function relu>" in run("export", path)
    assert len(run("trials", path, "--where", "act=<function relu>").splitlines()) >= 1
    assert "differs" not in run("compare", path, path)
    assert set(json.loads(run("importance", path, "--json"))) == {"act", "slope", "x"}
    assert len(run("tail", path, "--seconds", 0.01).splitlines()) == 10
    assert "is whole" in run("doctor", path)


def test_figures_are_drawn(path, tmp_path, run):
    pytest.importorskip("matplotlib")
    for kind in ("slice", "contour", "parallel"):
        run("plot", path, kind, "--out", tmp_path / "x.png")
        assert (tmp_path / "x.png").stat().st_size > 0


def test_the_dashboard_shows_choices_by_their_repr(path):
    pytest.importorskip("optuna")
    from tanteo.cli.files import open_search
    from tanteo.integrations.optuna import read_only_storage

    trials = read_only_storage(open_search(path)).get_all_trials(0)
    assert {trial.params["act"] for trial in trials} <= {"<function relu>", "Layer() #1", "Layer() #2", "linear"}


def test_enqueue_names_the_definitions_it_needs(path, run):
    original = path.read_bytes()
    message = run("enqueue", path, "x=0.5", code=1)
    assert f"needs the choices of 'act', the sampler {__name__}.Corner, the pruner {__name__}.Never, which" in message
    assert "enqueue(...)" in message
    assert path.read_bytes() == original


def test_a_sampler_defined_elsewhere_cannot_suggest(path):
    from tanteo.cli.files import open_search

    search = open_search(path)
    assert repr(search.sampler) == f"{__name__}.Corner"
    with pytest.raises(tt.ArgumentError, match="is defined in the program of the search and not available here"):
        search.sampler.suggest(None, 1, None)


def test_choices_are_shown_as_text_throughout_a_space():
    space = tt.SearchSpace(
        {
            **SPACE,
            "pair": tt.Categorical([(1, relu), "(1, <function relu>)", None]),
            "kind": tt.Constant(Layer),
            "one": tt.Ordinal([Layer, 3]),
        }
    )
    data = json.loads(json.dumps(space_to_data(space)))
    shown = shown_space(data, reprs_of_opaque(space, data))
    assert shown._core == space._core, "conditions and defaults have the same positions"
    assert shown["pair"].choices == ("(1, <function relu>) #0", "(1, <function relu>)", None)
    assert shown["kind"].value == f"<class '{__name__}.Layer'>"
    assert shown_space(data, {})["act"].choices == (
        f"{__name__}.relu",
        f"{__name__}.Layer #1",
        f"{__name__}.Layer #2",
        "linear",
    )


def test_a_default_among_choices_with_equal_reprs_is_omitted_and_not_reported_as_damage(tmp_path, run):
    first = Layer()
    path = tmp_path / "s.db"
    with tt.Study(path, {"a": tt.Categorical([first, Layer()], default=first), "x": tt.Float(0, 1)}, seed=0) as study:
        for k in range(20):
            study.tell(study.ask(), float(k))
    assert "Categorical(['Layer() #0', 'Layer() #1'])" in run("show", path)
    assert "is whole" in run("doctor", path)


def test_a_space_with_a_condition_on_one_of_several_choices_with_equal_reprs_cannot_be_shown():
    first = Layer()
    space = tt.SearchSpace({"a": tt.Categorical([first, Layer()]), "b": tt.Float(0, 1, when={"a": first})})
    data = space_to_data(space)
    with pytest.raises(tt.SpaceError):
        shown_space(data, reprs_of_opaque(space, data))
