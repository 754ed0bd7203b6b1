"""Chromium without a window, spoken to through two pipes: what a page shows, clicks, screenshots."""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# What a page may take on a machine that does other things, too.
PATIENCE = 60.0
# Puts the pipes where Chromium looks for them, and becomes Chromium.
_PLACE = "import os, sys; a, b, *c = sys.argv[1:]; os.dup2(int(a), 3); os.dup2(int(b), 4); os.execv(c[0], c)"


class Browser:
    """One page.

    Chromium reads commands of its DevTools protocol from descriptor 3 and answers at 4, JSON with a zero byte behind.
    """

    def __init__(self, profile):
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe"]
        size = ["--window-size=1400,1000", f"--user-data-dir={profile}", "--no-first-run", "--disable-extensions"]
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()

        self._process = subprocess.Popen(
            [sys.executable, "-c", _PLACE, str(theirs_in), str(theirs_out), PROGRAM, *options, *size, "about:blank"],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._number, self._rest, self._session = 0, b"", None
        self.errors = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")
        self._call("Runtime.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._to)
        os.close(self._from)
        self._process.terminate()
        self._process.wait(timeout=PATIENCE)

    def open(self, url):
        self._call("Page.navigate", url=url)

    def evaluate(self, expression):
        """The value of an expression in JavaScript."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def text(self):
        """What a reader of the page sees."""
        return self.evaluate("document.body ? document.body.innerText : ''")

    def wait_for(self, what):
        """Wait until the text is on the page."""
        self.wait_until(lambda: what in self.text(), what)

    def wait_until(self, holds, what):
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"waited for {what!r}; the page says {self.text()!r}; {self.errors}"
            time.sleep(0.1)

    def click(self, selector, text=""):
        """Click the first element of a selector that has this text."""
        all_of_them = f"[...document.querySelectorAll({json.dumps(selector)})]"
        found = f"{all_of_them}.find(e => e.innerText.includes({json.dumps(text)}))"
        self.wait_until(lambda: self.evaluate(f"Boolean({found})"), f"{selector} {text}")
        self.evaluate(f"{found}.click()")

    def screenshot(self, path):
        Path(path).write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def _call(self, method, **parameters):
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(answer["params"]["exceptionDetails"].get("exception", {}).get("description"))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self):
        while b"\0" not in self._rest:
            assert select.select([self._from], [], [], PATIENCE)[0], "Chromium does not answer"
            more = os.read(self._from, 1 << 20)
            assert more, "Chromium has ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        return json.loads(message)
