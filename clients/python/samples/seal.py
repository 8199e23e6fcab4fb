"""Seals a value without the service, and saves what was sealed."""

from secret_svc import Outcome, SecretClient, SecretInput

# snippet
from secret_svc import SealingKey

key = SealingKey.read("sealing-key.json")  # what 'oo secret sealing-key' prints
sealed = key.seal("app/STRIPE_KEY", "sk_live_4711")
# end snippet

with SecretClient() as client:
    # snippet save
    results = client.save(SecretInput("app/STRIPE_KEY", sealed, encrypted=True))
    # end snippet
    print(results[0].key, Outcome.Name(results[0].outcome))
