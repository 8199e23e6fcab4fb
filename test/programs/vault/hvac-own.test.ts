import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pathWith } from "../../support/programs/program.ts";
import { type ServerProcess, startServer } from "../../support/server-process.ts";
import { vaultOn } from "../../support/vault/vault-call.ts";
import { hvacSource } from "./hvac.ts";

const run = promisify(execFile);

/** The tests of hvac that fail, by why they do, as docs/vault.md lists the differences. */
const different: Readonly<Record<string, readonly string[]>> = {
  "there are no settings": [
    "test_configure_and_read_configuration_1_set_max_versions",
    "test_configure_and_read_configuration_2_set_cas_required",
    "test_configure_and_read_configuration_3_set_max_versions_and_cas_required",
    "test_configure_and_read_configuration_4_set_delete_version_after_to_thirty_minutes",
    "test_update_metadata_1_update_max_versions_7",
    "test_update_metadata_3_update_cas_required_true",
    "test_update_metadata_8_update_with_delete_version_after_set",
  ],
  "the same value makes no version": [
    "test_create_or_update_secret_2_update_secret",
    "test_create_or_update_secret_3_update_secret_with_valid_cas_of_1",
  ],
  "only the newest version can be deleted": [
    "test_delete_secret_versions_01_successful_delete_one_out_of_two_versions_written_1",
    "test_delete_secret_versions_03_successful_delete_two_out_of_two_versions_written",
    "test_delete_secret_versions_04_successful_delete_three_out_of_seven_versions_written_135",
    "test_delete_secret_versions_05_successful_delete_three_out_of_seven_versions_written_137",
  ],
  "numbers skip removals": [
    "test_undelete_secret_versions_01_successful_undelete_one_out_of_two_versions_written_1",
    "test_undelete_secret_versions_02_successful_undelete_one_out_of_two_versions_written_2",
    "test_undelete_secret_versions_04_successful_undelete_three_out_of_seven_versions_written_135",
    "test_undelete_secret_versions_05_successful_undelete_three_out_of_seven_versions_written_137",
    "test_undelete_secret_versions_09_nonexistent_version_1",
    "test_undelete_secret_versions_10_nonexistent_version_2",
    "test_undelete_secret_versions_11_nonexistent_version_3",
  ],
};

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer({ env: vaultOn.environment });
});

afterAll(() => server.stop());

test("hvac's own tests of the key/value engine pass, but for those that are about a difference", async (context) => {
  const [folder = ""] = (await pathWith(context, hvacSource)).split(delimiter);
  const script = join(import.meta.dirname, "hvac-own-tests.py");
  const args = [script, join(folder, "source"), server.url, server.adminToken];
  const { stdout } = await run("python3", args, { env: { ...process.env, PYTHONPATH: join(folder, "packages") } });
  const { run: count, skipped, failed } = JSON.parse(stdout);
  expect(Object.keys(failed).toSorted(), JSON.stringify(failed, null, 2)).toEqual(
    Object.values(different).flat().toSorted(),
  );
  expect([count, skipped]).toEqual([84, 0]);
});
