import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http, { type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { loadKeys, whyUnloaded } from "../../src/jwt/load-jwks.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-svc-keys-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function withServer(listener: RequestListener, use: (url: string) => Promise<void>): Promise<void> {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the server has no port");
  try {
    await use(`http://127.0.0.1:${address.port}/jwks`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const keys = { keys: [{ kty: "RSA" }] };

describe("the keys of an issuer", () => {
  test("come over HTTP, or from a file", async () => {
    await withServer(
      (_request, response) => response.end(JSON.stringify(keys)),
      async (url) => expect(await loadKeys({ url })).toEqual(keys),
    );
    const file = join(folder, "jwks.json");
    writeFileSync(file, JSON.stringify(keys));
    expect(await loadKeys({ file })).toEqual(keys);
  });

  test.each(["application/jwk-set+json", "application/json", "text/plain"])(
    "come from a server that has them as %s only",
    async (type) => {
      await withServer(
        ({ headers }, response) => {
          const accepted = (headers.accept ?? "").split(",").map((each) => each.split(";")[0]?.trim());
          const isAcceptable = accepted.includes(type) || accepted.includes("*/*");
          response.writeHead(isAcceptable ? 200 : 406, { "content-type": type }).end(JSON.stringify(keys));
        },
        async (url) => expect(await loadKeys({ url })).toEqual(keys),
      );
    },
  );

  test("are asked for by their own type, as the API server of Kubernetes wants it, and as JSON", async () => {
    let accept: string | undefined;
    await withServer(
      (request, response) => {
        accept = request.headers.accept;
        response.end(JSON.stringify(keys));
      },
      async (url) => void (await loadKeys({ url })),
    );
    expect(accept?.split(", ").slice(0, 2)).toEqual(["application/jwk-set+json", "application/json"]);
  });

  test.each<[string, string, RequestListener]>([
    ["an error", "the answer has status 500", (_request, response) => response.writeHead(500).end("{}")],
    ["no JSON", "it is not JSON", (_request, response) => response.end("<html>")],
    [
      "bytes that are not UTF-8",
      "ERR_ENCODING_INVALID_ENCODED_DATA",
      (_request, response) => response.end(Buffer.from('{"keys":["\xff"]}', "latin1")),
    ],
    [
      "a broken answer",
      "UND_ERR_SOCKET",
      (_request, response) => response.writeHead(200, { "content-length": 10 }).end("{", () => response.destroy()),
    ],
    ["a cut connection", "UND_ERR_SOCKET", (_request, response) => void response.destroy()],
    [
      "more than 256 KiB",
      "the keys are larger than 262144 bytes",
      (_request, response) => response.end(`{"keys":["${"x".repeat(256 * 1024)}"]}`),
    ],
    [
      "another place",
      "unexpected redirect",
      (_request, response) => response.writeHead(302, { location: "/elsewhere" }).end(),
    ],
  ])("are not had from %s, and the log can say: %s", async (_name, why, listener) => {
    await withServer(listener, async (url) => {
      const error: unknown = await loadKeys({ url }).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(Error);
      expect(whyUnloaded(error)).toBe(why);
    });
  });

  test("threat 78: are not looked for where a redirect points", async () => {
    const asked: (string | undefined)[] = [];
    await withServer(
      (request, response) => {
        asked.push(request.url);
        if (request.url === "/jwks") response.writeHead(302, { location: "/elsewhere" }).end();
        else response.end(JSON.stringify(keys));
      },
      async (url) => {
        await expect(loadKeys({ url })).rejects.toThrow();
      },
    );
    expect(asked).toEqual(["/jwks"]);
  });

  test("are not had from a missing, large or broken file, or a folder", async () => {
    const large = join(folder, "large.json");
    writeFileSync(large, " ".repeat(256 * 1024 + 1));
    const broken = join(folder, "broken.json");
    writeFileSync(broken, "{");
    for (const file of [large, broken, folder, join(folder, "missing.json")]) {
      await expect(loadKeys({ file })).rejects.toThrow();
    }
  });
});
