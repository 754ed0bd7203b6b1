"""The clock that tells apart where the time of a trial goes."""

import time

from benches.doors.clock import Clock


class Worker:
    """Spends processor time in two kinds of work, one inside the other."""

    def outer(self):
        spend(0.02)
        self.inner()
        spend(0.02)

    def inner(self):
        spend(0.1)


def spend(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_a_call_inside_another_counts_for_its_own_kind_only():
    clock, worker = Clock(), Worker()
    clock.watch(worker, ["outer"], "outer")
    clock.watch(worker, ["inner"], "inner")
    worker.outer()
    spend(0.01)
    seconds = clock.stop()
    for kind, least in {"outer": 0.04, "inner": 0.1, "rest": 0.01}.items():
        assert seconds[kind] >= least
    assert seconds["outer"] < 0.1
