"""Headless Chromium, controlled through two pipes: the text of a page, clicks, screenshots."""

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
# Seconds to wait for a page; the machine may be busy.
TIMEOUT = 60.0
# Moves the pipes to the descriptors that Chromium expects, then becomes Chromium.
_LAUNCHER = "import os, sys; a, b, *c = sys.argv[1:]; os.dup2(int(a), 3); os.dup2(int(b), 4); os.execv(c[0], c)"


class Browser:
    """One page.

    Chromium reads commands of the DevTools protocol from descriptor 3 and writes answers to descriptor 4. Each message
    is JSON, followed by a zero byte.
    """

    def __init__(self, profile):
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe"]
        size = ["--window-size=1400,1000", f"--user-data-dir={profile}", "--no-first-run", "--disable-extensions"]
        child_reads, self._commands = os.pipe()
        self._answers, child_writes = os.pipe()
        pipes = [str(child_reads), str(child_writes)]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCHER, *pipes, PROGRAM, *options, *size, "about:blank"],
            pass_fds=(child_reads, child_writes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(child_reads)
        os.close(child_writes)
        self._last_id, self._buffer, self._session = 0, b"", None
        self.errors = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._call("Page.enable")
        self._call("Runtime.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._commands)
        os.close(self._answers)
        self._process.terminate()
        self._process.wait(timeout=TIMEOUT)

    def open(self, url):
        self._call("Page.navigate", url=url)

    def evaluate(self, expression):
        """Return the value of a JavaScript expression."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def text(self):
        """Return the visible text of the page."""
        return self.evaluate("document.body ? document.body.innerText : ''")

    def wait_for(self, text):
        """Wait until the page shows a text."""
        self.wait_until(lambda: text in self.text(), text)

    def wait_until(self, condition, description):
        deadline = time.monotonic() + TIMEOUT
        while not condition():
            assert time.monotonic() < deadline, (
                f"waited for {description!r}; the page says {self.text()!r}; {self.errors}"
            )
            time.sleep(0.1)

    def click(self, selector, text=""):
        """Click the first element that matches a selector and contains a text."""
        elements = f"[...document.querySelectorAll({json.dumps(selector)})]"
        match = f"{elements}.find(e => e.innerText.includes({json.dumps(text)}))"
        self.wait_until(lambda: self.evaluate(f"Boolean({match})"), f"{selector} {text}")
        self.evaluate(f"{match}.click()")

    def screenshot(self, path):
        Path(path).write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    def _call(self, method, **parameters):
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("method") == "Runtime.exceptionThrown":
                self.errors.append(answer["params"]["exceptionDetails"].get("exception", {}).get("description"))
            if answer.get("id") == self._last_id:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self):
        while b"\0" not in self._buffer:
            assert select.select([self._answers], [], [], TIMEOUT)[0], "Chromium does not answer"
            received = os.read(self._answers, 1 << 20)
            assert received, "Chromium has ended"
            self._buffer += received
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)
