import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createKeyring } from "../../src/crypto/keyring.ts";
import { newFlow, openFlows, sealFlows } from "../../src/login/flows.ts";
import { html } from "../../src/login/html.ts";

const nowMs = 1_000_000;
const keyring = createKeyring(randomBytes(32), []);

test("the cookie of a login holds the newest four logins, and nothing that can be read", () => {
  const flows = Array.from({ length: 6 }, () => newFlow("acme", "", nowMs));
  const sealed = sealFlows(keyring, flows);
  expect(sealed).not.toContain(flows[0]?.state);
  expect(sealed.length).toBeLessThan(3_000);
  expect(openFlows(keyring, sealed, nowMs)).toEqual(flows.slice(0, 4));
});

test("threat 145: a cookie that the service did not make, or that is old, begins nothing", () => {
  const sealed = sealFlows(keyring, [newFlow("acme", "", nowMs)]);
  const bytes = Buffer.from(sealed, "base64url");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  for (const value of [undefined, "", "x", bytes.toString("base64url"), "A".repeat(10_000)]) {
    expect(openFlows(keyring, value, nowMs)).toEqual([]);
  }
  expect(openFlows(createKeyring(randomBytes(32), []), sealed, nowMs)).toEqual([]);
  expect(openFlows(keyring, sealed, nowMs + 600_000)).toEqual([]);
  expect(openFlows(keyring, sealed, nowMs - 1)).toEqual([]);
});

test("threat 146: a text in a page is never HTML, and never turns what is next to it", () => {
  expect(html`<b title="${`"'><script>`}">${"a\u202eb\u0000&"}</b>`.html).toBe(
    '<b title="&quot;&#39;&gt;&lt;script&gt;">a[U+202E]b[U+0000]&amp;</b>',
  );
});
