"""Trials of a study that resume after a pause."""

import tanteo as tt


def test_a_resumed_trial_belongs_to_the_host_that_resumed_it(tmp_path):
    with tt.Study(tmp_path / "s.db", {"x": tt.Float(0, 1)}, seed=0, durability="off", pausing=True) as study:
        trial = study.ask()
        with study._session.change():
            study._session.do("place", {"trial": trial.id, "host": "elsewhere", "process": 7})
        study.tell(trial, state="paused")
        assert study.trials[0].host == "elsewhere"
        study._core.resume(trial.id)
        assert study.trials[0].host == study.environment["host"] != "elsewhere"
