"""Find the best parameters of a function, with one call and with an ask-tell loop."""

import math

import tanteo as tt

space = tt.SearchSpace(
    {
        "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3),
        "depth": tt.Int(1, 8, default=3),
        "dropout": tt.Float(0.0, 0.5, step=0.05, default=0.0),
        "optimizer": tt.Categorical(["adam", "sgd"], default="adam"),
        "momentum": tt.Float(0.0, 0.99, when={"optimizer": "sgd"}),  # active only if its parent has this value
        "augment": tt.Ordinal(["none", "light", "heavy"], default="none"),
    }
)


def train(params):
    """A stand-in for a training run: a loss with a valley, and a region that diverges."""
    if params["lr"] > 0.02:
        raise FloatingPointError("the loss is not finite")
    loss = (math.log10(params["lr"]) + 2.5) ** 2 + 0.05 * (params["depth"] - 5) ** 2
    loss += 0.2 * (params["augment"] != "light") + (params["dropout"] - 0.2) ** 2
    return loss - 0.3 * params.get("momentum", 0.0)


def main():
    """Search with one call, then with a loop."""
    # One call. Exceptions become failed trials, from which the search learns; the defaults are tried first.
    result = tt.minimize(train, space, n_trials=60, seed=0)
    print(result)

    # The same with a loop: ask, evaluate, tell.
    opt = tt.Optimizer(space, direction="minimize", seed=0)
    for _ in range(10):
        trial = opt.ask()
        try:
            opt.tell(trial, train(trial.params))
        except FloatingPointError as error:
            opt.tell(trial, state="failed", reason=str(error))
    print(opt.best.params, opt.best.value)


if __name__ == "__main__":
    main()
