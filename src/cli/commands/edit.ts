import type { Command } from "commander";
import type { Secret } from "../../../gen/secret/v1/secret_service_pb.ts";
import type { FileBatch } from "../files/file-batch.ts";
import type { Cli } from "../frame/cli.ts";
import type { Service } from "../frame/client.ts";
import { CliError, usageError } from "../frame/errors.ts";
import { checkNamespace } from "../frame/namespace.ts";
import { type ApprovalOption, addApprovalOption, addExamples, openService } from "../frame/options.ts";

interface EditOptions extends ApprovalOption {
  readonly namespace?: string;
}

/** A text to edit, and the secrets that it means. */
interface Subject {
  readonly text: string;
  readonly fileName: string;
  /** Throws CliError when the text cannot be meant. */
  toBatch(text: string): FileBatch;
}

export function addEditCommand(parent: Command, cli: Cli): void {
  const command = parent
    .command("edit")
    .description(
      "Edit the value of a secret, or all secrets of a namespace as YAML, in your editor (VISUAL or EDITOR). The file is private and gone afterwards. The changes are shown before they are saved, and only if no one else has changed the same secrets.",
    )
    .argument("[key]", "key of the secret; not with --namespace")
    .option("-n, --namespace <namespace>", "all secrets whose keys start with this and '/', and that you may read")
    .action((key: string | undefined, options: EditOptions) => edit(cli, command, key, options));
  addApprovalOption(command);
  addExamples(command, "oo secret edit prod/DATABASE_URL\nEDITOR='code --wait' oo secret edit -n prod");
}

async function edit(cli: Cli, command: Command, key: string | undefined, options: EditOptions): Promise<void> {
  const { namespace } = options;
  if ((key === undefined) === (namespace === undefined)) throw usageError("name either a key or a --namespace");
  checkNamespace(namespace);
  const service = await openService(cli, command);
  const subject =
    key === undefined ? await namespaceSubject(service, namespace ?? "") : await keySubject(cli, service, key);
  const { startEditing } = await import("../files/editor.ts");
  const editing = startEditing(subject.text, subject.fileName, cli.env);
  try {
    const batch = await editUntilValid(cli, subject, editing.edit, options);
    if (batch !== undefined) await planAndApply(cli, command, service, batch, options);
  } finally {
    editing.end();
  }
}

/** Undefined when nothing was changed. A text with a mistake can be edited again, so that no work is lost. */
async function editUntilValid(
  cli: Cli,
  subject: Subject,
  open: () => Promise<string>,
  { autoApprove }: EditOptions,
): Promise<FileBatch | undefined> {
  for (;;) {
    const text = await open();
    if (text === subject.text) {
      cli.output.hint("nothing was changed");
      return undefined;
    }
    try {
      return subject.toBatch(text);
    } catch (error) {
      if (!(error instanceof CliError) || autoApprove === true || cli.stdin().isTTY !== true) throw error;
      cli.output.warning(error.message);
      const { confirm } = await import("../frame/confirm.ts");
      await confirm(cli, "Edit it again?", "nothing was changed");
    }
  }
}

async function keySubject(cli: Cli, service: Service, asked: string): Promise<Subject> {
  const [{ resolveKeys }, { readSecret }, { SecretView }] = await Promise.all([
    import("../frame/resolve-key.ts"),
    import("../plan/read-secret.ts"),
    import("../../../gen/secret/v1/secret_service_pb.ts"),
  ]);
  const [key = asked] = await resolveKeys([asked], service, cli.output);
  const { value = "", valueBytes, version } = await readSecret(service, key, SecretView.FULL);
  if (valueBytes !== undefined) {
    throw new CliError(`the value of ${key} is bytes, which no editor of text keeps as they are`, [
      `oo secret get ${key} > FILE, and then oo secret save ${key} --file FILE`,
    ]);
  }
  // Most editors end the last line, which is then not a part of the value.
  const endsWithoutBreak = !value.endsWith("\n");
  return {
    text: value,
    fileName: "value.txt",
    toBatch(text) {
      const edited = endsWithoutBreak && text.endsWith("\n") ? text.slice(0, -1) : text;
      if (edited === "")
        throw new CliError("the value is empty: nothing was changed", ["`oo secret rm` removes a secret"]);
      return { secrets: [{ key, value: edited, ifVersion: version }], places: [] };
    },
  };
}

async function namespaceSubject(service: Service, namespace: string): Promise<Subject> {
  const [{ SecretView }, { pageSize, readPages }, { toSecretYaml }, { readSecretFile }] = await Promise.all([
    import("../../../gen/secret/v1/secret_service_pb.ts"),
    import("../frame/pages.ts"),
    import("../files/secret-yaml.ts"),
    import("../formats/secret-file.ts"),
  ]);
  const secrets: Secret[] = [];
  const request = { namespace, view: SecretView.FULL, pageSize };
  for await (const page of readPages((pageToken) => service.secrets.listSecrets({ ...request, pageToken }))) {
    const [failed] = page.errors;
    if (failed !== undefined) throw new CliError(`the stored document of ${failed.key} does not verify`);
    secrets.push(...page.secrets);
  }
  if (secrets.length === 0) throw new CliError(`there are no secrets in ${namespace}/ that you may read`);
  const versions = new Map(secrets.map(({ key, version }) => [key, version]));
  const fileName = `${namespace.replaceAll("/", "-")}.yaml`;
  return {
    text: `# Secrets in ${namespace}/. What you leave out stays as it is.\n${toSecretYaml(secrets, true)}`,
    fileName,
    toBatch(text) {
      const found = readSecretFile(fileName, text);
      const inputs = found.map(({ input, complain }) => {
        if (input.key === undefined) throw complain("needs a key");
        return { ...input, ifVersion: versions.get(input.key) ?? 0 };
      });
      return { secrets: inputs, places: found.map(({ place }) => place) };
    },
  };
}

async function planAndApply(
  cli: Cli,
  command: Command,
  service: Service,
  batch: FileBatch,
  { autoApprove }: EditOptions,
): Promise<void> {
  const [{ planBatch }, { formatPlan, summarize }, { reportForbidden }] = await Promise.all([
    import("../plan/plan-batch.ts"),
    import("../plan/plan-format.ts"),
    import("./plan.ts"),
  ]);
  let plan: Awaited<ReturnType<typeof planBatch>>;
  try {
    plan = await planBatch(service, batch, undefined);
  } catch (error) {
    const { reportBatchFailure } = await import("../plan/batch-failure.ts");
    return reportBatchFailure(error, cli, command, batch);
  }
  cli.output.result(await formatPlan(plan, "table", cli.output));
  reportForbidden(cli, plan);
  if (plan.items.every(({ action }) => action === "unchanged" || action === "forbidden")) return;
  if (plan.items.some(({ action }) => action === "forbidden")) return;
  if (autoApprove !== true) {
    const { confirm } = await import("../frame/confirm.ts");
    await confirm(cli, `Save this (${summarize(plan)})?`, "not saved: nothing was changed");
  }
  const { applyPlan } = await import("../plan/apply-plan.ts");
  await applyPlan(cli, command, batch, plan, false);
}
