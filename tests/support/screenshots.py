"""Takes the pictures of pages in the documents: ``make screenshots``."""

import base64
import math
import random
import tempfile
from pathlib import Path

import tanteo as tt
from support.browser import PROGRAM, Browser
from tanteo.report import report

FOLDER = Path(__file__).parents[2] / "docs/images"
SPACE = {
    "lr": tt.Float(1e-5, 1e-1, log=True, default=1e-3),
    "depth": tt.Int(1, 8, default=4),
    "dropout": tt.Float(0.0, 0.5, default=0.1),
    "activation": tt.Categorical(["relu", "gelu", "tanh"], default="relu"),
}


def loss(params):
    return (
        0.3 * (math.log10(params["lr"]) + 2.7) ** 2
        + 3.0 * (params["dropout"] - 0.15) ** 2
        + 0.02 * abs(params["depth"] - 5)
        + {"relu": 0.02, "gelu": 0.0, "tanh": 0.1}[params["activation"]]
    )


def noisy():
    draw = random.Random(1)

    def measured(params):
        return tt.Replicates([loss(params) + draw.gauss(0.0, 0.05) for _ in range(3)])

    return tt.minimize(measured, SPACE, n_trials=70, seed=1, progress=False)


def failing():
    def fragile(params):
        if params["lr"] > 0.02 and params["depth"] > 4:
            raise ValueError("loss is NaN after 3 epochs")
        return {"value": loss(params), "constraints": {"size": 2 ** params["depth"] - 90.0}}

    return tt.minimize(fragile, SPACE, n_trials=110, seed=3, sampler="random", progress=False)


#: File -> the search, and the first and last section to show.
PICTURES = {
    "page_answer.png": (noisy, "take", "progress"),
    "page_mattered.png": (noisy, "mattered", "mattered"),
    "page_failures.png": (failing, "failures", "failures"),
}


def take(browser, name, search, first, last):
    with tempfile.TemporaryDirectory() as folder:
        page = report(search.optimizer, name="digits").save(Path(folder) / "page.html")
        browser.open(page.as_uri())
        browser.wait_until(lambda: browser.evaluate("!!document.querySelector('#mattered svg')"), "the pictures")
        edge = "document.getElementById({!r}).getBoundingClientRect().{} + scrollY"
        top, bottom = browser.evaluate(edge.format(first, "top")), browser.evaluate(edge.format(last, "bottom"))
        clip = {"x": 0, "y": top, "width": 1100, "height": bottom - top, "scale": 1}
        taken = browser._call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        (FOLDER / name).write_bytes(base64.b64decode(taken["data"]))


def main():
    if PROGRAM is None:
        raise SystemExit("there is no Chromium: apt-get install chromium")
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile, Browser(profile) as browser:
        browser._call("Emulation.setDeviceMetricsOverride", width=1100, height=900, deviceScaleFactor=1, mobile=False)
        for name, (search, first, last) in PICTURES.items():
            take(browser, name, search(), first, last)


if __name__ == "__main__":
    main()
