import type { Cli } from "./cli.ts";
import { type Context, type Contexts, readContexts } from "./context-file.ts";
import { CliError, usageError } from "./errors.ts";

/** Minutes before its end in which `oo` says that a session is about to end. */
const soonMs = 10 * 60_000;

export interface NamedContext extends Context {
  readonly name: string;
}

/** The context in use; undefined when there is none. Throws `CliError`. */
export function currentContext(cli: Pick<Cli, "env">): NamedContext | undefined {
  return contextNamed(readContexts(cli), undefined);
}

/** Undefined: the one in use. */
export function contextNamed({ current, contexts }: Contexts, name: string | undefined): NamedContext | undefined {
  const wanted = name ?? current;
  const found = Object.hasOwn(contexts, wanted) ? contexts[wanted] : undefined;
  return found && { ...found, name: wanted };
}

/**
 * The token of the context in use, for calls to `url`; undefined when there is no context. It is sent to its own
 * address only, and not when it is over. Throws `CliError`.
 */
export function contextToken(cli: Pick<Cli, "env" | "now" | "output">, url: string): string | undefined {
  const context = currentContext(cli);
  if (context === undefined) return undefined;
  if (context.url !== url) {
    throw new CliError(`the context ${context.name} is for ${context.url}: its token is not sent to ${url}`, [
      `oo login ${url}, oo context use NAME, or set OO_TOKEN`,
    ]);
  }
  requirePrivate(url);
  const leftMs = context.ends === "" ? Number.POSITIVE_INFINITY : Date.parse(context.ends) - cli.now();
  if (!(leftMs > 0)) throw sessionOver(context);
  if (leftMs < soonMs && cli.output.isWatched) {
    cli.output.hint(`your session at ${hostOf(url)} ends at ${clockOf(context.ends)}`);
  }
  return context.token;
}

/** The error for a session that is over, by its own end. */
export function sessionOver({ url, ends }: Pick<Context, "url" | "ends">): CliError {
  return new CliError(`your session at ${hostOf(url)} ended at ${clockOf(ends)}: run 'oo login ${url}'`);
}

/** A token that is remembered goes over TLS, or stays on this machine. Throws a usage error. */
export function requirePrivate(url: string): void {
  const { protocol, hostname } = new URL(url);
  const isLoopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol === "https:" || isLoopback) return;
  throw usageError(`${url} has no TLS: log in to an address that begins with https://, or to this machine`);
}

export function hostOf(url: string): string {
  return new URL(url).host;
}

/** Hours and minutes today; with the day otherwise. */
function clockOf(iso: string): string {
  const time = new Date(iso);
  const two = (part: number) => String(part).padStart(2, "0");
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.toDateString() === new Date().toDateString()) return clock;
  return `${clock} on ${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}
