"""Connects with TLS and a token that is renewed in a file."""

from secret_svc import SecretClient

# snippet
client = SecretClient(  # the address in OO_URL, which starts with https://
    token_file="token",  # read again before each call
    ca_file="ca.pem",  # trust these authorities, and no others
    timeout=3,  # seconds for a call with all its repetitions
)
# end snippet
secret = client.get("API_KEY")
print(secret.key, "is at version", secret.version)
client.close()
