"""Promise 15: nothing stored can run code, and our own pickling goes through the same bytes."""

import ast
import pickle
from pathlib import Path

import tanteo as tt
from support.processes import python
from support.searches import mixed_space, run

PACKAGE = Path(tt.__file__).parent
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "import_module", "loads_pickle"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "joblib"}
#: Sends functions to worker processes of its own; reads nothing that was stored.
POOL = "run"


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


def test_promise_15_the_package_holds_no_call_that_could():
    for file in PACKAGE.rglob("*.py"):
        relative = file.relative_to(PACKAGE)
        if relative.parts[0].removesuffix(".py") == POOL:
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                assert name not in FORBIDDEN_CALLS or is_of_re(node), f"{relative}:{node.lineno} calls {name}"
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
                assert not names & FORBIDDEN_MODULES, f"{relative}:{node.lineno} imports {names}"


def is_of_re(call: ast.Call) -> bool:
    """`re.compile` compiles a pattern."""
    return ast.unparse(call.func) == "re.compile"


def test_promise_15_a_pickle_holds_the_same_bytes():
    optimizer = tt.Optimizer(mixed_space(), seed=1)
    run(optimizer, 5)
    assert optimizer.to_bytes() in pickle.dumps(optimizer)


def test_promise_15_snapshots_hold_no_pickle():
    optimizer = tt.Optimizer(mixed_space(), seed=1)
    run(optimizer, 5)
    assert b"\x80\x04" not in optimizer.to_bytes()[:200]
    assert b"tanteo." not in optimizer.to_bytes()
