import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { CallPath } from "../../../scripts/console/scene.ts";
import { countRecords, readClipboard, signIn } from "./console.ts";

const key = "prod/checkout/STRIPE_SECRET_KEY";
const value = "sk_live_51HqLyjWDarjtT1zdp7dcXV2bR";

/**
 * What people do every day, from signing in to signing out. The scene must be there, and no one signed in on the page.
 */
export async function doMainTasks(page: Page, call: CallPath, token: string): Promise<void> {
  const before = await countRecords(call, "secret.read", key);
  await signIn(page, token);
  await page.getByText("Live", { exact: true }).waitFor();
  await page.getByLabel("Find a secret").fill("stripe_secret prod");
  // By its text: Playwright puts a space into the name where the key may be broken.
  await page.getByRole("option").filter({ hasText: key }).click();
  await page.getByRole("button", { name: "Reveal" }).click();
  await page.getByText(value).waitFor();
  await page.getByRole("button", { name: "Hide" }).click();
  await page.getByRole("button", { name: "Copy", exact: true }).click();
  await page.getByText("It stays in the clipboard").waitFor();
  expect(await readClipboard(page)).toBe(value);
  expect(await countRecords(call, "secret.read", key)).toBe(before + 2);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("New value").fill("sk_live_new");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("button", { name: "Save version 7" }).click();
  await page.getByText("Version 7 is saved.").waitFor();
  await call("PUT", "secrets", { secrets: [{ key, value: "sk_live_newer" }] });
  await page.getByText("Version 8", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Audit" }).click();
  await page.getByRole("region", { name: "Records" }).getByRole("row").nth(1).waitFor();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByText("You have signed out.").waitFor();
}
