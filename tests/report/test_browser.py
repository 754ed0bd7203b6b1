"""A person's steps in headless Chromium, and pages of a hostile study."""

import re
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

import tanteo as tt
from report.conftest import MARKUP, SPACE, hostile_study, loss
from report.test_watch import serving
from support.browser import PROGRAM, Browser
from tanteo.exceptions import ArgumentError
from tanteo.report import report
from tanteo.report.trials import Query, TrialTable

pytestmark = [
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed: make test-browser says how"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # of the server's own modules
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@contextmanager
def opened(browser, url):
    """Open a page, and check at the end that its script has raised no error."""
    browser.errors.clear()
    browser.open(url)
    browser.wait_until(lambda: browser.evaluate("!!document.querySelector('#record')"), "the last section")
    yield
    assert browser.errors == []


def type_filter(browser, text):
    browser.evaluate(
        f"(() => {{ const i = document.getElementById('where'); i.value = {text!r};"
        " i.dispatchEvent(new Event('input')); })()"
    )


def first_ids(browser, n):
    script = (
        f"[...document.querySelectorAll('.trials tbody tr')].slice(0, {n}).map(row => Number(row.cells[0].innerText))"
    )
    return browser.evaluate(script)


def test_a_saved_page_is_filtered_sorted_and_opened(browser, failing, tmp_path):
    path = report(failing).save(tmp_path / "page.html")
    with opened(browser, path.as_uri()):
        browser.wait_for("Trials 1 to 50 of 120.")
        type_filter(browser, "state=complete lr<0.001")
        complete = (t for t in failing.trials if t.state == "complete" and t.params["lr"] < 1e-3)
        few = sorted(complete, key=lambda t: (not t.feasible, t.value))
        browser.wait_for(f"of {len(few)}, from 120 in all")
        browser.click(".trials thead button", "value")
        browser.wait_until(lambda: first_ids(browser, 3) == [trial.id for trial in few[:3]], "the best trials")
        infeasible = "[...document.querySelectorAll('.trials .infeasible')].map(row => Number(row.cells[0].innerText))"
        assert browser.evaluate(infeasible) == [trial.id for trial in few[:50] if not trial.feasible]
        browser.click(".trials thead button", "value")
        worst = max((trial for trial in few if trial.feasible), key=lambda trial: trial.value)
        browser.wait_until(lambda: first_ids(browser, 1) == [worst.id], "the worst of the feasible trials")
        type_filter(browser, "speed<1")
        browser.wait_for("speed: there is no such column")
        browser.evaluate("location.hash = '#trial-7'")
        browser.wait_for("Trial 7")
        browser.click("dialog button", "Close")
        browser.wait_until(lambda: not browser.evaluate("document.querySelector('dialog').open"), "the closed trial")


CONDITIONS = [
    "state=complete",
    "state!=complete",
    "lr<0.001",
    "lr<=1e-3 depth>=5",
    "depth=5",
    "depth==5.0",
    "depth!=5",
    "value<1 state=complete",
    "value>-inf",
    "size>0",
    "constraints/size<=0",
    "params/drop>.25",
    "reason>V",
    "reason!=late",
    "size!=-2.5",
    "origin=random",
    "origin<s",
    "state=running",
    "lr<small",
    "lr=",
    "speed<1",
    "lr",
    "id=7",
]


def test_a_saved_page_filters_and_sorts_as_commands_do(browser, failing, tmp_path):
    """The language of conditions is implemented for commands and servers, and for pages without a server."""
    table = TrialTable(failing)
    path = report(failing).save(tmp_path / "page.html")
    with opened(browser, path.as_uri()):
        browser.wait_for("Trials 1 to 50 of 120.")
        for condition in CONDITIONS:
            try:
                wanted = table.ids(Query(where=condition))
            except ArgumentError as error:
                # Pages list their own columns.
                wanted = str(error).partition("; choose from")[0]
            type_filter(browser, condition)
            n = len(wanted)
            said = wanted if isinstance(wanted, str) else f" of {n}" if n else "None of 120 trials."
            browser.wait_for(said)
            if not isinstance(wanted, str):
                browser.wait_until(lambda w=wanted: first_ids(browser, 5) == w[:5], condition)
        type_filter(browser, "")
        for column in ("value", "lr", "origin", "reason"):
            for reverse in (False, True):
                browser.click(".trials thead button", column)
                wanted = table.ids(Query(sort=column, reverse=reverse))
                browser.wait_until(lambda w=wanted: first_ids(browser, 50) == w[:50], f"{column} {reverse}")


def test_a_saved_page_compares_ordinals_by_position(browser, tmp_path):
    search = tt.Optimizer({"page": tt.Ordinal(["4k", "8k", "16k", "32k"]), "level": tt.Ordinal(["none", 1, 2])}, seed=0)
    for trial in search.ask(12):
        search.tell(trial, 1.0)
    table = TrialTable(search)
    with opened(browser, report(search).save(tmp_path / "page.html").as_uri()):
        browser.wait_for("Trials 1 to 12 of 12.")
        for condition in ("page>8k", "page<=16k", "page!=4k", "level>=1", "level<1"):
            wanted = table.ids(Query(where=condition))
            assert 0 < len(wanted) < 12
            type_filter(browser, condition)
            browser.wait_until(lambda w=wanted: first_ids(browser, 12) == w, condition)
        type_filter(browser, "page>9k")
        browser.wait_for("page>9k: choose one of 4k, 8k, 16k, 32k")
        type_filter(browser, "")
        for column in ("page", "level"):
            browser.click(".trials thead button", column)
            wanted = table.ids(Query(sort=column))
            browser.wait_until(lambda w=wanted: first_ids(browser, 12) == w, column)


def test_values_that_differ_look_different(browser, tmp_path):
    search = tt.Optimizer({"x": tt.Int(0, 9)}, seed=0)
    for x, value in enumerate((0.25, 0.123456781, 0.123456789)):
        search.observe({"x": x}, value)
    with opened(browser, report(search).save(tmp_path / "page.html").as_uri()):
        script = "[...document.querySelectorAll('.trials tbody tr')].map(row => row.cells[2].innerText)"
        assert browser.evaluate(script) == ["0.25", "0.12345678", "0.12345679"]


def test_axes_of_folds_and_trials_have_whole_numbers(browser, tmp_path):
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0), "n": tt.Int(1, 3)}, seed=0, sampler="random")
    for trial in search.ask(12):
        for fold in range(3):
            search.report_fold(trial, fold, trial.params["x"] + 0.01 * fold)
        search.tell(trial)
    path = report(search).save(tmp_path / "page.html")
    places = "%s .frame text[text-anchor=middle]:not(.label)"
    ticks = f"[...document.querySelectorAll('{places}')].map(text => text.textContent)"
    with opened(browser, path.as_uri()):
        browser.wait_until(lambda: browser.evaluate(ticks % "#curves") == ["1", "2", "3"], "the curves")
        shown = browser.evaluate(ticks % "#progress")
        assert len(shown) > 1
        assert all(text.isdigit() for text in shown)
        browser.evaluate("location.hash = '#trial-0'")
        browser.wait_for("after 1 fold to")
        browser.wait_until(lambda: browser.evaluate(ticks % "dialog") == ["1", "2", "3"], "the curve of the trial")


