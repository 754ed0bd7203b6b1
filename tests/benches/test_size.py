"""Production lines are counted without blank lines, comments, docstrings and tests."""

import subprocess

import pytest

from benches import size

PYTHON = '''"""A module."""

TEXT = """two

lines"""  # a comment


def f():
    """Do it.

    At length.
    """
    # why
    return TEXT
'''
RUST = """//! A file.

use core::fmt;
#[cfg(test)]
use std::rc::Rc;

/// A number.
struct Number {
    // why
    value: f64,
}

#[cfg(all(test, feature = "rayon"))]
pub(crate) fn only_for_tests() {
    if true {}
}

#[cfg(test)]
mod tests {
    fn f() {}
}
"""


def test_lines_of_python_are_those_with_code() -> None:
    assert size.lines_of_python(PYTHON) == 4


def test_lines_of_rust_are_those_outside_of_tests() -> None:
    assert size.lines_of_rust(RUST) == ["use core::fmt;", "struct Number {", "    value: f64,", "}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mod a;\npub(crate) mod b;\n\npub use a::{A, b};\npub use b::{\n    C, D,\n    E,\n};\n", True),
        ("mod a;\n\nconst N: usize = 4;\n", False),
        ("mod a;\nfn f() {\n}\n", False),
    ],
)
def test_a_file_that_only_declares_modules_is_no_small_file(text: str, expected: bool) -> None:
    assert size.only_declares(size.lines_of_rust(text)) is expected


def test_files_of_tests_and_earlier_names_are_known(tmp_path, monkeypatch) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *who, *arguments], check=True, cwd=tmp_path, capture_output=True)

    def write(path: str, text: str) -> None:
        file = tmp_path / "rust/core/src" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    git("init", "-q")
    write("lib.rs", "mod room;\n")
    write("room/mod.rs", "mod a;\n#[cfg(test)]\nmod cases;\n")
    write("room/a.rs", "".join(f"const A{k}: u8 = {k};\n" for k in range(9)) + "#[cfg(test)]\nmod oracle;\n")
    write("room/a/oracle.rs", "const B: u8 = 1;\n")
    write("room/cases/mod.rs", "const C: u8 = 1;\n")
    git("add", ".")
    git("commit", "-qm", "first")
    for name in ("room/a", "room/a.rs"):
        git("mv", f"rust/core/src/{name}", f"rust/core/src/{name.replace('a', 'z', 1)}")
    write("room/new.rs", "fn f() {}\nfn g() {}\n")
    git("add", ".")
    git("commit", "-qm", "second")
    monkeypatch.chdir(tmp_path)
    root = "rust/core/src"
    before, now = size.files("HEAD~1", root), size.files("HEAD", root)
    assert set(before) == {f"{root}/lib.rs", f"{root}/room/mod.rs", f"{root}/room/a.rs"}
    found = size.rooms(root, before, now, size.existed("HEAD~1", "HEAD", root))
    assert found["room"] == size.Room(before=10, now=12, new=2)
    assert found["(files)"] == size.Room(before=1, now=1, new=0)
