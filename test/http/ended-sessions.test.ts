import { queryObjects } from "node:v8";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Connection } from "../../src/http/connection/connection.ts";
import { type Fixture, sendRaw, startServer } from "../support/http/fixture.ts";
import { flags, frame, frameType, headerBlock, hello } from "../support/http/http2-frames.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startServer();
});
afterAll(() => fixture.server.close());

const request = headerBlock([
  [":method", "GET"],
  [":scheme", "http"],
  [":authority", "localhost"],
  [":path", "/healthz"],
]);

/** What ends a connection with an error. None of these clients acknowledges the settings of the service. */
const endings = [
  frame(frameType.data, 0, 0, Buffer.from("x")),
  // Even numbers are for streams that the service opens.
  frame(frameType.headers, flags.endHeaders, 2, request),
  frame(frameType.continuation, 0, 1),
  frame(frameType.settings, 0, 0, Buffer.alloc(5)),
];
const goodbye = frame(frameType.goAway, 0, 0, Buffer.alloc(8));

test("threat 255: nothing stays in memory of a connection of HTTP/2, however it ends", async () => {
  for (const ending of [...endings, goodbye]) {
    const bytes = Buffer.concat([hello, ending]);
    for (let made = 0; made < 20; made += 1) await sendRaw(fixture, bytes);
  }
  // The latest may not be gone yet.
  expect(queryObjects(Connection, { format: "count" })).toBeLessThan(10);
});
