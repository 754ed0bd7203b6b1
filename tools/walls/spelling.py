"""One spelling: British words (colour, centre, modelled) with the Oxford ending -ize, as in ``minimize``."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

#: Records as they were kept, and the words planted in the tests of this rule.
LEFT_OUT = (
    "benches/results/archive",
    "tests/walls/test_spelling.py",
)
_FOLDERS = ("rust", "python", "tools", "tests", "benches", "examples", "docs")
_STEMS = (
    "general local maxim minim normal optim penal random real regular serial special standard stabil summar util "
    "categor character custom discret emphas factor final initial organ parallel prioriti quanti quant recogn "
    "symmetr synchron token vector visual winsor"
)
#: Identifiers included.
_ISE = re.compile(rf"(?<![a-z])(?:{'|'.join(_STEMS.split())})is(?:e|ed|es|er|ers|ing|ation|ations)(?![a-z])", re.I)
#: In prose only: `color` and `center` are words of other libraries, too.
_AMERICAN = re.compile(
    r"(?<![.\w])(?:(?:behavior|color|center|favor|neighbor|honor)(?:s|ed|ing|hood|able)?"
    r"|analyz(?:e|ed|es|ing)|(?:un)?(?:label|model|travel|cancel)(?:ed|ing))\b",
    re.I,
)
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`|\]\([^)]*\)", re.DOTALL | re.MULTILINE)


def spelling(root: Path) -> list[str]:
    """Words spelled the other way."""
    breaches = []
    for file in _files(root):
        name, text = file.relative_to(root), file.read_text()
        for line, part, pattern in [(1, text, _ISE), *((line, part, _AMERICAN) for line, part in _prose(file, text))]:
            for found in pattern.finditer(part):
                number = line + part.count("\n", 0, found.start())
                breaches.append(f"{name}:{number} has {found[0]!r}: write -ize, colour, centre, modelled")
    return breaches


def _files(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("*.md"))
    for folder in _FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            name = str(file.relative_to(root))
            if file.suffix in (".py", ".pyi", ".rs", ".md") and not name.startswith(LEFT_OUT):
                yield file


def _prose(file: Path, text: str) -> Iterator[tuple[int, str]]:
    """Comments, docstrings and the text of documents: (line, text); nothing if no word anywhere could be a breach."""
    if not _AMERICAN.search(text):
        return
    if file.suffix == ".md":
        yield 1, _without_code(text)
    elif file.suffix == ".rs":
        for match in re.finditer(r"//[^\n]*", text):
            yield 1 + text.count("\n", 0, match.start()), _without_code(match[0])
    else:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], _without_code(token.string)
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Expr)
                and isinstance(node.value, ast.Constant)
                and isinstance(node.value.value, str)
            ):
                yield node.lineno, _without_code(node.value.value)


def _without_code(text: str) -> str:
    """The text with quoted code blanked out, line for line."""
    return _CODE.sub(lambda match: "\n" * match[0].count("\n"), text)
