"""The display of a loop that takes long."""

import sys

import pytest

from tanteo._internal import display


@pytest.fixture(params=["tqdm", "line"])
def backend(request, monkeypatch):
    if request.param == "line":
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    else:
        pytest.importorskip("tqdm")


@pytest.mark.parametrize("items", [lambda: range(7), lambda: iter(range(7))])
def test_a_long_loop_shows_how_many_items_were_taken(backend, items, monkeypatch, capsys):
    monkeypatch.setattr(display, "_DELAY", 0.0)
    assert list(display.with_progress(items(), "trial", show=True)) == list(range(7))
    assert "7" in capsys.readouterr().err.replace("\r", "\n").strip().splitlines()[-1]


@pytest.mark.parametrize("show", [True, None, False])
def test_a_short_loop_and_one_without_a_terminal_show_nothing(backend, show, capsys):
    assert list(display.with_progress(range(3), "trial", show=show)) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_a_warning_that_tqdm_gives_when_it_is_imported_is_not_shown(tmp_path, monkeypatch, recwarn):
    """In a notebook without ipywidgets it asks for an update of jupyter."""
    (tmp_path / "tqdm").mkdir()
    (tmp_path / "tqdm/__init__.py").touch()
    (tmp_path / "tqdm/auto.py").write_text("import warnings; warnings.warn('IProgress not found'); tqdm = dict")
    for name in [name for name in sys.modules if name.partition(".")[0] == "tqdm"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    display.make_display("trial", 3, show=True)
    assert sys.modules["tqdm.auto"].tqdm is dict
    assert [str(warning.message) for warning in recwarn] == []
