"""The package is typed, for its users too."""

from __future__ import annotations

import subprocess
import sys
from importlib.resources import files
from pathlib import Path


def test_types() -> None:
    command = [sys.executable, "-m", "mypy", "--no-error-summary"]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], text=True, stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_package_says_that_it_is_typed() -> None:
    assert files("secret_svc").joinpath("py.typed").is_file()
