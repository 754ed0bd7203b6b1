"""Commands that look at searches whose choices, sampler and pruner only their own program has."""

import json

import pytest

import tanteo as tt
from tanteo.cli import main
from tanteo.space.serialization import space_to_data
from tanteo.space.shown import reprs_of_opaque, shown_space


def relu(x):
    return max(x, 0.0)


class Layer:
    """Choices of one class that look alike."""

    def __repr__(self):
        return "Layer()"


class Corner:
    """A sampler."""

    def suggest(self, view, n, rng):
        return rng.random((n, len(view.axes)))


class Never:
    """A pruner."""

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


def said(capsys, *arguments, code=0):
    assert main([str(argument) for argument in arguments]) == code
    captured = capsys.readouterr()
    return captured.out if code == 0 else captured.err


def test_choices_are_shown_by_their_repr_and_the_sampler_by_its_name(path, capsys):
    page = said(capsys, "show", path)
    assert CORNER in page
    assert "'<function relu>'" in page
    assert "Layer() #1" in page
    assert "Layer() #2" in page
    assert " at 0x" not in page
    assert json.loads(said(capsys, "best", path, "--json"))["params"]["act"] == "<function relu>"
    # A snapshot does not say it of each trial.
    assert json.loads(said(capsys, "trials", path, "--json"))[3].get("sampler", CORNER) == CORNER
    assert "act='<function relu>'" in said(capsys, "trials", path, "--limit", 1)
    assert "<function relu>" in said(capsys, "export", path)
    assert len(said(capsys, "trials", path, "--where", "act=<function relu>").splitlines()) >= 1
    assert "differs" not in said(capsys, "compare", path, path)
    assert set(json.loads(said(capsys, "importance", path, "--json"))) == {"act", "slope", "x"}
    assert len(said(capsys, "tail", path, "--seconds", 0.01).splitlines()) == 10
    assert "is whole" in said(capsys, "doctor", path)


def test_figures_are_drawn(path, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    for kind in ("slice", "contour", "parallel"):
        said(capsys, "plot", path, kind, "--out", tmp_path / "x.png")
        assert (tmp_path / "x.png").stat().st_size > 0


def test_the_dashboard_shows_them(path):
    pytest.importorskip("optuna")
    from tanteo.cli.files import open_search
    from tanteo.integrations.optuna import read_only_storage

    trials = read_only_storage(open_search(path)).get_all_trials(0)
    assert {trial.params["act"] for trial in trials} <= {"<function relu>", "Layer() #1", "Layer() #2", "linear"}


def test_what_changes_a_search_says_what_it_needs(path, capsys):
    before = path.read_bytes()
    message = said(capsys, "enqueue", path, "x=0.5", code=1)
    assert f"needs the choices of 'act', the sampler {__name__}.Corner, the pruner {__name__}.Never, which" in message
    assert "enqueue(...)" in message
    assert path.read_bytes() == before


def test_a_sampler_that_is_not_here_does_nothing(path):
    from tanteo.cli.files import open_search

    search = open_search(path)
    assert repr(search.sampler) == f"{__name__}.Corner"
    with pytest.raises(tt.ArgumentError, match="is defined in the program of the search and not available here"):
        search.sampler.suggest(None, 1, None)


def test_text_stands_for_choices_wherever_a_space_names_them():
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
    assert shown._core == space._core, "the same conditions and defaults, by position"
    assert shown["pair"].choices == ("(1, <function relu>) #0", "(1, <function relu>)", None)
    assert shown["kind"].value == f"<class '{__name__}.Layer'>"
    assert shown_space(data, {})["act"].choices == (
        f"{__name__}.relu",
        f"{__name__}.Layer #1",
        f"{__name__}.Layer #2",
        "linear",
    )


def test_a_default_among_choices_of_one_class_is_not_shown_and_no_damage(tmp_path, capsys):
    first = Layer()
    path = tmp_path / "s.db"
    with tt.Study(path, {"a": tt.Categorical([first, Layer()], default=first), "x": tt.Float(0, 1)}, seed=0) as study:
        for k in range(20):
            study.tell(study.ask(), float(k))
    assert "Categorical(['Layer() #0', 'Layer() #1'])" in said(capsys, "show", path)
    assert "is whole" in said(capsys, "doctor", path)


def test_a_condition_on_one_of_several_choices_of_one_class_is_refused():
    first = Layer()
    space = tt.SearchSpace({"a": tt.Categorical([first, Layer()]), "b": tt.Float(0, 1, when={"a": first})})
    data = space_to_data(space)
    with pytest.raises(tt.SpaceError):
        shown_space(data, reprs_of_opaque(space, data))
