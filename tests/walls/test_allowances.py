import pytest

from walls.allowances import reasons


def test_every_allowance_has_a_reason(tree):
    assert reasons(tree) == []


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("rust/core/src/more.rs", "#[allow(clippy::panic)]\nfn f() {}\n"),
        ("rust/core/src/more.rs", "#![expect(\n    unused\n)]\n"),
        ("python/tanteo/more.py", "import numpy  # noq" + "a: F401\n"),
        ("tests/more.py", "x: int = ''  # type" + ": ignore[assignment]\n"),
    ],
)
def test_an_allowance_without_a_reason_is_reported(scratch, file, text):
    (scratch / file).write_text(text)
    assert len(reasons(scratch)) == 1


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("rust/core/src/more.rs", '#[allow(clippy::panic, reason = "checked two lines above")]\nfn f() {}\n'),
        ("rust/core/src/more.rs", "// The paper's names.\n#[allow(non_snake_case)]\nfn F() {}\n"),
        ("python/tanteo/more.py", "import numpy  # noq" + "a: F401 - shown to users\n"),
        ("python/tanteo/more.py", "# The name is public.\nclass A: ...  # noq" + "a: N801\n"),
    ],
)
def test_an_allowance_with_a_reason_beside_it_is_accepted(scratch, file, text):
    (scratch / file).write_text(text)
    assert reasons(scratch) == []
