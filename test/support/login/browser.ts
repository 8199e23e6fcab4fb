/** What a browser does for a login: cookies of each host and port, redirects, forms. It runs no script. */
export interface TestBrowser {
  /** Cookies by name, of all hosts. */
  readonly cookies: Map<string, string>;
  /** Goes to a page, and on from redirects. Returns the last answer. */
  goTo(url: string): Promise<Visited>;
  /** Sends a form of a page, as the page would. `headers` replace those of a browser. */
  submit(from: Visited, fields: Readonly<Record<string, string>>, headers?: Record<string, string>): Promise<Visited>;
  /** One request without anything that follows. */
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

export interface Visited {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where `Refresh` leads. */
  readonly goesTo: string | undefined;
}

/** Cookies are stored by host and port: a real browser ignores the port, which only matters to an attacker here. */
export function createBrowser(): TestBrowser {
  const jars = new Map<string, Map<string, string>>();
  const cookies = new Map<string, string>();

  async function fetchWithCookies(url: string, init: RequestInit = {}): Promise<Response> {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    const headers = new Headers(init.headers);
    const sent = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    if (sent !== "" && !headers.has("cookie")) headers.set("cookie", sent);
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";", 1);
      const name = pair.slice(0, pair.indexOf("="));
      const value = pair.slice(pair.indexOf("=") + 1);
      const isGone = value === "" || /max-age=0(?:;|$)/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line);
      for (const each of [jar, cookies]) {
        if (isGone) each.delete(name);
        else each.set(name, value);
      }
    }
    return response;
  }

  async function follow(url: string, init?: RequestInit): Promise<Visited> {
    let at = url;
    let response = await fetchWithCookies(at, init);
    for (let hops = 0; [301, 302, 303, 307].includes(response.status); hops += 1) {
      if (hops === 20) throw new Error("too many redirects");
      await response.body?.cancel();
      at = new URL(response.headers.get("location") ?? "", at).href;
      response = await fetchWithCookies(at);
    }
    const refresh = /url=(.*)$/.exec(response.headers.get("refresh") ?? "")?.[1];
    return {
      url: at,
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      goesTo: refresh === undefined ? undefined : new URL(refresh, at).href,
    };
  }

  return {
    cookies,
    fetch: fetchWithCookies,
    goTo: (url) => follow(url, { headers: { accept: "text/html" } }),
    submit(from, fields, headers = {}) {
      const action = /action="([^"]*)"/.exec(from.text)?.[1];
      if (action === undefined) throw new Error(`there is no form: ${from.status} ${from.text.slice(0, 500)}`);
      const hidden = [...from.text.matchAll(/type="hidden" name="([^"]*)" value="([^"]*)"/g)];
      const all = { ...Object.fromEntries(hidden.map(([, name = "", value = ""]) => [name, value])), ...fields };
      const { origin } = new URL(from.url);
      const usual = { "content-type": "application/x-www-form-urlencoded", origin, "sec-fetch-site": "same-origin" };
      return follow(new URL(action, from.url).href, {
        method: "POST",
        headers: { ...usual, ...headers },
        body: new URLSearchParams(all).toString(),
      });
    },
  };
}
