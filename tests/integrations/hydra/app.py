"""An application of Hydra: it writes each configuration that it gets, and returns a loss."""

import json
import os
from pathlib import Path

import hydra
from omegaconf import OmegaConf

import tanteo as tt


@hydra.main(config_path=None, config_name="config", version_base=None)
def main(config):
    with Path(os.environ["SEEN"]).open("a") as file:
        file.write(json.dumps(OmegaConf.to_container(config)) + "\n")
    if config.get("kind") == "bad":
        raise ValueError("a bad kind")
    if config.get("kind") == "lost":
        raise tt.Cancelled("connection lost")
    if config.n is not None:
        return {"a": config.lr, "b": config.n}
    return abs(config.lr - 0.01)


if __name__ == "__main__":
    from hydra.core.config_store import ConfigStore

    ConfigStore.instance().store(name="config", node={"lr": 0.1, "kind": None, "n": None})
    main()
