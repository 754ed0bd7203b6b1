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
    assert list(display.counted(items(), "trial", show=True)) == list(range(7))
    assert "7" in capsys.readouterr().err.replace("\r", "\n").strip().splitlines()[-1]


@pytest.mark.parametrize("show", [True, None, False])
def test_a_short_loop_and_one_without_a_terminal_show_nothing(backend, show, capsys):
    assert list(display.counted(range(3), "trial", show=show)) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")
