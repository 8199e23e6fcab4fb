import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";

/** What the provider says when the service brings it a code. */
export interface TokenAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/**
 * A provider of OpenID Connect that says whatever an input wants: the code is the answer to the request for tokens. So
 * each input is whole, and the same input always has the same answer.
 */
export interface SaidProvider {
  readonly issuer: string;
  readonly clientId: string;
  codeFor(answer: TokenAnswer): string;
  /** A JWT of these claims, signed with the key of the provider. */
  signed(claims: object, type: string): string;
  close(): Promise<void>;
}

const clientId = "secret-svc";

export async function startSaidProvider(): Promise<SaidProvider> {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const keys = [{ ...publicKey.export({ format: "jwk" }), kid: "key-1", alg: "ES256", use: "sig" }];
  let issuer = "";
  const documents: Readonly<Record<string, () => object>> = {
    "/.well-known/openid-configuration": () => ({
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      end_session_endpoint: `${issuer}/end`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["ES256"],
    }),
    "/keys": () => ({ keys }),
  };
  const server = http.createServer((request, response) => {
    const document = documents[request.url ?? ""];
    if (document !== undefined) {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document()));
      return;
    }
    let form = "";
    request.setEncoding("utf8").on("data", (more: string) => {
      form += more;
    });
    request.once("end", () => {
      const { status, contentType, body } = answerIn(new URLSearchParams(form).get("code") ?? "");
      response.writeHead(status, { "content-type": contentType }).end(body);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    clientId,
    codeFor: (answer) => encoded(answer),
    signed(claims, typ) {
      const text = `${encoded({ alg: "ES256", kid: "key-1", typ })}.${encoded(claims)}`;
      return `${text}.${sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function encoded(content: object): string {
  return Buffer.from(JSON.stringify(content)).toString("base64url");
}

function answerIn(code: string): TokenAnswer {
  try {
    return JSON.parse(Buffer.from(code, "base64url").toString()) as TokenAnswer;
  } catch {
    return { status: 400, contentType: "application/json", body: '{"error":"invalid_grant"}' };
  }
}
