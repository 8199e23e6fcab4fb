"""Reads a secret again whenever it changes."""

from secret_svc import SecretClient, SecretInput

KEY = "app/watched/KEY"
client = SecretClient()
client.save(SecretInput(KEY, "one"))

# snippet
for event in client.watch(keys=[KEY]):
    # The first event has no change: from now on no change is missed.
    print("watching" if event.change is None else f"{event.change.key} changed")
    value = client.get(KEY).reveal()
    # end snippet
    print("uses a value of", len(value), "characters")
    if value == "other":
        break
    client.save(SecretInput(KEY, "other"))

client.remove(KEY)
client.close()
