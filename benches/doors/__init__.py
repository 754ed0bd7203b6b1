"""Tanteo inside other libraries: how well it searches, and what a trial costs there."""

# The problems of `benches.quality` on which it is compared: two or more of each family, all of them quick.
PROBLEMS = (
    *("table-boosting-breast-cancer", "table-network-digits"),
    *("bbob-f6-10d", "bbob-f10-10d", "bbob-f17-10d", "bbob-f21-5d"),
    *("nk-10x4", "rosenbrock-mixed"),
    *("branches-4-wide", "branches-3-deep"),
    *("crash-memory", "crash-solver"),
)