def test_a_front_is_bounded_by_a_reader(browser, several, tmp_path):
    path = report(several).save(tmp_path / "page.html")
    front = several.pareto_front
    limit = sorted(trial.values[0] for trial in front)[1]
    n = sum(trial.values[0] <= limit for trial in front)
    with opened(browser, path.as_uri()):
        browser.wait_for(f"{len(front)} of {len(front)} trials on the front")
        field = "document.getElementById('bound-0')"
        script = f"{field}.value = '{{}}'; {field}.dispatchEvent(new Event('input'))"
        browser.evaluate(script.format(repr(limit)))
        browser.wait_for(f"{n} of {len(front)} trials on the front")
        browser.evaluate(script.format("many"))
        browser.wait_for("many: write a number.")


def test_a_section_in_use_gets_its_last_update_when_it_is_left(browser):
    search = tt.Optimizer(SPACE, seed=0, sampler="random")

    def grow():
        search.tell(search.ask(), loss(search.trials[-1].params))

    for _ in range(12):
        grow()
    with serving({"s": lambda _: search}) as url, opened(browser, url):
        browser.wait_for("12 complete")
        browser.evaluate("document.querySelector('#record .scroll').focus()")
        grow()
        browser.wait_until(
            lambda: "13 complete" in browser.evaluate("document.querySelector('header').innerText"), "13"
        )
        time.sleep(0.5)
        row = "document.querySelector('#record').innerText"
        assert "12 complete" in browser.evaluate(row)
        browser.evaluate("document.activeElement.blur()")
        browser.wait_until(lambda: "13 complete" in browser.evaluate(row), "the last update")
        browser.open("about:blank")


