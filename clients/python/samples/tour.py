"""Saves, lists and removes secrets, and meets an error."""

from secret_svc import Outcome, Reason, Removal, SecretClient, SecretInput, SecretServiceError
from secret_svc.v1.secret_service_pb2 import ListVersionsRequest
from secret_svc.v1.secret_service_pb2_grpc import SecretServiceStub

client = SecretClient()

# snippet save
results = client.save(
    SecretInput("app/billing/STRIPE_KEY", "sk_test_abc123", readers=["app", "billing"]),
    SecretInput("app/billing/WEBHOOK_KEY", "whsec_xyz789"),
)
for result in results:
    print(result.key, Outcome.Name(result.outcome))
# end snippet

# snippet list
for secret in client.list(key_pattern="app/billing/*"):
    print(secret.key, *secret.readers)
# end snippet

# snippet error
try:
    client.save(SecretInput("app/billing/STRIPE_KEY", "sk_test_other", if_version=0))  # only if it does not exist
except SecretServiceError as error:
    if error.reason == Reason.REASON_STALE_VERSION:
        print("another caller was faster:", *[detail.key for detail in error.details])
# end snippet

# snippet batch
client.save(
    SecretInput("app/billing/STRIPE_KEY", "sk_test_new"),
    remove=[Removal("app/billing/WEBHOOK_KEY")],
    idempotency_key="deploy-4711",
)
# end snippet

# snippet contract
service = SecretServiceStub(client.channel)  # the whole contract, with the token of the client
answer = service.ListVersions(ListVersionsRequest(key="app/billing/STRIPE_KEY"))
print(len(answer.versions), "versions")
# end snippet

# snippet remove
removed = client.remove("app/billing/STRIPE_KEY")
# end snippet
print("removed", len(removed))
client.close()
