import type { Page } from "playwright-core";
import { movesOn } from "./moves.ts";
import type { CallPath, Scene } from "./scene.ts";

interface Cast {
  /** Of an admin who is also an operator. */
  readonly token: string;
  readonly call: CallPath;
  readonly scene: Scene;
}

/** Goes through what a person seldom sees: waiting, nothing there, refused, overtaken by another person, signed out. */
export async function visitRareStates(
  page: Page,
  { token, call, scene }: Cast,
  stop: (state: string) => Promise<void>,
): Promise<void> {
  const { go, close } = movesOn(page);
  const signIn = async (as: string) => {
    await page.getByLabel("Token").fill(as);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };

  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route("**/ListSecrets", async (route) => {
    await held;
    await route.continue();
  });
  await signIn(token);
  await page.locator(".skeleton").first().waitFor();
  await stop("list-loading");
  release();
  await page.getByText(/^\d+ secrets$/).waitFor();
  await page.unroute("**/ListSecrets");

  await page.getByRole("button", { name: "Removed", exact: true }).click();
  await page.getByText("dev/reports/").first().waitFor();
  await stop("list-removed");
  await page.getByRole("button", { name: /^All/ }).click();
  await go("#/secret/prod/checkout/NOT_THERE");
  await page.getByText("There is no such secret").waitFor();
  await stop("secret-missing");
  await go("#/secrets");
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByLabel("Key", { exact: true }).fill("prod//KEY");
  await page.getByLabel("Value", { exact: true }).fill("x");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("alert").waitFor();
  await stop("new-refused");
  await close();

  await go("#/secret/prod/reports/WAREHOUSE_URL");
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("New value").fill("postgres://mine");
  const meanwhile = { key: "prod/reports/WAREHOUSE_URL", metadata: { note: `by another ${Date.now()}` } };
  await call("PUT", "secrets", { secrets: [meanwhile] }, scene.tokens.bob);
  await page.getByText("while you were editing").waitFor();
  await stop("edit-stale");
  await close();

  await go("#/audit");
  await page.getByLabel("Key", { exact: true }).fill("prod/no/such/key");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /no records/i }).waitFor();
  await stop("audit-nothing");
  await go("#/people");
  await page.getByRole("button", { name: "Add user", exact: true }).click();
  await page.getByLabel("Name").waitFor();
  await stop("people-add");
  await close();
  await page.getByRole("button", { name: "payments", exact: true }).first().click();
  await page.getByRole("dialog").waitFor();
  await stop("people-role");
  await page.getByRole("dialog").locator("summary").click();
  await stop("people-role-open");
  await close();
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("Description").fill("deploy job of checkout");
  await page.getByRole("button", { name: "Create the token" }).click();
  await page.getByText("it is not shown again").waitFor();
  await stop("people-token-made");
  await close();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByText("You have signed out.").waitFor();

  await signIn(scene.tokens.dave ?? "");
  await go("#/secret/prod/checkout/STRIPE_SECRET_KEY");
  await page.getByRole("heading", { name: "Value", exact: true }).waitFor();
  await stop("secret-of-others");
  await go("#/people");
  await page.getByRole("heading", { name: "You", exact: true }).waitFor();
  await stop("you");
  await go("#/health");
  await page.getByRole("heading", { name: "For operators" }).waitFor();
  await stop("health-of-others");
  await call("DELETE", "sessions", { all: true, slug: "dave" });
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await stop("sign-in-over");

  const slug = `new-${Date.now() % 1e6}`;
  await call("PUT", "users", { users: [{ slug }] });
  const { secret } = await call("PUT", "tokens", { slug, description: "first day" });
  await signIn(String(secret));
  await page.getByRole("link", { name: "Secrets", exact: true }).waitFor();
  await go("#/secrets");
  await page.getByText("You see no secrets yet").waitFor();
  await stop("list-empty");
  await go("#/compare");
  await page.getByText("Choose two folders").waitFor();
  await stop("compare-empty");
}