def test_a_chart_is_read_by_keyboard(browser, plain_search, tmp_path):
    path = report(plain_search).save(tmp_path / "page.html")
    with opened(browser, path.as_uri()):
        picture = "document.querySelector('#progress svg[tabindex]')"
        browser.wait_until(lambda: browser.evaluate(f"!!{picture}"), "the first picture")
        press = f"{picture}.dispatchEvent(new KeyboardEvent('keydown', {{key: %r}}))"
        browser.evaluate(press % "ArrowRight")
        browser.wait_for("trial 0: ")
        browser.evaluate(press % "Enter")
        browser.wait_for("Why it was proposed")


def test_a_page_watches_a_search_grow(browser, tmp_path):
    path = tmp_path / "s.db"
    with tt.Study(path, SPACE, seed=0, durability="off") as study, tt.Study(path, read_only=True) as reader:

        def run(n):
            for trial in study.ask(n):
                study.tell(trial, loss(trial.params))

        run(12)
        with serving({"s": lambda _: reader.refresh() or reader}) as url, opened(browser, url):
            browser.wait_for("12 complete")
            browser.wait_for("Trials 1 to 12 of 12.")
            run(5)
            browser.wait_for("17 complete")
            browser.wait_for("Trials 1 to 17 of 17.")
            browser.open("about:blank")  # closes the stream before the server ends


def test_a_hostile_study_executes_nothing(browser, tmp_path):
    with hostile_study(tmp_path / "s.db") as study:
        path = report(study).save(tmp_path / "page.html")
        with serving({MARKUP: lambda _: study}) as url:
            for address in (path.as_uri(), url):
                with opened(browser, address):
                    browser.wait_for("Trials 1 to 24 of 24.")
                    browser.evaluate("window.boom = () => { window.exploded = true; }")
                    for number in (0, 1):
                        browser.evaluate(f"location.hash = '#trial-{number}'")
                        browser.wait_for(f"Trial {number}\n")
                    browser.wait_for("javascript:boom()")
                    assert (
                        browser.evaluate("document.querySelectorAll('img, iframe, a[href^=\"javascript\"]').length")
                        == 0
                    )
                    assert browser.evaluate("document.scripts.length") == 2
                    assert browser.evaluate("window.exploded") is None
            browser.open("about:blank")


def test_a_triangle_in_a_legend_points_as_those_in_the_picture(browser, tmp_path):
    search = tt.Optimizer(SPACE, seed=0, sampler="random")
    for k in range(30):
        trial = search.ask()
        if k % 10 in (3, 6):
            trial.report(1, -50.0 if k % 10 == 3 else 50.0)
            search.tell(trial, state="pruned")
        else:
            search.tell(trial, loss(trial.params))
    with opened(browser, report(search).save(tmp_path / "page.html").as_uri()):
        marks = "[...document.querySelectorAll('#progress figure .mark.stopped-beyond path')]"
        paths = browser.evaluate(f"{marks}.map(path => path.getAttribute('d'))")
    triangles = [[float(number) for number in re.findall(r"-?[\d.]+", path.split("Z")[0])] for path in paths]
    # The picture comes before the legend; the first corner is the tip.
    points_down = [tip_y > other_y for _, tip_y, _, other_y, *_ in triangles]
    assert points_down == [False, True] * 2


AXE = Path(__file__).parents[2] / "target/axe/axe_playwright_python/axe.min.js"


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there: make test-browser fetches it")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["noisy", "several", "failing", "curved", "conditional"])
def test_a_page_is_accessible(browser, kind, scheme, request, tmp_path):
    path = report(request.getfixturevalue(kind)).save(tmp_path / "page.html")
    browser._call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    with opened(browser, path.as_uri()):
        browser.evaluate(f"{AXE.read_text(encoding='utf-8')}; 0")
        for address in ("", "#trial-3"):
            browser.evaluate(f"location.hash = {address!r}")
            broken = "axe.run().then(found => found.violations.map(rule => `${rule.id}: ${rule.nodes[0].html}`))"
            assert browser.evaluate(broken) == []


def test_the_memory_of_a_page_does_not_grow_with_its_updates(browser):
    search = tt.Optimizer(SPACE, seed=0, sampler="random")
    lock = threading.Lock()

    def grow(_):
        with lock:
            search.tell(search.ask(), loss(search.trials[-1].params))
            return search

    with serving({"s": grow}) as url, opened(browser, url):

        def after(n):
            browser.wait_until(lambda: len(search) >= n, f"{n} updates")
            browser._call("HeapProfiler.collectGarbage")
            return browser._call("Runtime.getHeapUsage")["usedSize"]

        first = after(4)
        assert after(8) < first + 2e6
        browser.open("about:blank")
        time.sleep(0.1)
