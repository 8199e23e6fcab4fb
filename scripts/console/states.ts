import type { Page } from "playwright-core";
import { movesOn } from "./moves.ts";

/** Goes through the screens of the console as a person would, and stops at each. The scene must be there. */
export async function visitStates(page: Page, token: string, stop: (state: string) => Promise<void>): Promise<void> {
  const { go, close } = movesOn(page);

  await page.getByLabel("Token").waitFor();
  await stop("sign-in");
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText(/^\d+ secrets$/).waitFor();
  await stop("list");
  await page.getByLabel("Find a secret").fill("stripe");
  await page.getByRole("listbox").waitFor();
  await stop("list-search");
  await page.getByLabel("Find a secret").fill("nothing-like-this");
  await page.getByRole("button", { name: "Clear filters" }).waitFor();
  await stop("list-nothing");
  await page.getByRole("button", { name: "Clear filters" }).click();

  await go("#/secret/prod/checkout/STRIPE_SECRET_KEY");
  await page.getByRole("heading", { name: "Last reads" }).waitFor();
  await page.getByText("bob, checkout-svc, erin").waitFor({ state: "attached" });
  await stop("secret");
  await page.getByRole("button", { name: "Reveal" }).click();
  await page.getByRole("button", { name: "Hide" }).waitFor();
  await stop("secret-revealed");
  await page.getByRole("button", { name: "Hide" }).click();
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("New value").fill("sk_live_new");
  await page.getByRole("checkbox", { name: "dave may change the value" }).check();
  await page.getByRole("checkbox", { name: "payments may change the value" }).uncheck();
  await stop("edit");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByText("What will change").waitFor();
  await stop("edit-review");
  await close();
  await page.getByRole("button", { name: "Remove…" }).click();
  await stop("secret-remove");
  await page.getByRole("button", { name: "Keep it" }).click();

  await go("#/import");
  await page.getByLabel("Put the keys under").fill("prod/checkout");
  await page.getByLabel("Add a user or role").fill("payments");
  await page.getByRole("button", { name: "Add as reader" }).click();
  await stop("import");
  await page.getByLabel("File", { exact: true }).fill("DATABASE_URL=x\nKLARNA_KEY=y\n");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("heading", { name: "Who gets access" }).waitFor();
  await stop("import-plan");
  await go("#/compare");
  await page.getByLabel("Compare folder").fill("prod");
  await page.getByLabel("With folder").fill("staging");
  await page.getByText("in both (values").waitFor();
  await stop("compare");
  await go("#/audit");
  await page.getByRole("region", { name: "Records", exact: true }).waitFor();
  await stop("audit");
  await page.getByRole("button", { name: "Show everything" }).click();
  await page.getByText("secret.list").first().waitFor();
  await stop("audit-everything");
  await go("#/people");
  await page.getByRole("region", { name: "Users", exact: true }).waitFor();
  await stop("people");
  await page.getByRole("button", { name: "bob", exact: true }).click();
  await page.getByRole("heading", { name: "No passkeys" }).waitFor();
  await stop("people-user");
  await page.getByRole("dialog").getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Add a role").waitFor();
  await stop("people-user-edit");
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("dialog", { name: "User bob" }).waitFor();
  await close();
  for (const section of ["permits", "tokens", "you"]) {
    await go(`#/people/${section}`);
    await page.getByRole("heading", { level: 2 }).first().waitFor();
    await stop(`people-${section}`);
  }
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByRole("button", { name: "Narrow it" }).click();
  await page.getByLabel("Keys 1").fill("prod/checkout/*");
  await stop("people-token");
  await close();
  await go("#/health");
  await page.getByRole("heading", { name: "Tenants" }).waitFor();
  await stop("health");
  await go("#/secrets");
  await page.getByText(/^\d+ secrets$/).waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await stop("help");
  await close();
}
