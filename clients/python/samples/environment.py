"""Loads secrets into the environment, then starts the program that needs them."""

# snippet
import os
import subprocess

from secret_svc import SecretClient

with SecretClient() as client:
    secrets = client.get_many("DATABASE_URL", "REDIS_URL", "API_KEY")
os.environ.update({key: secret.reveal() for key, secret in secrets.items()})
# end snippet

subprocess.run(["sh", "-c", "echo the program connects to ${REDIS_URL}"], check=True)
