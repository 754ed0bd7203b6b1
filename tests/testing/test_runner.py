"""Running checks: reports, expected failures, isolation, the command line, pytest."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter

import numpy
import pytest

import tanteo as tt
from support.mutants import StateOfASamplerNotSaved
from support.programs import run_program
from support.reference import Reference
from tanteo.testing import (
    Capabilities,
    SamplerFailed,
    Subject,
    Unsupported,
    adapters,
    all_checks,
    check,
    check_sampler,
    examine,
    parametrize_with_checks,
)
from tanteo.testing.__main__ import main
from tanteo.testing.protocol import create
from tanteo.testing.session import source


class Mine:
    """A sampler in ten lines."""

    capabilities = {"learns": False}  # noqa: RUF012 - as users write it

    def __init__(self, space, seed):
        self.space, self.draws = space, random.Random(seed)

    def ask(self):
        return self.space.sample(1, seed=self.draws.getrandbits(64))[0]

    def tell(self, params, value):
        pass


class Hangs(Mine):
    def ask(self):
        if len(self.space) > 1:
            time.sleep(60)
        return super().ask()


class Dies(Mine):
    def ask(self):
        if len(self.space) > 1:
            os.kill(os.getpid(), 11)
        return super().ask()


class AddsAParameter(Mine):
    def ask(self):
        return {**super().ask(), "more": 1}


NAMES_CHECK = "check_params_have_the_declared_names"


def test_a_sampler_in_ten_lines_passes():
    report = check_sampler(Mine)
    assert not report.unexpected
    assert len(report) == len(all_checks())
    assert sum(outcome.status == "passed" for outcome in report) >= 60


def test_a_failure_raises_with_its_program():
    with pytest.raises(SamplerFailed, match="parameter 'more' is unknown") as raised:
        check_sampler(AddsAParameter, tags=NAMES_CHECK)
    (outcome,) = raised.value.report
    assert (outcome.name, outcome.status) == (NAMES_CHECK, "failed")
    assert "t0 = opt.ask()" in outcome.program[1]


class KeepsPairs(Mine):
    best, trials = (), []

    def tell(self, params, value):
        if value is not None:
            self.best = params, value
            self.trials = [*self.trials, self.best]


@pytest.mark.parametrize(
    ("name", "capability", "fault"),
    [
        ("check_best_is_the_smallest_value", "best", "best is ({"),
        ("check_best_is_never_nan", "best", "best is ({"),
        ("check_best_of_nothing_is_none", "best", "best is () (tuple); it must be None or an object"),
        ("check_any_order_of_calls", "best", "best is () (tuple); it must be None or an object"),
        ("check_told_values_are_kept", "history", "trials is [({"),
    ],
)
def test_an_attribute_for_internal_use_fails_with_the_way_to_turn_its_checks_off(name, capability, fault):
    (outcome,) = examine(KeepsPairs, tags=name)
    assert outcome.status == "failed"
    assert outcome.reason.startswith(fault)
    assert "with the attributes params and value" in outcome.reason
    assert f'capabilities = {{"{capability}": False}}' in outcome.reason


class RaisesAtTheTenthAsk(Mine):
    """A sampler that suggests plain params."""

    capabilities = {"learns": False, "threads": True}  # noqa: RUF012 - as users write it
    n_asks = 0

    def ask(self):
        self.n_asks += 1
        if self.n_asks == 10:
            raise RuntimeError("the tenth ask")
        return super().ask()


class Learns(Mine):
    capabilities = {"learns": True}  # noqa: RUF012 - as users write it

    def observe(self, params, value):
        pass


@pytest.mark.parametrize(
    "name",
    [
        "check_ask_after_hard_objectives",
        "check_ask_after_any_history",
        "check_ask_after_nan",
        "check_a_power_of_two_changes_nothing",
        "check_one_seed_asks_the_same",
        "check_global_generators_do_not_matter",
        "check_integers_are_told_as_floats",
        "check_nan_is_a_failure",
        "check_names_change_nothing",
    ],
)
def test_the_program_of_a_failure_runs(name):
    (outcome,) = examine(RaisesAtTheTenthAsk, tags=name)
    assert outcome.status == "failed"
    with pytest.raises(RuntimeError, match="the tenth ask"):
        run_program(outcome.program, RaisesAtTheTenthAsk)


def test_the_programs_of_a_sampler_that_does_not_learn_run():
    failed = [outcome for outcome in examine(Learns, tags="learns") if outcome.status == "failed"]
    assert len(failed) >= 11
    for outcome in failed:
        run_program(outcome.program, Learns)


def test_the_program_of_threads_uses_what_ask_returns():
    (outcome,) = examine(RaisesAtTheTenthAsk, tags="check_threads_share_a_search")
    assert outcome.program[1] == "work = lambda: [opt.tell(t, bowl(t)) for t in (opt.ask() for _ in range(15))]"


class TakesAnything(Mine):
    def ask(self):
        trial = type("Trial", (), {})()
        trial.id, trial.params = id(trial), super().ask()
        return trial


def test_the_program_of_a_refused_class_runs():
    (outcome,) = examine(TakesAnything, tags="check_a_refused_value_can_be_corrected")
    assert outcome.status == "failed"
    run_program(outcome.program, TakesAnything)
    assert source(object) == "object"


def test_the_loss_of_a_check_is_a_named_placeholder_in_its_program():
    subject = Subject(Mine)
    subject.session(tt.SearchSpace({"x": tt.Float(0, 1)})).run(3, lambda params: 1.0)
    assert subject.program.steps[-1] == (
        "for k in range(3): t = opt.ask(); opt.tell(t, loss(t))  # loss is a function of the check"
    )


class BestIsAnObject(Mine):
    @property
    def best(self):
        best = type("Trial", (), {})()
        best.params, best.value = {}, 3.5
        return best


def test_a_reason_describes_the_best_trial_and_not_its_address():
    (outcome,) = examine(BestIsAnObject, tags="check_best_of_nothing_is_none")
    assert outcome.reason == "best is a trial with the value 3.5 before the first ask"


def test_an_expected_failure_does_not_raise():
    report = check_sampler(AddsAParameter, tags=NAMES_CHECK, expected_failed={NAMES_CHECK: "known"})
    assert [outcome.expected for outcome in report] == ["known"]
    assert "expected (known)" in str(report)
    passing = check_sampler(Mine, tags=NAMES_CHECK, expected_failed={NAMES_CHECK: "known"})
    assert f"XPASS   {NAMES_CHECK}: passed, although it was expected to fail (known)" in str(passing)
    assert passing.summary() == "1 unexpectedly passed"
    assert report.summary() == "1 failed; 1 of the failures was expected"


@pytest.mark.parametrize(("n", "text"), [(1, "1 check failed"), (2, "2 checks failed")])
def test_the_number_of_failed_checks_agrees_with_the_noun(n, text):
    with pytest.raises(SamplerFailed, match=text):
        check_sampler(AddsAParameter, tags=[NAMES_CHECK, "check_ask_after_nan"][:n])


def test_the_number_of_searches_agrees_with_the_noun():
    report = examine(Learns, tags=["check_learns_a_bowl", "check_learns_at_any_scale"])
    assert [outcome.reason.partition(" has")[0] for outcome in report] == [
        "the later half of 2 searches",
        "the later half of 1 search",
    ]


@pytest.mark.parametrize(
    "options", [{"tags": "nothing"}, {"profile": "slow"}, {"expected_failed": {"check_nothing": "why"}}]
)
def test_unknown_names_are_refused(options):
    with pytest.raises(ValueError, match=r"nothing|slow"):
        check_sampler(Mine, **options)


@pytest.mark.parametrize("timeout", [0, -1.5, float("nan")])
def test_a_timeout_must_be_positive(timeout):
    with pytest.raises(tt.ArgumentError, match=f"timeout must be a number of seconds above 0, got {timeout}"):
        examine(Mine, tags=NAMES_CHECK, isolate=True, timeout=timeout)


@pytest.mark.parametrize("run", [check_sampler, examine])
def test_a_timeout_needs_isolation(run):
    with pytest.raises(tt.ArgumentError, match="timeout stops only a check in a process of its own: pass isolate=True"):
        run(Mine, tags=NAMES_CHECK, timeout=3)


@pytest.mark.parametrize(
    ("sampler", "status"), [(Hangs, "timeout"), (Dies, "error"), (AddsAParameter, "failed"), (Mine, "passed")]
)
def test_isolated_checks_end_with_a_status(sampler, status):
    (outcome,) = examine(sampler, tags="check_small_spaces", isolate=True, timeout=3 if sampler is Hangs else 60)
    assert outcome.status == status
    if sampler is Dies:
        assert "SIGSEGV" in outcome.reason
    if sampler in (Hangs, Dies):
        assert outcome.program[1:] == ("t0 = opt.ask()",), "the step that did not end"


class Interrupted(Mine):
    def ask(self):
        raise KeyboardInterrupt


def test_an_interrupt_names_the_step_that_it_ends():
    with pytest.raises(KeyboardInterrupt) as raised:
        all_checks("check_small_spaces")[0](Interrupted, capabilities=Capabilities())
    assert raised.value.__notes__[0].endswith("\n    t0 = opt.ask()")
    subject = Subject(Interrupted)
    with pytest.raises(KeyboardInterrupt):
        subject.capabilities  # noqa: B018 - detects them
    assert subject.program.steps[-1].endswith(".ask()  # detects the capabilities")


def test_each_outcome_is_shown_when_its_check_ends():
    seen = []
    names = [NAMES_CHECK, "check_ask_after_nan"]
    report = examine(
        Mine, tags=names, progress=lambda outcome: seen.append(str(outcome)), expected_failed={NAMES_CHECK: "known"}
    )
    assert seen == list(map(str, report))
    assert seen[0] == f"  XPASS   {NAMES_CHECK}: passed, although it was expected to fail (known)"


@pytest.mark.parametrize("isolate", [False, True])
def test_no_folder_of_hypothesis_is_left_behind(isolate, tmp_path):
    code = (
        "import tanteo as tt\nfrom tanteo.testing import check_sampler\n"
        f"check_sampler(tt.Optimizer, tags=['{NAMES_CHECK}', 'check_any_order_of_calls'], isolate={isolate})\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)
    assert list(tmp_path.iterdir()) == []


class CannotBeUnpickled:
    """A factory whose pickle refers to a missing name."""

    def __call__(self, space, seed):
        return Mine(space, seed)

    def __reduce__(self):
        return getattr, (tt.Float, "gone")


def test_a_factory_that_another_process_cannot_find_is_skipped():
    (outcome,) = examine(CannotBeUnpickled(), tags="check_another_process_asks_the_same")
    assert (outcome.status, "has no attribute 'gone'" in outcome.reason) == ("skipped", True), outcome.reason


def test_checks_of_unsupported_spaces_are_skipped():
    def factory(space, seed):
        raise Unsupported("every space")

    factory.capabilities = Capabilities()
    report = check_sampler(factory, tags="valid")
    assert {outcome.status for outcome in report} == {"skipped"}


def test_the_command_line(tmp_path, capsys, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "mine.py").write_text(
        "import tanteo as tt\n\ndef good(space, seed):\n    return tt.Optimizer(space, seed=seed, sampler='random')\n\n"
        "class Bad:\n    def __init__(self, space, seed):\n        pass\n    def ask(self):\n        return {}\n"
        "    def tell(self, params, value):\n        pass\n"
    )
    out = tmp_path / "report.json"
    assert main(["mine:good", "--tags", NAMES_CHECK, "--json", str(out)]) == 0
    assert [outcome["status"] for outcome in json.loads(out.read_text())] == ["passed"]
    assert main(["mine:Bad", "--tags", NAMES_CHECK, "--json", str(out)]) == 1
    (outcome,) = json.loads(out.read_text())
    assert set(outcome) == {"name", "group", "status", "reason", "program", "expected"}
    assert outcome["status"] == "failed"
    assert len(outcome["program"]) <= 5
    assert main(["mine:Bad", "--tags", NAMES_CHECK, "--expect", f"{NAMES_CHECK}=known"]) == 0
    assert main(["--list"]) == 0
    assert NAMES_CHECK in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["mine"], "a factory is given as module:factory, got 'mine'"),
        ([":good"], "a factory is given as module:factory, got ':good'"),
        ([], "the factory is missing: give it as module:factory"),
        (["mine:nothing"], "'mine:nothing': module mine has no nothing"),
        (["nowhere:good"], "'nowhere:good' cannot be imported: ModuleNotFoundError: No module named 'nowhere'"),
        (
            ["broken:good"],
            "'broken:good' cannot be imported: ZeroDivisionError: division by zero ({folder}/broken.py, line 2)",
        ),
        (["mine:nobody"], "factory must return a sampler, an object with the methods ask and tell, got None"),
        (["mine:three"], "factory must be callable with a space and a seed, got 3"),
        (["mine:good", "--tags", "nothing"], "there is no group or check 'nothing'; the groups are valid, history"),
        (["--list", "--tags", "nothing"], "there is no group or check 'nothing'; the groups are valid, history"),
        (["mine:good", "--expect", "check_nothing=why"], "expected_failed names 'check_nothing', which is not a check"),
        (["mine:good", "--timeout", "-3"], "timeout must be a number of seconds above 0, got -3.0"),
        (["mine:good", "--timeout", "3", "--no-isolation"], "leave out --no-isolation"),
        (["mine:good", "--json", "{folder}/no/report.json"], "--json: there is no folder {folder}/no"),
        (["mine:good", "--tags", NAMES_CHECK, "--json", "{folder}"], "--json: the report cannot be written: "),
    ],
)
def test_the_error_for_an_invalid_command_line_names_the_cause(arguments, message, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    (tmp_path / "mine.py").write_text(
        "import tanteo as tt\ngood, three = tt.Optimizer, 3\nnobody = lambda space, seed: None\n"
    )
    (tmp_path / "broken.py").write_text("import tanteo as tt\ngood = 1 / 0\n")
    with pytest.raises(SystemExit) as exit_info:
        main([argument.format(folder=tmp_path) for argument in arguments])
    assert exit_info.value.code == 2
    assert message.format(folder=tmp_path) in capsys.readouterr().err


def test_a_factory_that_raises_is_an_error_of_each_check(tmp_path, capsys, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "raising.py").write_text("def factory(space, seed):\n    raise OSError('no such luck')\n")
    out = tmp_path / "report.json"
    assert main(["raising:factory", "--tags", NAMES_CHECK, "--tags", "check_ids_are_unique", "--json", str(out)]) == 1
    reasons = {(outcome["status"], outcome["reason"]) for outcome in json.loads(out.read_text())}
    assert reasons == {("error", f"OSError: no such luck ({tmp_path}/raising.py, line 2)")}
    assert "2 error" in capsys.readouterr().out


def test_the_command_line_finds_the_checks_of_the_module_of_the_factory(tmp_path, capsys, monkeypatch):
    from tanteo.testing import registry

    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "with_a_check.py").write_text(
        "import tanteo as tt\nfrom tanteo.testing import check\n\nfactory = tt.Optimizer\n\n"
        '@check(\'mine\')\ndef check_of_a_user(subject):\n    """Nothing is promised."""\n'
    )
    try:
        assert main(["with_a_check:factory", "--tags", "mine"]) == 0
        assert main(["with_a_check:factory", "--list", "--tags", "mine"]) == 0
    finally:
        registry.CHECKS.pop("check_of_a_user", None)
    output = capsys.readouterr().out
    assert "ok      check_of_a_user" in output
    assert "mine          check_of_a_user: Nothing is promised." in output


def test_pytest_shows_a_failure_without_the_frames_of_the_package(tmp_path):
    (tmp_path / "test_mine.py").write_text(
        "import tanteo as tt\nfrom tanteo.testing import parametrize_with_checks\n\n"
        "class Bad:\n    def __init__(self, space, seed):\n        self.space = space\n    def ask(self):\n"
        "        if len(self.space) > 1: raise ValueError('more than one parameter')\n        return {'x': 0.5}\n"
        "    def tell(self, params, value):\n        pass\n\n"
        f"@parametrize_with_checks([Bad], tags=['{NAMES_CHECK}', 'check_ask_after_nan', 'check_nothing_is_printed'])\n"
        "def test_bad(factory, check):\n    check(factory)\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "test_mine.py"]
    completed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "3 failed" in completed.stdout, completed.stdout
    assert "more than one parameter" in completed.stdout
    assert "t0 = opt.ask()" in completed.stdout
    frames = [line for line in completed.stdout.splitlines() if re.search(r"\.py:\d+: ", line)]
    assert [line for line in frames if line.endswith("test_mine.py:8: ValueError")], "the line of the sampler"
    assert not [line for line in frames if "test_mine.py" not in line], completed.stdout


def test_the_module_runs():
    completed = subprocess.run(
        [sys.executable, "-m", "tanteo.testing", "--list"], capture_output=True, text=True, check=False
    )
    assert completed.returncode == 0, completed.stderr
    assert len(completed.stdout.splitlines()) == len(all_checks())


def test_ids_are_the_names_of_the_checks():
    mark = parametrize_with_checks([Mine], expected_failed={NAMES_CHECK: "known"})
    ids = [parameter.id for parameter in mark.args[1]]
    assert ids == [check.name for check in all_checks()]
    marked = [parameter.id for parameter in mark.args[1] if parameter.marks]
    assert marked == [NAMES_CHECK]


def test_factories_may_fail_different_checks():
    mark = parametrize_with_checks(
        [Mine, AddsAParameter],
        tags=[NAMES_CHECK],
        expected_failed=lambda factory: {NAMES_CHECK: "known"} if factory is AddsAParameter else {},
    )
    assert {parameter.values[0]: bool(parameter.marks) for parameter in mark.args[1]} == {
        Mine: False,
        AddsAParameter: True,
    }
    with pytest.raises(tt.ArgumentError, match="expected_failed names 'check_nothing'"):
        parametrize_with_checks([Mine], expected_failed=lambda factory: {"check_nothing": "why"})


def test_the_tests_of_groups_and_checks_can_be_marked():
    both = {
        "learns": pytest.mark.skip,
        "check_learns_a_bowl": [pytest.mark.filterwarnings("error"), pytest.mark.xdist_group],
    }
    mark = parametrize_with_checks([Mine], marks=both, expected_failed={NAMES_CHECK: "known"})
    names = {parameter.id: [mark.name for mark in parameter.marks] for parameter in mark.args[1]}
    assert {names.pop(check.name)[0] for check in all_checks("learns") if check.name != "check_learns_a_bowl"} == {
        "skip"
    }
    assert names.pop("check_learns_a_bowl") == ["skip", "filterwarnings", "xdist_group"]
    assert names.pop(NAMES_CHECK) == ["xfail"]
    assert not any(names.values())


@pytest.mark.parametrize(
    ("marks", "message"),
    [(["slow"], "marks must map groups or checks to marks, .* got .*list"), ({"slow": pytest.mark.skip}, "'slow'")],
)
def test_marks_are_for_groups_and_checks(marks, message):
    with pytest.raises(tt.ArgumentError, match=message):
        parametrize_with_checks([Mine], marks=marks)


def test_a_factory_must_be_callable():
    with pytest.raises(tt.ArgumentError, match="callable with a space and a seed, got 3"):
        check_sampler(3)


class AsksNothing(Mine):
    def ask(self):
        return None


class AsksAList(Mine):
    def ask(self):
        return [0.5]


class MisspellsACapability(Mine):
    capabilities = {"bset": False}  # noqa: RUF012 - as users write it


class SaysYes(Mine):
    capabilities = {"save": "yes"}  # noqa: RUF012 - as users write it


class ListsCapabilities(Mine):
    capabilities = ["save"]  # noqa: RUF012 - as users write it


def takes_no_seed(space):
    return Mine(space, 0)


def returns_nothing(space, seed):
    Mine(space, seed)


def returns_the_class(space, seed):
    return Mine


UNUSABLE = [
    (takes_no_seed, r"callable with a space and a seed, got .* with the signature \(space\): too many positional"),
    (returns_nothing, r"must return a sampler, .* got None \(NoneType\), which has no ask"),
    (returns_the_class, r"must return a sampler, .* \(type\), which is a class"),
    (AsksNothing, r"ask must return the params, a mapping, .* got None \(NoneType\)"),
    (AsksAList, r"ask must return the params, a mapping, .* got \[0.5\] \(list\)"),
    (MisspellsACapability, "capabilities: 'bset' is not a capability; use some of seed, learns, .*best"),
    (SaysYes, r"capabilities: save must be True or False, got 'yes' \(str\)"),
    (ListsCapabilities, r"capabilities must be Capabilities or a mapping of its fields, got \['save'\]"),
]


@pytest.mark.parametrize(
    "refuse",
    [
        lambda factory: check_sampler(factory, tags="valid"),
        lambda factory: check_sampler(factory, tags="valid", isolate=True),
        lambda factory: parametrize_with_checks([Mine, factory], expected_failed={NAMES_CHECK: "known"}),
    ],
    ids=["check_sampler", "isolated", "parametrized"],
)
@pytest.mark.parametrize(("factory", "message"), UNUSABLE)
def test_a_factory_that_no_check_can_use_is_refused_once(refuse, factory, message):
    with pytest.raises(tt.ArgumentError, match=message):
        refuse(factory)


def test_a_factory_that_raises_for_one_space_is_a_failure_of_a_check():
    def factory(space, seed):
        if "depth" in space:
            raise OSError("no such luck")
        return Mine(space, seed)

    report = examine(factory, tags=["check_ask_after_nan", "check_every_choice_is_reached"])
    assert {outcome.name: outcome.status for outcome in report} == {
        "check_every_choice_is_reached": "passed",
        "check_ask_after_nan": "failed",
    }


@pytest.mark.parametrize(
    ("factories", "message"),
    [
        (Mine, r"factories must be a list, got .*; write \[Mine\] for a single factory"),
        ("Mine", "factories must be a list, got 'Mine'"),
        (3, "factories must be a list, got 3"),
    ],
)
def test_factories_must_be_a_list(factories, message):
    with pytest.raises(tt.ArgumentError, match=message):
        parametrize_with_checks(factories)


@pytest.mark.parametrize(
    ("expected_failed", "message"),
    [
        ([NAMES_CHECK], "must map names of checks to reasons, .* got .*list"),
        ({"params_have_the_declared_name": "why"}, f"is not a check; did you mean {NAMES_CHECK}"),
        ({"check_nothing_like_it": "why"}, "`python -m tanteo.testing --list` lists all checks"),
        ({NAMES_CHECK: None}, f"the reason of {NAMES_CHECK} must be a text, got None"),
    ],
)
def test_expected_failures_map_names_of_checks_to_reasons(expected_failed, message):
    for run in (check_sampler, lambda factory, **options: parametrize_with_checks([factory], **options)):
        with pytest.raises(tt.ArgumentError, match=message):
            run(Mine, expected_failed=expected_failed)


def test_only_a_function_becomes_a_check():
    with pytest.raises(tt.ArgumentError, match="check_ids_are_unique is a check already, of the group 'tell'"):
        check("mine")(all_checks("check_ids_are_unique")[0])
    with pytest.raises(tt.ArgumentError, match=r'group must be a name, as in @check\("mine"\), got <function'):
        check(takes_no_seed)


def test_two_functions_make_a_sampler():
    def ask(state):
        state.n = getattr(state, "n", 0) + 1
        return state.space.sample(1, seed=(state.seed + state.n) % 2**64)[0]

    factory = adapters.from_function(ask, lambda state, params, value: None)
    statuses = Counter(outcome.status for outcome in check_sampler(factory, tags=["valid", "state"]))
    assert statuses == {"passed": 13, "skipped": 10}, "ten need known constraints, a copy, or our search"


def test_capabilities_are_detected():
    detected = Capabilities.of(tt.Optimizer)
    assert detected == Capabilities(**{field: field not in ("ends", "external") for field in vars(detected)})
    assert Capabilities.of(StateOfASamplerNotSaved).external
    assert Capabilities.of(Reference).constraints
    assert not Capabilities.of(Mine).learns
    assert not Capabilities.of(Mine).lifecycle


def swallows_options(space, seed, **options):
    return Mine(space, seed)


class SwallowsAState(Mine):
    def tell(self, params, value=None, **options):
        pass


def test_options_that_are_swallowed_are_no_capabilities():
    detected = Capabilities.of(swallows_options)
    assert (detected.maximize, detected.multi_objective) == (False, False)
    assert not Capabilities.of(SwallowsAState).prune
    named = Capabilities.of(lambda space, seed, *, direction="minimize", **options: Mine(space, seed))
    assert (named.maximize, named.multi_objective) == (True, False)


@pytest.mark.parametrize(
    "factory",
    [
        lambda space, seed: seed,
        lambda space, seed=None: seed,
        lambda space, *, seed: seed,
        lambda space, number, /: number,
        lambda space, number, **options: number,
        lambda space, **options: options["seed"],
        lambda *values, **options: values[1],
    ],
)
def test_the_seed_reaches_a_factory_of_any_signature(factory):
    assert create(factory, None, 7) == 7


def test_drawn_seeds_are_in_the_range_that_numpy_takes():
    def factory(space, seed):
        numpy.random.RandomState(seed)
        return Mine(space, seed)

    report = examine(factory, tags=["check_one_seed_asks_the_same", "check_searches_do_not_share_state"])
    assert [outcome.status for outcome in report] == ["passed", "passed"]


def test_a_missing_hypothesis_names_the_extra():
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "try: import tanteo.testing\n"
        "except ImportError as error: print(error)"
    )
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'tanteo[testing]'" in completed.stdout
