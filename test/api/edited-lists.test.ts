import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Reason } from "../../gen/secret/v1/error_pb.ts";
import { SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { type Api, startService, type TestService } from "../support/api/fixture.ts";
import { inMemory } from "../support/api/transports.ts";
import { editorOf, type RowEditor } from "../support/hostile/edit-rows.ts";

let service: TestService;
let editor: RowEditor;
let bob: Api;

const key = "prod/KEY";

beforeEach(async () => {
  service = await startService(inMemory);
  editor = editorOf(service);
  bob = await service.addUser("bob");
  const lists = { readers: ["bob"], writers: ["bob"] };
  const metadata = { team: "payments", expires: "2032-01-31" };
  await service.admin.secrets.saveSecrets({
    secrets: [
      { key, value: "v", ...lists, metadata },
      { key: "prod/OTHER", value: "v", ...lists },
    ],
  });
});
afterEach(() => service.stop());

const views = [SecretView.METADATA, SecretView.FULL];

describe("fault B5: a view without values", () => {
  it.each([
    ["another owner", "owner", "mallory"],
    ["another last writer", "updatedBy", "mallory"],
    ["another version", "version", 7],
    ["another time", "updatedAtMs", 1],
  ])("does not show %s, and reports it, before and after the row was shown intact", async (_what, field, value) => {
    for (const wasShown of [false, true]) {
      const before = await editor.copy("secrets", key);
      if (wasShown) await bob.secrets.listSecrets({ view: SecretView.METADATA });
      await editor.set("secrets", key, field, value);
      for (const api of [bob, service.admin]) {
        for (const view of views) {
          const page = await api.secrets.listSecrets({ view });
          expect(page.secrets.map((each) => each.key)).toEqual(["prod/OTHER"]);
          expect(page.errors).toMatchObject([{ key, reason: Reason.INTEGRITY }]);
          const named = await api.secrets.listSecrets({ keys: [key], view });
          expect(named).toMatchObject({ secrets: [], missingKeys: [], errors: [{ key, reason: Reason.INTEGRITY }] });
        }
      }
      const events = (await service.auditEvents()).filter(({ rule }) => rule === "integrity");
      expect(events.map(({ action }) => action)).toContain("secret.list");
      await editor.putBack(before);
      const { secrets } = await bob.secrets.listSecrets({ view: SecretView.METADATA });
      expect(secrets.map((each) => [each.key, each.version])).toEqual([
        [key, 1],
        ["prod/OTHER", 1],
      ]);
    }
  });

  it("shows a row as soon as it is changed by the service, and again", async () => {
    for (const version of [2, 3, 4]) {
      await service.admin.secrets.saveSecrets({ secrets: [{ key, metadata: { version: String(version) } }] });
      for (let again = 0; again < 3; again += 1) {
        const { secrets, errors } = await bob.secrets.listSecrets({ view: SecretView.METADATA });
        expect(errors).toEqual([]);
        expect(secrets[0]).toMatchObject({ key, version, metadata: { version: String(version) } });
      }
    }
  });
});
