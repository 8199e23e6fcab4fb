"""What a program with hvac does. Arguments: the address, the token of an admin, that of a user with few rights."""

import sys

import hvac

url, token, user_token = sys.argv[1:]
client = hvac.Client(url=url, token=token)
kv = client.secrets.kv.v2


def refused(error, call, *args, **named):
    try:
        call(*args, **named)
    except error:
        return
    raise AssertionError(f"{call.__name__} was not refused with {error.__name__}")


assert client.is_authenticated()
assert not hvac.Client(url=url, token="bad").is_authenticated()
assert client.sys.is_initialized() and not client.sys.is_sealed()

first = kv.create_or_update_secret("app/a", {"user": "u1", "n": 2}, cas=0)
assert first["data"]["version"] == 1
assert kv.read_secret_version("app/a", raise_on_deleted_version=True)["data"]["data"] == {"user": "u1", "n": 2}
refused(hvac.exceptions.InvalidRequest, kv.create_or_update_secret, "app/a", {"user": "u2"}, cas=0)
assert kv.create_or_update_secret("app/a", {"user": "u2"}, cas=1)["data"]["version"] == 2
assert kv.read_secret_version("app/a", version=1, raise_on_deleted_version=True)["data"]["data"]["user"] == "u1"
kv.patch("app/a", {"more": "x"})
assert kv.list_secrets("app")["data"]["keys"] == ["a", "hidden"]
refused(hvac.exceptions.InvalidPath, kv.list_secrets, "nothing")
refused(hvac.exceptions.InvalidPath, kv.read_secret_version, "nothing", raise_on_deleted_version=True)

kv.update_metadata("app/a", custom_metadata={"owner": "me"})
assert kv.read_secret_metadata("app/a")["data"]["custom_metadata"] == {"owner": "me"}
refused(hvac.exceptions.InvalidRequest, kv.update_metadata, "app/a", max_versions=3)
assert kv.read_configuration()["data"]["max_versions"] == 10

kv.delete_latest_version_of_secret("app/a")
refused(hvac.exceptions.InvalidPath, kv.read_secret_version, "app/a", raise_on_deleted_version=True)
removed = kv.read_secret_version("app/a", raise_on_deleted_version=False)["data"]
assert removed["data"] is None and removed["metadata"]["deletion_time"] != ""
kv.undelete_secret_versions("app/a", [removed["metadata"]["version"]])
assert kv.read_secret_version("app/a", raise_on_deleted_version=True)["data"]["data"] == {"user": "u2", "more": "x"}
kv.destroy_secret_versions("app/a", [1])
assert kv.read_secret_metadata("app/a")["data"]["versions"]["1"]["destroyed"]
kv.delete_metadata_and_all_versions("app/a")
refused(hvac.exceptions.InvalidPath, kv.read_secret_metadata, "app/a")

user = hvac.Client(url=url)
user.auth.approle.login(role_id="reader", secret_id=user_token)
assert user.is_authenticated()
refused(hvac.exceptions.Forbidden, user.secrets.kv.v2.read_secret_version, "app/hidden", raise_on_deleted_version=True)
user.logout(revoke_token=True)
assert hvac.Client(url=url, token=user_token).is_authenticated()
print("done")
