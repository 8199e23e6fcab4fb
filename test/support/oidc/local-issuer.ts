import http from "node:http";
import { makeSigningKey, type SigningKey, signRs256 } from "../jwt/jwt-fixture.ts";

/** An issuer on this machine: real keys, a real server, and tokens of any shape. */
export interface LocalIssuer {
  readonly jwksUrl: string;
  readonly jwks: () => { readonly keys: readonly object[] };
  /** How often its keys were asked for. */
  asked(): number;
  /** Signs with the current key. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): string;
  /** Takes another key from now on, and serves it together with those before it. */
  rotate(kid: string): void;
  /** Answers as this does; undefined for as it should. */
  behave(answer: { readonly status: number; readonly body: string } | undefined): void;
  close(): Promise<void>;
}

export async function startIssuer(): Promise<LocalIssuer> {
  const keys: SigningKey[] = [makeSigningKey("key-1")];
  let asked = 0;
  let misbehaviour: { readonly status: number; readonly body: string } | undefined;
  const jwks = () => ({ keys: keys.map(({ publicJwk }) => publicJwk) });
  const server = http.createServer((_request, response) => {
    asked += 1;
    if (misbehaviour === undefined) response.end(JSON.stringify(jwks()));
    else response.writeHead(misbehaviour.status).end(misbehaviour.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the issuer has no port");
  return {
    jwksUrl: `http://127.0.0.1:${address.port}/jwks`,
    jwks,
    asked: () => asked,
    sign(claims, header) {
      const current = keys.at(-1);
      if (current === undefined) throw new Error("the issuer has no key");
      return signRs256(current, claims, header);
    },
    rotate(kid) {
      keys.push(makeSigningKey(kid));
    },
    behave(answer) {
      misbehaviour = answer;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
