"""The samples are what README.md shows."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cases import environment, token_of

SAMPLES = Path(__file__).parents[1] / "samples"

PRINTED = {
    "read": "DATABASE_URL has 35 characters\n",
    "read_async": "DATABASE_URL has 35 characters\nAPI_KEY is at version 1\n",
    "environment": "the program connects to redis://localhost:6379\n",
    "secure": "API_KEY is at version 1\n",
    "seal": "app/STRIPE_KEY SAVE_OUTCOME_CREATED\n",
    "watch": """watching
uses a value of 3 characters
app/watched/KEY changed
uses a value of 5 characters
""",
    "tour": """app/billing/STRIPE_KEY SAVE_OUTCOME_CREATED
app/billing/WEBHOOK_KEY SAVE_OUTCOME_CREATED
app/billing/STRIPE_KEY app billing
app/billing/WEBHOOK_KEY app
another caller was faster: app/billing/STRIPE_KEY
2 versions
removed 1
""",
}


def test_all_samples_are_here() -> None:
    assert {path.stem for path in SAMPLES.glob("*.py")} == PRINTED.keys()


@pytest.mark.parametrize("sample", PRINTED)
def test_sample(sample: str, tmp_path: Path) -> None:
    variables = {"OO_URL": environment("SECRET_URL"), "OO_TOKEN": token_of("app")}
    if sample == "secure":
        variables = {"OO_URL": environment("SECRET_TLS_URL")}
        shutil.copy(environment("SECRET_CA_FILE"), tmp_path / "ca.pem")
        (tmp_path / "token").write_text(token_of("app"))
    if sample == "seal":
        shutil.copy(environment("SECRET_SEALING_KEY_FILE"), tmp_path / "sealing-key.json")
    command = [sys.executable, "-W", "error", str(SAMPLES / f"{sample}.py")]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert (done.returncode, done.stdout) == (0, PRINTED[sample])
