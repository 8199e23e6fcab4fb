import { expect } from "vitest";
import { Reason } from "../../../gen/secret/v1/error_pb.ts";
import { SecretView } from "../../../gen/secret/v1/secret_service_pb.ts";
import { failureOf } from "../api/failure.ts";
import type { Api } from "../api/fixture.ts";
import type { Intruder } from "./database.ts";

/** The secret whose row is tampered with, and what is next to it. */
export interface Target {
  readonly key: string;
  readonly id: string;
  readonly value: string;
  /** A live secret that is not tampered with. */
  readonly neighbour: string;
  /** All live secrets of the namespace that are not tampered with. */
  readonly others: readonly string[];
}

/** What came of an operation on the target: refused as tampered with, or reported as something that is not there. */
export type Outcome = "integrity" | "missing";

export interface Operation {
  readonly name: string;
  readonly names: "key" | "id" | "page";
  /** An admin may replace what does not verify: that is tested apart. */
  readonly isWrite: boolean;
  run(api: Api, target: Target): Promise<Outcome>;
}

/** Every way to read the target's value or to change the target. */
export const operations: readonly Operation[] = [
  read("read by key", "key", (api, { key, neighbour }) => api.secrets.listSecrets({ keys: [key, neighbour] })),
  read("read by id", "id", (api, { id }) => api.secrets.listSecrets({ ids: [id] })),
  read("read of a page", "page", (api, { key }) =>
    api.secrets.listSecrets({ namespace: key.split("/")[0] ?? "", view: SecretView.FULL }),
  ),
  write("save", "key", (api, { key }) => api.secrets.saveSecrets({ secrets: [{ key, value: "overwritten" }] })),
  write("save of lists", "key", (api, { key }) =>
    api.secrets.saveSecrets({ secrets: [{ key, value: "overwritten", readers: ["mallory"] }] }),
  ),
  write("save by id", "id", (api, { id }) => api.secrets.saveSecrets({ secrets: [{ id, value: "overwritten" }] })),
  write("save in a batch", "key", (api, { key, neighbour }) =>
    api.secrets.saveSecrets({ secrets: [neighbour, key].map((each) => ({ key: each, value: "overwritten" })) }),
  ),
  write("plan of a save", "key", (api, { key }) =>
    api.secrets.saveSecrets({ secrets: [{ key, value: "overwritten" }], validateOnly: true }),
  ),
  write("removal", "key", (api, { key }) => api.secrets.removeSecrets({ keys: [key] })),
  write("removal by id", "id", (api, { id }) => api.secrets.removeSecrets({ ids: [id] })),
  write("removal in a batch", "key", (api, { key, neighbour }) =>
    api.secrets.removeSecrets({ keys: [neighbour, key] }),
  ),
  write("removal with a save", "key", (api, { key, neighbour }) =>
    api.secrets.saveSecrets({ secrets: [{ key: neighbour, value: "overwritten" }], remove: [{ key }] }),
  ),
];

/**
 * Runs an operation and checks what holds whatever the outcome: nothing is written, there is exactly one audit record
 * about the target and it shows a refusal, and the value is nowhere.
 */
export async function expectRefusal(
  operation: Operation,
  expected: Outcome,
  api: Api,
  target: Target,
  intruder: Intruder,
): Promise<void> {
  intruder.newRecords();
  const before = intruder.revision();
  const outcome = await operation.run(api, target);
  const records = intruder.newRecords();
  expect(outcome, operation.name).toBe(expected);
  expect(intruder.revision(), `${operation.name} wrote something`).toBe(before);
  const refusals = records.filter((record) => record.decision !== "allowed");
  expect(refusals, operation.name).toMatchObject([
    expected === "integrity"
      ? { decision: "refused", rule: "integrity", key: target.key }
      : { decision: "denied", count: 1 },
  ]);
  expect(records.filter(({ key, decision }) => key === target.key && decision === "allowed")).toEqual([]);
  expect(JSON.stringify(records)).not.toContain(target.value);
}

type Listing = Awaited<ReturnType<Api["secrets"]["listSecrets"]>>;

function read(
  name: string,
  names: Operation["names"],
  list: (api: Api, target: Target) => Promise<Listing>,
): Operation {
  return {
    name,
    names,
    isWrite: false,
    async run(api, target) {
      const answer = await list(api, target);
      expect(JSON.stringify(answer.secrets.map(({ value }) => value))).not.toContain(target.value);
      const others = { key: [target.neighbour], id: [], page: target.others }[names];
      expect(answer.secrets.map(({ key }) => key)).toEqual(others);
      if (answer.errors.length > 0) {
        expect(answer.errors).toMatchObject([{ key: target.key, reason: Reason.INTEGRITY }]);
        expect([...answer.missingKeys, ...answer.missingIds]).toEqual([]);
        return "integrity";
      }
      expect([...answer.missingKeys, ...answer.missingIds]).toEqual([names === "id" ? target.id : target.key]);
      return "missing";
    },
  };
}

function write(
  name: string,
  names: Operation["names"],
  send: (api: Api, target: Target) => Promise<unknown>,
): Operation {
  return {
    name,
    names,
    isWrite: true,
    async run(api, target) {
      const failure = await failureOf(send(api, target));
      expect(failure.message).not.toContain(target.value);
      const outcome = outcomes[`${failure.code} ${failure.details[0]?.reason}`];
      if (outcome === undefined) throw new Error(`${name}: ${failure.code} ${failure.message}`);
      expect(failure.details).toHaveLength(1);
      if (outcome === "integrity") {
        expect(failure.message).toBe(`the stored document of ${target.key} does not verify`);
        expect(failure.details[0]?.key).toBe(target.key);
      }
      return outcome;
    },
  };
}

const outcomes: Readonly<Record<string, Outcome>> = {
  "DataLoss INTEGRITY": "integrity",
  "NotFound NOT_FOUND": "missing",
};
