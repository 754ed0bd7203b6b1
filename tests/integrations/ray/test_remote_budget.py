"""The budget of a search in an actor is applied once, by a request, and not again when Ray restarts the actor."""

import pickle

import pytest

import tanteo as tt
from tanteo.integrations.ray import RemoteOptimizer
from tanteo.integrations.ray.remote import client
from tanteo.integrations.ray.remote.host import HostActor

SPACE = tt.SearchSpace({"x": tt.Float(0.0, 1.0)})


class RestartableActor:
    """An actor in this process. :meth:`restart` replaces it by one with the same arguments, as Ray does."""

    def __init__(self, space, options, file, lease, *, is_on_this_node):
        self.arguments = (space, options, file, lease)
        self.requests = []
        self.restart()

    def restart(self):
        self._actor = HostActor(*self.arguments)

    def call(self, method, *arguments):
        self.requests.append((method, *arguments))
        return self._actor.call(method, *arguments)


@pytest.fixture(params=["path", "study"])
def remote(request, monkeypatch, tmp_path):
    """Makes optimizers that share a folder or a study."""
    monkeypatch.setattr(client, "_make_actor", RestartableActor)
    monkeypatch.setattr(
        RemoteOptimizer,
        "_call",
        lambda self, method, *arguments: pickle.loads(pickle.dumps(self._actor.call(method, *arguments))),
    )
    place = {request.param: tmp_path / "search"}
    return lambda **options: RemoteOptimizer(SPACE, seed=0, **place, **options)


def test_a_budget_applies_to_a_new_search_and_to_a_continued_search(remote):
    assert remote(budget=3.0).optimizer().budget == 3.0
    assert remote(budget=9.0).optimizer().budget == 9.0
    assert remote().optimizer().budget == 9.0, "without the argument the budget stays"
    assert remote(budget=2.0).optimizer().budget == 2.0


def test_a_restarted_actor_keeps_a_budget_that_was_raised(remote):
    optimizer = remote(budget=3.0)
    tt.Study(optimizer._actor.arguments[2], budget=9.0).close()
    optimizer._actor.restart()
    assert optimizer.optimizer().budget == 9.0


def test_a_repeated_request_does_not_change_the_budget_again(remote):
    optimizer = remote(budget=3.0)
    (request,) = [request for request in optimizer._actor.requests if request[0] == "change_budget"]
    tt.Study(optimizer._actor.arguments[2], budget=9.0).close()
    optimizer._actor.restart()
    optimizer._call(*request)
    assert optimizer.optimizer().budget == 9.0
