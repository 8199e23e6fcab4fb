import fc from "fast-check";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { damagedText } from "./bytes.ts";
import { messageOf } from "./json-messages.ts";
import { createLanes, type Framed } from "./lanes.ts";
import { pathOf } from "./methods.ts";
import { type FuzzedService, requireFair } from "./service.ts";
import { defineTarget, type Target } from "./target.ts";

const streams = [SecretService.method.watchSecrets, AuditService.method.verifyAudit];
const request = fc.oneof(
  ...streams.map((method) =>
    messageOf(method.input).map((message) => ({ path: pathOf(method), text: JSON.stringify(message) })),
  ),
);
const inputs = fc.record({
  request,
  text: fc.option(damagedText(request.map(({ text }) => text)), { freq: 3 }),
  flags: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.nat(255)),
  length: fc.option(fc.nat(0xffff_ffff), { freq: 8 }),
  // Nothing else ends a watch.
  timeout: fc.constantFrom("1", "5", "20"),
});

/** Streams over Connect, which end at their deadline. Their errors are in their last message. */
export function createStreamTarget(service: FuzzedService): Target {
  const ask = createLanes(service, 64);
  return defineTarget({
    name: "streams",
    share: 2,
    atOnce: 256,
    input: inputs,
    async check(all) {
      const answers = await ask(all.map((input) => framedOf(input, service.server.adminToken)));
      requireFair(answers.map(({ status }) => status));
      for (const [at, { body }] of answers.entries()) {
        const code = /"code":"(internal|unknown|data_loss)"/.exec(body.toString("latin1"))?.[1];
        // The protocol asks for this code when an envelope has flags that were not agreed on.
        const isAskedFor = code === "internal" && all[at]?.flags !== 0;
        if (code !== undefined && !isAskedFor) throw new Error(`the service ended a stream with the code ${code}`);
      }
    },
  });
}

type Input = typeof inputs extends fc.Arbitrary<infer Made> ? Made : never;

function framedOf({ request: { path, text }, text: other, flags, length, timeout }: Input, token: string): Framed {
  const message = Buffer.from(other ?? text);
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(length ?? message.length, 1);
  return {
    verb: "POST",
    path,
    headers: [
      ["authorization", `Bearer ${token}`],
      ["content-type", "application/connect+json"],
      ["connect-timeout-ms", timeout],
    ],
    body: Buffer.concat([head, message]),
  };
}
