"""Promise 15: stored data cannot run code, and a pickle of an optimizer holds the bytes of its snapshot."""

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
#: Sends functions to its own worker processes; reads no stored data.
POOL = "run"
#: Pickles the sampler under test, which is the caller's own code, and sends it to its own process.
TESTING = "testing"
#: Imports optional packages; each caller names the package as a constant.
OPTIONAL = "_internal/optional.py"
#: Imports modules of the package on first access.
ITSELF = "__init__.py"


def test_promise_15_loading_runs_no_code():
    """While a snapshot is read, no audit event reports a code object, a pickle, a file or a process."""
    code = """
import sys, tanteo as tt
from support.searches import mixed_space, run
optimizer = tt.Optimizer(mixed_space(), seed=1)
run(optimizer, 5)
data = optimizer.to_bytes()
tt.Optimizer.from_bytes(data)  # imports happen here
events = "exec compile import pickle.find_class marshal.loads subprocess.Popen os.system open socket.connect".split()
observed = []
active = False
sys.addaudithook(lambda event, arguments: observed.append(event) if active and event in events else None)
active = True
loaded = tt.Optimizer.from_bytes(data)
run(loaded, 3)
tt.SearchSpace.from_json(optimizer.space.to_json())
active = False
assert not observed, observed
active = True
eval("1")
active = False
assert observed, "the audit hook sees no events"
"""
    python(code)


def calls_and_imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of every call and import, except `re.compile`, which compiles a pattern."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) != "re.compile":
            yield node.lineno, ast.unparse(node.func).rpartition(".")[2]
        elif isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def test_promise_15_the_package_makes_no_forbidden_call():
    for file in PACKAGE.rglob("*.py"):
        relative = file.relative_to(PACKAGE)
        if relative.parts[0] not in (POOL, TESTING) and relative.as_posix() not in (OPTIONAL, ITSELF):
            uses = set(calls_and_imports(ast.parse(file.read_text())))
            suspects = {(line, name) for line, name in uses if name in FORBIDDEN_CALLS | FORBIDDEN_MODULES}
            assert not suspects, f"{relative}: {suspects}"


def test_promise_15_optional_packages_are_named_in_the_code():
    """The name of an imported package is a constant in the code and never comes from data."""
    calls = [
        node
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "require"
    ]
    assert calls
    assert all(isinstance(call.args[0], ast.Constant) for call in calls)


def test_promise_15_the_package_imports_only_its_own_modules_on_first_access():
    nodes = list(ast.walk(ast.parse((PACKAGE / ITSELF).read_text())))
    suspects = {name for _, name in calls_and_imports(ast.parse((PACKAGE / ITSELF).read_text()))}
    assert suspects & (FORBIDDEN_CALLS | FORBIDDEN_MODULES) == {"import_module"}
    calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == "import_module"]
    assert len(calls) == 2
    assert all(ast.unparse(call.args[0]).startswith("f'{__name__}.") for call in calls)


def test_promise_15_a_pickle_holds_the_bytes_of_the_snapshot():
    optimizer = tt.Optimizer(mixed_space(), seed=1)
    run(optimizer, 5)
    assert optimizer.to_bytes() in pickle.dumps(optimizer)


def test_promise_15_snapshots_hold_no_pickle():
    optimizer = tt.Optimizer(mixed_space(), seed=1)
    run(optimizer, 5)
    assert b"\x80\x04" not in optimizer.to_bytes()[:200]
    assert b"tanteo." not in optimizer.to_bytes()
