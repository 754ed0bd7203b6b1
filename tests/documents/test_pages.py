"""Pages that follow from the package, and what every guide must have."""

import re
import tomllib
from pathlib import Path

import pytest

from support import command_pages, gallery
from tanteo import exceptions, plotting

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = sorted((DOCS / "how_to").glob("*.md"))
#: A question that a tracker asks, with the address of the thread.
_THREAD = re.compile(r"\[([\w-]+)#(\d+)\]\(https://github\.com/[\w-]+/([\w-]+)/issues/(\d+)\)")


def test_the_page_of_commands_follows_from_the_parser():
    remedy = "PYTHONPATH=tests python -m support.command_pages"
    assert command_pages.text_in_docs() == command_pages.text(), remedy


def test_the_page_of_errors_has_every_exception():
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / "reference/errors.md").read_text(), re.MULTILINE)
    assert sorted([*rows, "TanteoError"]) == sorted(exceptions.__all__)


def test_the_gallery_has_every_plot_with_its_picture():
    assert gallery.drawn() == gallery.shown() == {f"{name.removeprefix('plot_')}.png" for name in plotting.__all__}
    assert {path.name for path in gallery.FOLDER.iterdir()} == gallery.drawn()


def test_the_pictures_are_small():
    assert sum(path.stat().st_size for path in (DOCS / "images").rglob("*.*")) < 1_500_000


@pytest.mark.parametrize("kind", ["tutorials", "how_to", "reference", "explanation"])
def test_every_page_has_one_title(kind):
    for page in (DOCS / kind).rglob("*.md"):
        text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
        assert text.startswith("# "), page
        assert len(re.findall(r"^# ", text, re.MULTILINE)) == 1, page


def test_every_guide_is_short_and_answers_one_question_which_the_index_names():
    asked = re.findall(r"\[([^]]+)\]\((\w+\.md)\)", (DOCS / "how_to/index.md").read_text())
    guides = [guide for guide in GUIDES if guide.name != "index.md"]
    titles = [(guide.read_text().partition("\n")[0].removeprefix("# "), guide.name) for guide in guides]
    assert sorted(asked) == sorted(titles)
    assert [title for title, _ in titles if not title.endswith("?")] == []
    assert [guide.name for guide in guides if len(guide.read_text().split()) > 620] == []


def test_guides_that_answer_a_tracker_are_starred_and_name_its_threads():
    index = (DOCS / "how_to/index.md").read_text()
    starred = {
        name for line in index.splitlines() if line.endswith("★") for name in re.findall(r"\]\((\w+\.md)\)", line)
    }
    citing = {guide.name for guide in GUIDES if "Asked in [" in guide.read_text()}
    assert len(citing) >= 10
    assert starred == citing
    threads = [thread for guide in GUIDES for thread in _THREAD.findall(guide.read_text())]
    assert [thread for thread in threads if (thread[0].lower(), thread[1]) != (thread[2].lower(), thread[3])] == []


#: The distribution that an import or an argument needs.
_NEEDED = {
    r"^(import|from) optuna\b": "optuna",
    r"^(import|from) hyperopt\b": "hyperopt",
    r"^(import|from) ray\b": "ray",
    r"^(import|from) sklearn\b": "scikit-learn",
    r"^import ConfigSpace$": "ConfigSpace",
    r"^from tanteo\.testing\b": "hypothesis",
    r"plotting\.": "matplotlib",
    r"\b(n_workers|devices)=": "cloudpickle",
    r"\btanteo watch\b": "starlette",
}


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_a_page_says_how_to_install_what_its_code_needs(page):
    text = page.read_text()
    extras = tomllib.loads((DOCS.parent / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = {extra for group in re.findall(r"tanteo\[([\w,]+)\]", text) for extra in group.split(",")}
    installed = {re.split(r"[\[>]", line)[0] for extra in named for line in extras[extra]}
    code = "\n".join(re.findall(r"^```(?:python|sh)\n(.*?)^```", text, re.DOTALL | re.MULTILINE))
    needed = {name for pattern, name in _NEEDED.items() if re.search(pattern, code, re.MULTILINE)}
    assert needed <= installed


def test_how_it_searches_is_short_and_says_what_happens_at_which_trial():
    text = (DOCS / "explanation/how_it_searches.md").read_text()
    assert sum(re.search(r"\w", word) is not None for word in text.split()) <= 1_400
    assert "| finished trials | spaces | what proposes |" in text
    assert "| id | acquisition function, one objective | where |" in text


def test_the_table_of_mechanisms_has_a_part_for_each_paragraph_that_explains_the_search():
    explanation = DOCS / "explanation"
    paragraphs = re.findall(r"\*\*(.+?)[.?]?\*\*", (explanation / "how_it_searches.md").read_text())
    others = re.findall(r"^## (.+)", (explanation / "cma_nsga_cost.md").read_text(), re.MULTILINE)
    title = (explanation / "earlier_searches.md").read_text().partition("\n")[0].removeprefix("# ")
    page = (DOCS.parent / "benches/results/mechanisms.md").read_text().partition("## Every mechanism\n")[2]
    parts = re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE)
    # The first part is the table of Auto.
    assert parts == ["part", "---", "Auto", *paragraphs, *others, title]
