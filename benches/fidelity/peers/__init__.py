"""The peers by name. Names of Tanteo's peers combine a sampler and a pruner: ``tanteo-auto+median``."""

from __future__ import annotations

from functools import partial

from benches.fidelity.peers import dehb_peer, optuna_peer, random_peer, ray_peer, smac_peer, tanteo_peer
from benches.fidelity.peers.protocol import Maker
from benches.fidelity.problem import Problem

PEERS: dict[str, Maker] = {
    "random": random_peer.Unpruned,
    "random+asha": random_peer.Asha,
    "random+ray-asha": ray_peer.RayAsha,
    **{
        f"optuna-tpe+{pruner}": partial(optuna_peer.Optuna, pruner=pruner)
        for pruner in ("none", "median", "percentile", "sha", "hyperband", "wilcoxon")
    },
    "dehb": dehb_peer.Dehb,
    "smac-mf": smac_peer.Smac,
}
# Peers with their own environment; see requirements.txt.
SLOW = frozenset({"dehb", "smac-mf"})
SAMPLERS = ("random", "tpe", "gp", "auto")
OURS = tuple(f"tanteo-{sampler}+{pruner}" for sampler in SAMPLERS for pruner in ("none", "median"))


def maker(name: str) -> Maker:
    """Return the function that creates the peer with this name."""
    if name in PEERS:
        return PEERS[name]
    library, _, rest = name.partition("-")
    sampler, _, pruner = rest.partition("+")
    if library != "tanteo" or not sampler or not pruner:
        raise SystemExit(f"no peer {name!r}; there are {', '.join(PEERS)} and tanteo-<sampler>+<pruner>")
    return partial(tanteo_peer.Tanteo, sampler=sampler, pruner=pruner)


def reports_steps(name: str) -> bool:
    """Whether a peer reports the steps of a training before the last."""
    return name != "random" and not name.endswith("+none")


def applies(name: str, problem: Problem) -> bool:
    """Whether a peer can run on a problem: Optuna's Wilcoxon pruner needs folds."""
    return problem.is_folds or not name.endswith("+wilcoxon")
