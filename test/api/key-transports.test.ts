import { Code } from "@connectrpc/connect";
import { expect, it } from "vitest";
import type { RotateKeysResponse } from "../../gen/secret/v1/key_service_pb.ts";
import { expectFailure } from "../support/api/failure.ts";
import { startService } from "../support/api/fixture.ts";
import { saveOne } from "../support/api/secret-calls.ts";
import { connectBinary, connectJson, grpcWeb, grpcWebGzip, rest } from "../support/api/transports.ts";

async function collect(stream: AsyncIterable<RotateKeysResponse>): Promise<RotateKeysResponse[]> {
  const messages: RotateKeysResponse[] = [];
  for await (const message of stream) messages.push(message);
  return messages;
}

it.each([connectJson, connectBinary, grpcWeb, grpcWebGzip])(
  "a rotation reports its progress over $name",
  async (transport) => {
    const service = await startService(transport);
    try {
      await saveOne(service.admin, { key: "app/KEY", value: "v" });
      const alice = await service.addUser("alice", { admin: true });
      const steps = await collect(service.admin.keys.rotateKeys({ rowsPerSecond: 10 }));
      expect(steps.map(({ finished }) => finished)).toEqual([...steps.slice(1).map(() => false), true]);
      const [{ kid } = { kid: "" }] = (await service.admin.keys.listKeys({})).keys;
      expect(steps.at(-1)).toMatchObject({ kid, damaged: 0, neededKids: [] });
      const { rotation } = await service.admin.keys.listKeys({});
      const { done, total } = steps.at(-1) ?? {};
      expect(rotation).toMatchObject({ running: false, done, total });
      expect(Number(rotation?.startedAt?.seconds)).toBe(service.clock.now() / 1000);
      const denied = collect(alice.keys.rotateKeys({}));
      await expectFailure(denied, { code: "PermissionDenied", reason: "OPERATOR_ONLY" });
      const anonymous = collect(service.as("").keys.rotateKeys({}));
      await expect(anonymous).rejects.toMatchObject({ code: Code.Unauthenticated });
    } finally {
      await service.stop();
    }
  },
);

it("keys are listed and sealing keys destroyed over REST", async () => {
  const service = await startService(rest);
  try {
    const { keys, processes, rotation } = await service.admin.keys.listKeys({});
    expect(rotation).toBeUndefined();
    expect(keys).toMatchObject([{ users: 1, tokens: 1, auditKeys: 1, sealingKeys: 1 }]);
    expect(processes).toMatchObject([{ activeKid: keys[0]?.kid }]);
    const response = await fetch(`${service.url}/secret-svc/keys`, {
      headers: { authorization: `Bearer ${service.admin.token}` },
    });
    expect(await response.json()).toMatchObject({ keys: [{ state: "KEY_STATE_ACTIVE", users: 1, answers: 0 }] });
    await expectFailure(service.admin.keys.destroySealingKey({ kid: keys[0]?.kid ?? "" }), {
      code: "FailedPrecondition",
      reason: "IN_USE",
      field: "kid",
    });
  } finally {
    await service.stop();
  }
});
