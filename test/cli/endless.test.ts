import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { readPages } from "../../src/cli/frame/pages.ts";
import { runOo } from "../support/cli/run-oo.ts";

/** A service that never says that a list has ended. Each of its pages names the one before it. */
let hostile: http.Server;
let env: Record<string, string>;

beforeAll(async () => {
  const nextPageToken = "again";
  const routes = connectNodeAdapter({
    routes: (router) => {
      router.service(SecretService, {
        listSecrets: () => ({ nextPageToken }),
        explainAccess: () => ({ nextPageToken }),
      });
      router.service(IdentityService, {
        listUsers: () => ({ nextPageToken }),
        listTokens: () => ({ nextPageToken }),
      });
      router.service(AuditService, { listAuditEvents: () => ({ nextPageToken }) });
    },
  });
  hostile = http.createServer(routes).listen(0, "127.0.0.1");
  await once(hostile, "listening");
  env = { OO_URL: `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`, OO_TOKEN: "oo_x" };
});
afterAll(() => hostile.close());

describe("fault A7: a list without an end", () => {
  test.each([
    ["secret list"],
    ["secret export -n shop --format dotenv"],
    ["secret who-can read A"],
    ["user list"],
    ["token list"],
    ["audit list"],
  ])("oo %s ends", async (command) => {
    const { code, stderr } = await runOo(command.split(" "), { env });
    expect(code).toBe(1);
    expect(stderr).toContain("the service sends a list without an end: a page token came back");
  });

  async function* counted() {
    for (let page = 1; ; page += 1) yield { nextPageToken: String(page), name: "x".repeat(100) };
  }
  async function read(limits: Parameters<typeof readPages>[1]): Promise<number> {
    const source = counted();
    let pages = 0;
    try {
      const next = async () => (await source.next()).value ?? { nextPageToken: "", name: "" };
      for await (const _ of readPages(next, limits)) pages += 1;
    } catch (error) {
      throw new Error(`${pages} pages: ${(error as Error).message}`);
    }
    return pages;
  }

  test("ends after so many pages", async () => {
    await expect(read({ pages: 7, bytes: 1e9 })).rejects.toThrow(/^7 pages: .* it has more than 7 pages$/);
  });

  test("ends after so many bytes", async () => {
    await expect(read({ pages: 1e9, bytes: 1000 })).rejects.toThrow(/^6 pages: .* more than 1000 bytes together$/);
  });
});
