"""Promise 15: nothing stored can run code, and our own pickling goes through the same bytes."""

import ast
import pickle
from collections.abc import Iterator
from pathlib import Path

import tanteo as tt
from support.processes import python
from support.searches import mixed_space, run

PACKAGE = Path(tt.__file__).parent
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "import_module"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "joblib"}
#: Sends functions to worker processes of its own; reads nothing that was stored.
POOL = "run"
#: Pickles the sampler under test, which is the caller's own code, and sends it to a process of its own.
TESTING = "testing"
#: Imports optional packages; each of its callers names one in so many words.
OPTIONAL = "_internal/optional.py"


def test_promise_15_loading_starts_nothing():
    """The interpreter's audit events are watched while a snapshot is read: no code object, no pickle, no process."""
    code = """
import sys, tanteo as tt
from support.searches import mixed_space, run
optimizer = tt.Optimizer(mixed_space(), seed=1)
run(optimizer, 5)
data = optimizer.to_bytes()
tt.Optimizer.from_bytes(data)  # imports done
watched = "exec compile import pickle.find_class marshal.loads subprocess.Popen os.system open socket.connect".split()
seen = []
active = False
sys.addaudithook(lambda event, arguments: seen.append(event) if active and event in watched else None)
active = True
loaded = tt.Optimizer.from_bytes(data)
run(loaded, 3)
tt.SearchSpace.from_json(optimizer.space.to_json())
active = False
assert not seen, seen
active = True
eval("1")
active = False
assert seen, "the watch sees nothing"
"""
    python(code)


def calls_and_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, name) of what is called or imported; `re.compile` compiles a pattern and is left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) != "re.compile":
            yield node.lineno, ast.unparse(node.func).rpartition(".")[2]
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def test_promise_15_the_package_holds_no_call_that_could():
    for file in PACKAGE.rglob("*.py"):
        relative = file.relative_to(PACKAGE)
        if relative.parts[0] not in (POOL, TESTING) and relative.as_posix() != OPTIONAL:
            used = set(calls_and_imports(ast.parse(file.read_text())))
            suspects = {(line, name) for line, name in used if name in FORBIDDEN_CALLS | FORBIDDEN_MODULES}
            assert not suspects, f"{relative}: {suspects}"


def test_promise_15_optional_packages_are_named_in_the_code():
    """No name of a package to import comes from outside."""
    calls = [
        node
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "require"
    ]
    assert calls
    assert all(isinstance(call.args[0], ast.Constant) for call in calls)


def test_promise_15_a_pickle_holds_the_same_bytes():
    optimizer = tt.Optimizer(mixed_space(), seed=1)
    run(optimizer, 5)
    assert optimizer.to_bytes() in pickle.dumps(optimizer)


def test_promise_15_snapshots_hold_no_pickle():
    optimizer = tt.Optimizer(mixed_space(), seed=1)
    run(optimizer, 5)
    assert b"\x80\x04" not in optimizer.to_bytes()[:200]
    assert b"tanteo." not in optimizer.to_bytes()
