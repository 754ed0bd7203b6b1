"""Builds wheels that strangers can install, and tries them: ``make wheels``.

```text
place.py     the neutral folder in which everything is built, and the environment of a build
targets.py   the systems and Pythons for which this machine can build
build.py     the sdist, and wheels from it, twice: the bytes must be equal
audit.py     what a wheel may need, contain and weigh
trial.py     an environment without compiler and network for each Python of the machine
inside.py    what runs there: the example of the README, and the golden suggestions
```
"""
