import { limits } from "../../limits.ts";
import { baseHeaders } from "../call/answer-headers.ts";
import { readBody } from "../call/body.ts";
import type { Exchange } from "../call/exchange.ts";
import type { PageAnswer, PageRoute } from "../call/routes.ts";

interface PageCall {
  readonly route: PageRoute;
  readonly requestId: string;
  /** Calls `send` if there is room for a response of `bytes`. */
  readonly answerSmall: (send: () => void, bytes: number) => void;
  readonly failed: (error: unknown) => void;
}

const noBody = Buffer.alloc(0);

/** Answers a browser. A form is read first, as far as the largest one. */
export function servePage(exchange: Exchange, call: PageCall): void {
  const { route, requestId, answerSmall, failed } = call;
  const { verb, url, headers, rawHeaders, peer } = exchange;
  const serve = async (body: Buffer) => route.serve({ verb, url, headers, rawHeaders, peer, requestId, body });
  const answer = ({ status, headers, body }: PageAnswer) => {
    const all = { ...baseHeaders("text/plain; charset=utf-8", requestId), ...headers };
    answerSmall(() => exchange.send(status, all, body), body.length);
  };
  if (verb !== "POST") {
    serve(noBody).then(answer).catch(failed);
    return;
  }
  const body = {
    limitBytes: limits.formBytes,
    framingBytes: 0,
    declared: headers["content-length"],
    smallBytes: limits.formBytes,
    traffic: exchange.connection.traffic,
    makeRoom: () => {},
  };
  exchange.awaitBody();
  readBody(exchange.body, body, (error, bytes) => {
    if (error !== undefined) failed(error);
    else serve(bytes).then(answer).catch(failed);
  });
}
