"""The live page: what the server answers, to whom, and how it follows a search."""

import json
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

import tanteo as tt
from report.conftest import SPACE, filled, loss
from tanteo import inside
from tanteo.report.watch import living
from tanteo.report.watch.living import Living

pytest.importorskip("uvicorn", reason="uvicorn is not installed")
pytest.importorskip("starlette", reason="starlette is not installed")

from tanteo.report.watch import watch

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the server's own modules


@contextmanager
def serving(searches, host="127.0.0.1"):
    with watch(searches, title="sweeps", host=host, port=0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


def of(search):
    return lambda _: search


def get(url, headers=None, **query):
    request = urllib.request.Request(f"{url}?{urlencode(query)}" if query else url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def events(url, n):
    """Return the first ``n`` events of a stream: pairs of kind and data."""
    found = []
    with urllib.request.urlopen(url, timeout=60) as stream:
        while len(found) < n:
            line = stream.readline().decode()
            if line.startswith("event: "):
                found.append((line[7:-1], json.loads(stream.readline()[6:])))
    return found


def test_the_page_its_rows_and_its_trials(plain_search):
    with serving({"one": of(plain_search)}) as url:
        status, page = get(url)
        assert status == 200
        assert "connect-src 'self'" in page
        rows = json.loads(get(f"{url}trials.json", where="lr<0.001", sort="value", limit=5)[1])
        expected = sorted((t for t in plain_search.trials if t.params["lr"] < 1e-3), key=lambda t: t.value)
        assert [row[0] for row in rows["rows"]] == [trial.id for trial in expected[:5]]
        assert (rows["n"], rows["total"]) == (len(expected), 40)
        second = json.loads(get(f"{url}trials.json", where="lr<0.001", sort="value", limit=5, offset=5)[1])
        assert [row[0] for row in second["rows"]] == [trial.id for trial in expected[5:10]]
        about = json.loads(get(f"{url}trial.json", id=3)[1])
        assert about["explanation"].startswith("trial 3 comes from random")


@pytest.mark.parametrize(
    ("path", "query", "status", "message"),
    [
        ("trials.json", {"where": "speed<3"}, 400, "there is no such column"),
        ("trials.json", {"where": "nonsense"}, 400, "write a column"),
        ("trials.json", {"offset": "x"}, 400, "must be integers"),
        ("trial.json", {"id": 99}, 404, "no such trial"),
        ("trial.json", {"id": "-1"}, 400, "must be the number"),
        ("trial.json", {"study": "two", "id": 1}, 404, "no such study"),
        ("events", {"study": "two"}, 404, "no such study"),
        ("", {"study": "two"}, 404, "no such study"),
    ],
)
def test_wrong_requests_get_a_reason(plain_search, path, query, status, message):
    with serving({"one": of(plain_search)}) as url:
        answer = get(f"{url}{path}", **query)
    assert answer[0] == status
    assert message in answer[1]


def test_the_stream_gives_the_first_sections_and_then_all():
    search = filled(lambda search, trial: search.tell(trial, loss(trial.params)), n=20)
    with serving({"one": of(search)}) as url:
        found = events(f"{url}events", 4)
        assert [data["id"] for kind, data in found if kind == "section"] == ["take", "progress"]
        assert "being computed" in json.dumps(found)
        kinds = [data["id"] for kind, data in events(f"{url}events", 12) if kind == "section"]
    assert set(kinds) == {"take", "progress", "mattered", "failures", "curves", "time", "record"}


def test_the_first_sections_read_the_trials_once(plain_search, monkeypatch):
    read = []
    original = inside.columns
    monkeypatch.setattr(inside, "columns", lambda search: read.append(1) or original(search))
    page = Living("s", of(plain_search))
    page.update()
    assert {event.key for event in page.events()} == {"head", "take", "progress", "trials"}
    assert len(read) == 1


def test_a_page_follows_a_study_that_another_process_writes(tmp_path):
    path = tmp_path / "s.db"
    with tt.Study(path, SPACE, seed=0, durability="off") as writer, tt.Study(path, read_only=True) as reader:
        page = Living("s", lambda _: reader.refresh() or reader)
        page._clock = lambda: 0.0

        def shown():
            page._next = 0.0
            page.update()
            return {event.key: json.loads(event.data) for event in page.events()}

        assert "Nothing" not in shown()["head"]["trials"]
        for n in (1, 2):
            writer.tell(writer.ask(), 1.0 / n)
            shown()
            assert shown()["head"]["trials"] == f"{n} complete"
            assert page.rows(living.Query())["total"] == n


def test_what_has_not_changed_is_not_written_again(plain_search, monkeypatch):
    written = []
    original = living.sections_of
    monkeypatch.setattr(living, "sections_of", lambda *a: written.append(1) or original(*a))
    page = Living("s", of(plain_search))
    page._clock = lambda: 0.0
    for _ in range(6):
        page._next = 0.0
        page.update()
    assert len(written) == 2, "the first sections, and all of them"


def test_a_search_that_cannot_be_read_is_a_message(tmp_path):
    def broken(_):
        raise tt.StudyError("the file was deleted")

    page = Living("s", broken)
    page.update()
    assert [(event.kind, event.data) for event in page.events()] == [("problem", '"the file was deleted"')]


def test_studies_of_a_folder_stand_side_by_side(plain_search, noisy, several):
    with serving({"c": of(several), "a": of(plain_search), "b": of(noisy)}) as url:
        assert '"studies": ["c", "a", "b"]' in get(url)[1]
        found = events(f"{url}events", 2)
        (section,) = (data for kind, data in found if kind == "section")
        table, chart = section["parts"]
        assert [row[0] for row in table["rows"]] == ["c", "a", "b"]
        assert [mark["label"] for mark in chart["marks"]] == ["a", "b"], "c has other objectives"
        assert json.loads(get(f"{url}trials.json", study="b")[1])["total"] == 40


def test_a_file_that_cannot_be_read_is_no_study(plain_search, tmp_path):
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0")
    with serving({"a": of(plain_search), "broken": lambda _: tt.Study(tmp_path / "broken.db")}) as url:
        found = dict(events(f"{url}events", 2))
    assert found["head"]["goals"] == "1 study, and 1 file that cannot be read"
    assert [row[0] for row in found["section"]["parts"][0]["rows"]] == ["a"]
    assert found["section"]["parts"][-1]["text"].startswith("broken: ")


def test_of_many_studies_the_best_are_drawn():
    found = [tt.Optimizer(SPACE) for _ in range(8)]
    for number, search in enumerate(found):
        search.tell(search.ask(), -float(number))
    with serving({f"s{number}": of(search) for number, search in enumerate(found)}) as url:
        (section,) = (data for kind, data in events(f"{url}events", 2) if kind == "section")
    chart = section["parts"][1]
    assert [mark["label"] for mark in chart["marks"]] == [f"s{number}" for number in range(2, 8)]
    assert chart["shows"] == "s7 has the best value, -7 (trial 0). The 6 best of 8 studies are drawn."


def test_requests_for_other_hosts_are_refused(plain_search):
    with serving({"one": of(plain_search)}) as url:
        for path in ("", "events", "trials.json", "trial.json?id=1"):
            assert get(url + path, {"Host": "evil.example:80"})[0] == 403
        assert get(url, {"Host": "localhost"})[0] == 200


def test_beyond_the_loopback_the_server_needs_its_token(plain_search):
    with serving({"one": of(plain_search)}, host="0.0.0.0") as url:
        address, _, token = url.partition("?token=")
        own = f"http://127.0.0.1:{address.rpartition(':')[2].strip('/')}/"
        assert get(own)[0] == get(own, token="wrong")[0] == get(f"{own}trials.json")[0] == 403
        assert get(own, token=token)[0] == 200
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        for path in (f"?token={token}", "trials.json", "trial.json?id=1"):
            with browser.open(own + path, timeout=60) as response:
                assert response.status == 200
                assert response.headers["Referrer-Policy"] == "no-referrer"
