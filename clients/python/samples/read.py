"""Reads one secret."""

# snippet
from secret_svc import SecretClient

with SecretClient() as client:  # the address in OO_URL, the token in OO_TOKEN
    secret = client.get("DATABASE_URL")
    print(secret.key, "has", len(secret.reveal()), "characters")
# end snippet
