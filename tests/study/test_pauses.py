"""What a study knows of a trial that goes on after a pause."""

import tanteo as tt


def test_a_trial_that_goes_on_is_no_longer_at_its_former_host(tmp_path):
    with tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, seed=0, durability="off", pausing=True) as study:
        trial = study.ask()
        with study._session.change():
            study._session.do("place", {"trial": trial.id, "host": "elsewhere", "process": 7})
        study.tell(trial, state="paused")
        assert study.trials[0].host == "elsewhere"
        study._core.resume(trial.id)
        assert study.trials[0].host == study.environment["host"] != "elsewhere"
