import { SecretError } from "../error.ts";
import type { PageAnswer, PageRequest, ServePage } from "../http/call/routes.ts";
import { isOwnPage, type Place } from "./host.ts";
import { headersOf, notePage, type Page, pageHeaders, renderPage } from "./pages.ts";
import type { PeopleContext } from "./people-context.ts";
import { LoginRefusedError } from "./provider.ts";
import { ProviderUnavailableError } from "./provider-fetch.ts";

/** A request to an address of this service. */
export interface OwnRequest extends PageRequest {
  readonly place: Place;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
}

export function answerPage(page: Page, cookies: readonly string[] = []): PageAnswer {
  const { status, goTo } = page;
  const headers = {
    ...headersOf(page),
    ...(goTo === undefined ? {} : { refresh: `0; url=${goTo}` }),
    ...(cookies.length === 0 ? {} : { "set-cookie": [...cookies] }),
  };
  return { status, headers, body: renderPage(page) };
}

/** Sends the browser to another site. Never an answer to a form: there it would be blocked. */
export function redirect(location: string, cookies: readonly string[]): PageAnswer {
  return { status: 303, headers: { ...pageHeaders, location, "set-cookie": [...cookies] }, body: "" };
}

/**
 * Serves a page of a login: only under the own host, a form only from the own pages, and every error as a page. A
 * refused login has a record already; what the log gets says nothing about the person.
 */
export function servePageOf(context: PeopleContext, serve: (request: OwnRequest) => Promise<PageAnswer>): ServePage {
  return async (request) => {
    const place = context.identity.places.placeOf(request.headers);
    if (place === undefined) {
      return answerPage(notePage(421, "Not here", "This service has another address for browsers."));
    }
    if (request.verb === "POST" && !isOwnPage(place, request.headers)) {
      return answerPage(notePage(403, "Not accepted", "This form did not come from a page of this service."));
    }
    try {
      const query = new URL(request.url, place.origin).searchParams;
      return await serve({ ...request, place, query, form: new URLSearchParams(request.body.toString()) });
    } catch (error) {
      const page = pageOfError(context, error);
      if (page === undefined) throw error;
      return answerPage(page);
    }
  };
}

function pageOfError({ log }: PeopleContext, error: unknown): Page | undefined {
  if (error instanceof ProviderUnavailableError) {
    log(`a login provider cannot be used: ${error.message}`, error.cause);
    return notePage(
      503,
      "The login provider does not answer",
      "No one can log in there at the moment. Try again later.",
    );
  }
  if (error instanceof LoginRefusedError) {
    if (error.kind === "other") log(error.message, error.cause);
    return error.kind === "denied"
      ? notePage(403, "Not signed in", "The login was refused there.")
      : notePage(400, "Not signed in", "This login was not begun here, was used, or took too long. Begin again.");
  }
  if (error instanceof SecretError && error.reason === "LOGIN_DENIED") {
    return notePage(403, "Not signed in", sentence(error.message));
  }
  if (error instanceof SecretError && error.reason === "RATE_LIMITED") {
    return notePage(429, "Too many attempts", sentence(error.message));
  }
  return undefined;
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}
