"""Clippy with rust/core/clippy.toml reports every forbidden line of a scratch crate."""

import json
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

#: The name that the report must contain -> a line of code that the core must not have.
FORBIDDEN = {
    "std::time::SystemTime::now": "let _ = std::time::SystemTime::now();",
    "std::time::Instant::now": "let _ = std::time::Instant::now();",
    "std::thread::sleep": "std::thread::sleep(std::time::Duration::ZERO);",
    "std::env::var": 'let _ = std::env::var("HOME");',
    "std::env::args": "let _ = std::env::args();",
    "std::fs::read": 'let _ = std::fs::read("x");',
    "std::fs::File::open": 'let _ = std::fs::File::open("x");',
    "std::io::stdout": "let _ = std::io::stdout();",
    "std::println": 'println!("x");',
    "std::eprintln": 'eprintln!("x");',
    "std::dbg": "dbg!(1);",
    "std::thread::spawn": "let _ = std::thread::spawn(|| ());",
    "std::process::exit": "if x > 9.0 { std::process::exit(1); }",
    "std::collections::hash_map::RandomState::new": "let _ = std::hash::RandomState::new();",
    "std::collections::HashMap": "let _ = std::collections::HashMap::<u8, u8>::default();",
    "std::collections::HashMap::keys": "let _ = std::collections::HashMap::<u8, u8>::default().keys();",
    "std::collections::HashSet::iter": "let _ = std::collections::HashSet::<u8>::default().iter();",
    "f64::exp": "let _ = x.exp();",
    "f64::ln": "let _ = x.ln();",
    "f64::powf": "let _ = x.powf(0.5);",
    "f64::powi": "let _ = x.powi(3);",
    "f64::sin": "let _ = x.sin();",
    "f64::tanh": "let _ = x.tanh();",
    "f64::log10": "let _ = f64::log10(x);",
    "f32::exp": "let _ = (x as f32).exp();",
}


@pytest.fixture(scope="module")
def reported(tmp_path_factory) -> dict[int, str]:
    """Return the messages of clippy by line of the scratch crate."""
    root = Path(__file__).parents[2]
    crate = tmp_path_factory.mktemp("crate")
    shutil.copy(root / "rust/core/clippy.toml", crate)
    manifest = '[package]\nname = "scratch"\nversion = "0.0.0"\nedition = "2024"\n[lib]\npath = "lib.rs"\n[workspace]\n'
    (crate / "Cargo.toml").write_text(manifest)
    lines = "\n".join(f"    {{ {code} }}" for code in FORBIDDEN.values())
    (crate / "lib.rs").write_text(
        f"pub fn everything_forbidden(x: f64) {{\n{lines}\n    {{ let _ = (x.sqrt(), x.mul_add(x, x)); }}\n}}\n"
    )
    command = ["cargo", "clippy", "--offline", "--message-format", "json", "--target-dir", str(crate / "target")]
    output = subprocess.run(command, cwd=crate, check=True, capture_output=True, text=True).stdout
    messages = [m["message"] for m in map(json.loads, output.splitlines()) if m["reason"] == "compiler-message"]
    by_line: dict[int, str] = {}
    for message in messages:
        if "disallowed" in str(message["code"]):
            for span in message["spans"]:
                by_line[span["line_start"]] = by_line.get(span["line_start"], "") + message["message"]
    return by_line


@pytest.mark.parametrize("name", FORBIDDEN)
def test_forbidden_code_is_reported(reported, name):
    assert f"`{name}`" in reported[2 + list(FORBIDDEN).index(name)]


def test_exact_functions_are_accepted(reported):
    assert 2 + len(FORBIDDEN) not in reported


def test_clippy_applies_the_rules_to_the_core(tree):
    """The file is beside the manifest of the core, and `make test` makes its lints errors."""
    rules = tomllib.loads((tree / "rust/core/clippy.toml").read_text())
    assert set(rules) == {"disallowed-macros", "disallowed-types", "disallowed-methods"}
    assert "clippy --workspace --all-targets --all-features --locked -- -D warnings" in (tree / "Makefile").read_text()


def test_the_core_does_not_allow_forbidden_code(tree):
    """Only tests may allow it, with a reason; see test_allowances."""
    for file in (tree / "rust/core/src").rglob("*.rs"):
        text = file.read_text().split("#[cfg(test)]")[0]
        if file.stem != "tests":
            assert "clippy::disallowed" not in text, file
