"""Fixtures that run the command line in this process."""

import pytest

from tanteo.cli import main


@pytest.fixture
def run(capsys):
    """Return a function that runs a command and returns its stdout, or its stderr if the command fails."""

    def run_command(*arguments, code=0):
        assert main([str(argument) for argument in arguments]) == code
        captured = capsys.readouterr()
        return captured.out if code == 0 else captured.err

    return run_command


@pytest.fixture
def doctor(capsys):
    """Return a function that runs ``tanteo doctor`` and returns its stdout followed by its stderr."""

    def run_doctor(*arguments, code=0):
        assert main(["doctor", *map(str, arguments)]) == code
        captured = capsys.readouterr()
        return captured.out + captured.err

    return run_doctor
