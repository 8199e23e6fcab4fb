"""Reads secrets in an event loop."""

# snippet
import asyncio

from secret_svc import AsyncSecretClient


async def main() -> None:
    async with AsyncSecretClient() as client:
        secret = await client.get("DATABASE_URL")
        print(secret.key, "has", len(secret.reveal()), "characters")
        async for secret in client.list(key_pattern="API"):
            print(secret.key, "is at version", secret.version)


asyncio.run(main())
# end snippet
