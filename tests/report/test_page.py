"""The page as a file: it executes nothing of a search, asks for nothing, and stays small."""

import base64
import hashlib
import json
import math
import re

import numpy as np
import pytest

import tanteo as tt
from report.conftest import HOSTILE, MARKUP, SPACE, filled, hostile_study, loss
from tanteo.report import head, report
from tanteo.report.trials import details


def data_of(text):
    (found,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    return json.loads(found)


@pytest.fixture(scope="module")
def page(plain_search):
    return report(plain_search).html


def test_markup_of_a_search_reaches_the_page_as_data_only(tmp_path):
    with hostile_study(tmp_path / "s.db") as study:
        text = report(study, name=HOSTILE).html
    assert text.count("<script") == text.count("</script") == 2
    outside = text.replace(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1], "")
    assert "boom()" not in outside.replace("&lt;script&gt;boom()&lt;/script&gt;&lt;img src=x onerror=boom()&gt;", "")
    assert "\u202e" not in text
    assert "\x1b" not in text
    data = data_of(text)
    assert "boom()" in data["trials"]["details"]["0"]["facts"][-1][1]


def test_the_policy_allows_this_script_and_this_style_and_nothing_else(page):
    policy = dict(part.split(" ", 1) for part in re.search(r'Policy" content="(.*?)"', page)[1].split("; "))
    for kind, pattern in (("style-src", "<style>(.*?)</style>"), ("script-src", r"<script>(.*?)</script>")):
        (text,) = re.findall(pattern, page, re.DOTALL)
        assert policy[kind] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert policy["default-src"] == policy["connect-src"] == policy["base-uri"] == policy["form-action"] == "'none'"


def test_the_page_names_no_address(page):
    outside = page.replace("http://www.w3.org/2000/svg", "")
    assert not re.findall(r"(?:src|href)=.?\w+:|url\(|@import|https?://", outside)


def test_a_thousand_trials_stay_under_one_and_a_half_megabytes():
    def outcome(search, trial):
        for step in range(40):
            search.report(trial, step, loss(trial.params) + 1.0 / (step + 1))
        search.tell(trial, loss(trial.params), constraints={"size": -1.0})

    assert len(report(filled(outcome, n=1000)).html.encode()) < 1.5e6


def test_a_page_of_more_trials_holds_the_best_of_them(monkeypatch):
    monkeypatch.setattr("tanteo.report.page.MOST", 50)
    search = filled(lambda search, trial: search.tell(trial, loss(trial.params)), n=80)
    trials = data_of(report(search).html)["trials"]
    assert (trials["total"], len(trials["rows"]), len(trials["details"])) == (80, 50, 50)
    assert search.best.id in {row[0] for row in trials["rows"]}


@pytest.mark.parametrize(
    "value",
    [
        lambda k: 1e308 * (-1) ** k,
        lambda k: 5e-324 * (k + 1),
        lambda k: math.inf if k % 2 else float(k),
        lambda k: math.inf,
        lambda k: 1.0,
    ],
)
def test_extreme_values_have_a_page_of_valid_json(value):
    with np.errstate(all="raise"):
        search = filled(lambda search, trial: search.tell(trial, value(trial.id)), n=24)
        text = report(search).html
        assert head(search)
    (found,) = re.findall(r'id="data">(.*?)</script>', text, re.DOTALL)
    json.loads(found, parse_constant=pytest.fail)


def test_large_values_that_differ_by_little_are_told_apart():
    def outcome(search, trial):
        search.tell(trial, 12_345_678.9 + 1e-3 * trial.params["drop"])

    search = filled(outcome, n=5)
    told = [trial.value for trial in search.trials]
    (progress,) = [section for section in data_of(report(search).html)["sections"] if section["id"] == "progress"]
    (chart,) = [part for part in progress["parts"] if part["kind"] == "chart"]
    points = [mark for mark in chart["marks"] if mark["kind"] == "points"]
    drawn = {number: y for mark in points for number, y in zip(mark["ids"], mark["y"], strict=True)}
    assert [drawn[number] for number in range(5)] == pytest.approx(told, rel=0.0, abs=1e-8)
    assert "12345678.9" in chart["shows"]


def test_a_trial_without_a_result_shows_the_objectives_that_it_told():
    search = tt.Optimizer(SPACE, directions={"loss": "minimize", "speed": "maximize"}, seed=0)
    search.ask().tell_objectives({"speed": 3.0}, sem={"speed": 0.5})
    about = details(search, 0)
    assert (about["state"], about["values"]) == ("pending", ["not told", "3"])
    assert dict(about["facts"])["standard error"] == "speed 0.5"


def test_standard_errors_and_replicates_have_the_names_of_their_objectives():
    search = tt.Optimizer(SPACE, directions={"loss": "minimize", "speed": "maximize"}, seed=0)
    search.tell(search.ask(), [tt.Replicates([1.0, 3.0]), tt.Replicates([2.0, 2.0, 5.0])])
    facts = dict(details(search, 0)["facts"])
    assert facts["standard error"] == "loss 1; speed 1"
    assert facts["replicates"] == "loss 1, 3; speed 2, 2, 5"
    single = tt.Optimizer(SPACE, seed=0)
    single.tell(single.ask(), 1.0, sem=0.5)
    assert dict(details(single, 0)["facts"])["standard error"] == "0.5"


def test_trials_that_do_not_fit_a_changed_space_have_a_page(tmp_path):
    with tt.Study(tmp_path / "s.db", {"a": tt.Float(0.0, 1.0), "b": tt.Float(0.0, 1.0)}, seed=0) as study:
        for trial in study.ask(20):
            study.tell(trial, trial.params["a"])
        with pytest.warns(UserWarning, match="no trial fits"):
            study.change_space({"a": tt.Float(0.0, 0.5), "c": tt.Float(0.0, 1.0)})
        assert "nothing to take" in report(study).html
        for trial in study.ask(12):
            study.tell(trial, trial.params["c"])
        assert f"Take trial {study.recommend().id}" in report(study).html


def test_a_result_and_a_study_have_a_page(tmp_path):
    result = tt.minimize(lambda p: p["x"] ** 2, {"x": tt.Float(-1.0, 1.0)}, n_trials=12, seed=0)
    page = result.report()
    assert data_of(page.html)["trials"]["total"] == 12
    assert page.save(tmp_path / "page.html").read_text(encoding="utf-8") == page.html
    with pytest.raises(tt.ArgumentError, match=r"a page is HTML: use one of the endings \.html, \.htm"):
        page.save(tmp_path / "page.pdf")
    assert page._repr_html_().startswith("<iframe")
    assert page._repr_html_().count("<") == 2, "the page is an escaped attribute"
    assert 'title="Report"' in page._repr_html_()
    shown = result._repr_html_()
    assert f"Take trial {result.best.id}" in shown
    assert "<script" not in shown


def test_the_head_in_a_notebook_escapes_the_search():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, directions={MARKUP: "minimize"}, seed=0)
    for k in range(3):
        search.tell(search.ask(), 3.0 - k)
    assert "<script" not in head(search)
    assert "<img" not in head(search)
    assert "<polyline" in head(search)
