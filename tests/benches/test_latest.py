"""The page of `make bench` has a row for each peer, with ratios to Tanteo and to the run before."""

from benches import latest

FIGURES = {"ms, TPE": {"optuna-tpe": 10.0, "tanteo-tpe": 0.5}, "MB": {"tanteo": 9.0}, "% failing": {"random": 50.0}}
ABOUT = {"day": "2026-11-29", "machine": "a machine", "versions": "tanteo 0.1.0"}


def rows(text):
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")][2:]


def test_the_first_page_has_no_run_before(tmp_path):
    latest.write(tmp_path, FIGURES, ABOUT)
    text = (tmp_path / "latest.md").read_text()
    assert text.startswith("# 2026-11-29")
    assert "a machine" in text
    assert rows(text) == [
        ["ms, TPE", "optuna-tpe", "10", "20.00", ""],
        ["ms, TPE", "tanteo-tpe", "0.5", "1.00", ""],
        ["MB", "tanteo", "9", "1.00", ""],
        ["% failing", "random", "50", "", ""],
    ]


def test_a_later_page_compares_with_the_run_before(tmp_path):
    latest.write(tmp_path, {"ms, TPE": {"tanteo-tpe": 0.4}}, ABOUT)
    latest.write(tmp_path, FIGURES, ABOUT)
    ratios = {(row[0], row[1]): row[4] for row in rows((tmp_path / "latest.md").read_text())}
    assert ratios == {
        ("ms, TPE", "optuna-tpe"): "",
        ("ms, TPE", "tanteo-tpe"): "1.25",
        ("MB", "tanteo"): "",
        ("% failing", "random"): "",
    }
