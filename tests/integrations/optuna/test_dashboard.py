"""Optuna's dashboard for our searches: the responses of its server, and its pages in a browser."""

import json
import math
import re
import sys
import threading
import urllib.request
from contextlib import contextmanager

import pytest

import tanteo as tt

pytest.importorskip("optuna_dashboard", reason="optuna-dashboard is not installed")

from support.browser import PROGRAM, Browser
from tanteo.cli import main
from tanteo.integrations.optuna import dashboard

pytestmark = pytest.mark.filterwarnings("ignore")  # warnings of the dashboard's own modules


@contextmanager
def running(server):
    with server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serve(search, name="digits"):
    with running(dashboard(search, name=name, port=0)) as server:
        yield server.url.removesuffix("/dashboard/studies/0")


def get(url):
    with urllib.request.urlopen(url, timeout=60) as response:
        return json.loads(response.read(), parse_constant=pytest.fail)


@pytest.fixture
def search():
    search = tt.Optimizer(
        {
            "kind": tt.Categorical(["svm", "forest"]),
            "c": tt.Float(1e-3, 1e3, log=True, when={"kind": "svm"}),
            "big": tt.Int(2**60, 2**62),
            "loss": tt.Categorical([abs, [1, 2], True, 1]),
        },
        seed=0,
    )
    for k, trial in enumerate(search.ask(20)):
        trial.report(0, k / 2)
        if k % 5 == 1:
            search.tell(trial, state="failed", reason="out of memory")
        elif k % 5 == 2:
            search.tell(trial, state="pruned")
        elif k % 5 != 4:
            search.tell(trial, 4.0 + k, constraints={"time": k - 12.0})
    return search


def test_the_server_returns_the_trials_of_the_search(search):
    with serve(search) as url:
        [summary] = get(f"{url}/api/studies")["study_summaries"]
        assert (summary["study_name"], summary["directions"]) == ("digits", ["minimize"])
        study = get(f"{url}/api/studies/0")
    labels = {"complete": "Complete", "failed": "Fail", "pruned": "Pruned", "pending": "Running"}
    for ours, theirs in zip(search.trials, study["trials"], strict=True):
        assert theirs["state"] == labels[ours.state]
        assert theirs.get("values") == (None if ours.values is None else list(ours.values))
        assert theirs["constraints"] == list(ours.constraints.values())
        assert theirs["intermediate_values"] == [{"step": 0, "value": ours.steps[0]}]
        params = {parameter["name"]: parameter["param_external_value"] for parameter in theirs["params"]}
        assert params.keys() == ours.params.keys()
        assert params["big"] == str(ours.params["big"])
        assert params.get("c") == (str(ours.params["c"]) if "c" in ours.params else None)
    assert [trial["number"] for trial in study["best_trials"]] == [search.best.id]
    assert {parameter["name"] for parameter in study["union_search_space"]} == {"kind", "c", "big", "loss"}


def test_the_server_returns_the_names_of_objectives():
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, directions={"loss": "minimize", "f1": "maximize"}, seed=0)
    search.tell(search.ask(), (0.5, 0.25))
    with serve(search) as url:
        assert get(f"{url}/api/studies/0")["objective_names"] == ["loss", "f1"]


def test_the_server_writes_valid_json_for_numbers_that_are_not_finite():
    odd = [math.nan, math.inf, -math.inf]
    search = tt.Optimizer({"x": tt.Categorical(odd), "fixed": tt.Constant(math.inf)}, seed=0)
    for trial, value in zip(search.ask(3), [math.inf, math.nan, 1.0], strict=True):
        search.set_attr(trial, "odd", odd)
        for step, report in enumerate([0.5, math.nan, math.inf]):
            search.report(trial, step, report)
        search.tell(trial, value, constraints={"size": math.inf, "heat": -1.0})
    with serve(search) as url:
        trials = get(f"{url}/api/studies/0")["trials"]
    assert [trial["constraints"] for trial in trials] == [[-1.0, sys.float_info.max]] * 3


def status_of(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_server_refuses_requests_for_other_hosts(search):
    with serve(search) as url:
        assert url.startswith("http://127.0.0.1:")
        for path in ("/", "/dashboard/studies/0", "/api/studies", "/static/bundle.js"):
            assert status_of(url + path, Host="evil.example:80") == 403
        assert status_of(f"{url}/api/studies", Host="localhost") == 200


def test_beyond_the_loopback_the_server_needs_its_token(search):
    with running(dashboard(search, host="0.0.0.0", port=0)) as server:
        address, _, token = server.url.partition("?token=")
        assert address == f"http://{server.server_name}:{server.server_port}/dashboard/studies/0"
        api = f"http://127.0.0.1:{server.server_port}/api/studies"
        assert status_of(api) == status_of(f"{api}?token=wrong") == 403
        assert status_of(f"{api}?token={token}") == 200
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        for path in (f"/?token={token}", "/dashboard/studies/0", "/api/studies/0"):
            with browser.open(f"http://127.0.0.1:{server.server_port}{path}", timeout=60) as response:
                assert response.status == 200


def test_the_command_prints_the_address_with_its_token(tmp_path, capsys, monkeypatch):
    def interrupt(server):
        raise KeyboardInterrupt

    monkeypatch.setattr("socketserver.BaseServer.serve_forever", interrupt)
    search = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
    search.save(tmp_path / "search")
    for host, pattern in (("127.0.0.1", r"http://127\.0\.0\.1:\d+/"), ("0.0.0.0", r"http://.*\?token=[\w-]{43} ")):
        assert main(["dashboard", str(tmp_path / "search"), "--host", host, "--port", "0"]) == 130
        assert re.match(pattern, capsys.readouterr().out)


def test_the_dashboard_is_read_only(search):
    snapshot = search.to_bytes()
    with serve(search) as url:
        request = urllib.request.Request(f"{url}/api/studies/0", method="DELETE")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=60)
        assert len(get(f"{url}/api/studies")["study_summaries"]) == 1
    assert search.to_bytes() == snapshot


@pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine (the package chromium of Debian)")
def test_the_pages_show_the_search(search, tmp_path):
    with serve(search) as url, Browser(tmp_path / "profile") as browser:
        browser.open(url)
        browser.click("a", "digits")
        browser.wait_for("Hyperparameter Importance")
        browser.wait_for("Best Trial (number=0)")
        browser.click("a", "Analytics")
        browser.wait_for("Hyperparameter Relationships")
        browser.click("a", "Trials (List)")
        browser.wait_for("20 Trials")
        browser.click("[role=button]", "Trial 1\nFail")
        browser.wait_for("Trial 1 (trial_id=1)")
        browser.wait_for("tanteo/reason out of memory")
        assert f"big {search.trials[1].params['big']}" in browser.text()
        search.tell(search.pending[0], 0.5)
        browser.open(f"{url}/dashboard/studies/0")
        browser.wait_for("Best Trial (number=4)")
        browser.screenshot(tmp_path / "page.png")
        assert (tmp_path / "page.png").read_bytes().startswith(b"\x89PNG")
        assert browser.errors == []
