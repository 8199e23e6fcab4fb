import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";
import { fromBinary } from "@bufbuild/protobuf";
import { ErrorDetailSchema, Reason } from "../../../gen/secret/v1/error_pb.ts";
import { createHalf } from "../../../src/rules/token.ts";

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

interface CallOptions {
  /** Replaces what a browser would send; undefined leaves it out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly verb?: string;
}

/** A page of the console, as far as the service sees it: what it sends, and the cookies that it gets. */
export interface TestPage {
  /** The cookies that the browser has for this host. */
  readonly cookies: Map<string, string>;
  readonly half: string;
  /** Calls a method, such as `IdentityService/WhoAmI`, or a path. */
  call(method: string, body?: object, options?: CallOptions): Promise<Answered>;
  open(source: object, options?: CallOptions): Promise<Answered>;
}

/** `url`: where the service listens. `host`: as whom the browser knows it. */
export function createPage(url: string, host = new URL(url).host): TestPage {
  const cookies = new Map<string, string>();
  const half = createHalf();
  const origin = `http://${host}`;

  async function call(method: string, body: object = {}, { headers = {}, verb = "POST" }: CallOptions = {}) {
    const path = method.startsWith("/") ? method : `/secret.v1.${method}`;
    const sent = { host, origin, "sec-fetch-site": "same-origin", "content-type": "application/json" };
    const jar = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const all = { ...sent, ...(jar === "" ? {} : { cookie: jar }), "x-oo-half": half, ...headers };
    const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    const outgoing = request(`${url}${path}`, { method: verb, headers: given });
    outgoing.end(verb === "POST" ? JSON.stringify(body) : undefined);
    const [response] = await once(outgoing, "response");
    const answer = await text(response);
    for (const line of response.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.statusCode ?? 0, headers: response.headers, body: parsed(answer) };
  }

  return {
    cookies,
    half,
    call,
    open: (source, options = {}) =>
      call(
        "LoginService/OpenSession",
        { pageHalf: half, ...source },
        { ...options, headers: { "x-oo-half": undefined, ...options.headers } },
      ),
  };
}

function parsed(answer: string): Record<string, unknown> {
  try {
    return JSON.parse(answer);
  } catch {
    return { text: answer };
  }
}

/** The reason of a refusal; without one, its message. */
export function reasonOf({ body }: Answered): string {
  const [detail] = (body.details ?? []) as { value?: string }[];
  if (detail?.value === undefined) return String(body.message ?? body.text ?? "");
  const { reason } = fromBinary(ErrorDetailSchema, Buffer.from(detail.value, "base64"));
  return Object.entries(Reason).find(([, value]) => value === reason)?.[0] ?? "";
}
