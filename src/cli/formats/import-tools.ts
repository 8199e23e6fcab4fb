import { CliError } from "./cli-error.ts";
import { type Collector, fieldOf, itemsOf, mapOf, textOf } from "./import-tree.ts";
import type { YamlNode } from "./yaml.ts";

/** Takes what a tool has written. `documents` are those of one file. */
export type ImportReader = (documents: readonly YamlNode[], collector: Collector) => void;

const single = (documents: readonly YamlNode[]): readonly YamlNode[] =>
  documents.flatMap((document) => (document.kind === "list" ? document.items : [document]));

/** Names and values, nested or not. */
const readFlat: ImportReader = (documents, { addTree, skip }) => {
  for (const document of documents) {
    if (document.kind === "map") addTree("", document);
    else skip("the file", "is not a mapping of names to values");
  }
};

/** Manifests of Secrets, with `data` in base64 or `stringData`. Of several, the name of each is the first segment. */
const readKubernetes: ImportReader = (documents, { add, addBase64, skip }) => {
  const manifests = documents.flatMap((document) =>
    textOf(document, "kind")?.endsWith("List") === true ? itemsOf(fieldOf(document, "items")) : [document],
  );
  for (const manifest of manifests) {
    const name = textOf(fieldOf(manifest, "metadata"), "name") ?? "";
    const prefix = manifests.length > 1 && name !== "" ? `${name}/` : "";
    const kind = textOf(manifest, "kind");
    if (kind !== "Secret") {
      skip(name, `is a ${kind ?? "manifest"}, and only a Secret is taken`);
      continue;
    }
    const written = new Set<string>();
    for (const field of mapOf(fieldOf(manifest, "stringData"))?.fields ?? []) {
      written.add(field.name);
      if (field.value.kind === "text") add(prefix + field.name, field.value.text);
    }
    for (const field of mapOf(fieldOf(manifest, "data"))?.fields ?? []) {
      if (written.has(field.name)) continue;
      if (field.value.kind === "text") addBase64(prefix + field.name, field.value.text);
      else skip(prefix + field.name, "is not a text");
    }
  }
};

/** `kv get -format=json`: of version 2 of the engine the pairs are one level deeper. */
const readVault: ImportReader = (documents, { addTree, skip }) => {
  for (const document of single(documents)) {
    const outer = fieldOf(document, "data");
    const inner = fieldOf(outer, "metadata") === undefined ? undefined : mapOf(fieldOf(outer, "data"));
    const pairs = inner ?? mapOf(outer);
    if (pairs === undefined) skip("the file", "has no data: it must be what `kv get -format=json` prints");
    else addTree("", pairs);
  }
};

/** What Doppler itself puts into each config. */
const dopplerNames: readonly string[] = ["DOPPLER_PROJECT", "DOPPLER_CONFIG", "DOPPLER_ENVIRONMENT"];

const readDoppler: ImportReader = (documents, { addTree, skip }) => {
  for (const document of documents) {
    for (const { name, value } of mapOf(document)?.fields ?? []) {
      if (dopplerNames.includes(name)) skip(name, "says where it was in Doppler");
      else addTree(name, fieldOf(value, "computed") ?? fieldOf(value, "raw") ?? value);
    }
  }
};

/** An exported list, or that of the API. Folders are segments. */
const readInfisical: ImportReader = (documents, { add, skip }) => {
  const entries = documents.flatMap((document) =>
    document.kind === "list" ? document.items : itemsOf(fieldOf(document, "secrets")),
  );
  for (const entry of entries) {
    const name = textOf(entry, "secretKey") ?? textOf(entry, "key") ?? "";
    const folder = (textOf(entry, "secretPath") ?? "").replace(/^\/+|\/+$/g, "");
    const value = textOf(entry, "secretValue") ?? textOf(entry, "value");
    const path = folder === "" ? name : `${folder}/${name}`;
    if (value === undefined) skip(path, "has no value");
    else add(path, value);
  }
};

/** Only what `sops decrypt` prints: the values of a file that is still encrypted are not the secrets. */
const readSops: ImportReader = (documents, collector) => {
  if (documents.some((document) => fieldOf(document, "sops") !== undefined)) {
    throw new CliError("the file is encrypted", ["sops decrypt FILE | oo secret import - --from sops"]);
  }
  readFlat(documents, collector);
};

/** Answers of Secrets Manager, for one secret or several, and of the Parameter Store. */
const readAws: ImportReader = (documents, collector) => {
  for (const document of single(documents)) {
    const several = fieldOf(document, "SecretValues");
    const parameters = fieldOf(document, "Parameters") ?? fieldOf(document, "Parameter");
    if (parameters !== undefined) {
      const found = parameters.kind === "list" ? parameters.items : [parameters];
      for (const each of found) {
        const name = nameOf(textOf(each, "Name"));
        const value = textOf(each, "Value");
        if (value === undefined) collector.skip(name, "has no value");
        else collector.add(name, value);
      }
    } else for (const each of several === undefined ? [document] : itemsOf(several)) readAwsSecret(each, collector);
    for (const failed of itemsOf(fieldOf(document, "Errors"))) {
      collector.skip(nameOf(textOf(failed, "SecretId")), "was not given out by AWS");
    }
  }
};

function readAwsSecret(entry: YamlNode, { add, addBase64, skip }: Collector): void {
  const name = nameOf(textOf(entry, "Name"));
  const [text, binary] = [textOf(entry, "SecretString"), textOf(entry, "SecretBinary")];
  if (binary !== undefined) addBase64(name, binary);
  else if (text === undefined) skip(name, "has no value: it must be what get-secret-value prints");
  else add(name, text);
}

/** Names there may begin with "/". */
function nameOf(name = ""): string {
  return name.replace(/^\/+/, "");
}

/** `gcloud secrets versions access --format=json`. */
const readGcp: ImportReader = (documents, { addBase64, skip }) => {
  for (const document of single(documents)) {
    const name = /\/secrets\/([^/]+)/.exec(textOf(document, "name") ?? "")?.[1] ?? "";
    const data = textOf(fieldOf(document, "payload"), "data");
    if (data === undefined) skip(name, "has no payload: it must be what `versions access --format=json` prints");
    else addBase64(name, data);
  }
};

/** `op item get --format json`: the title and the label of each field are the name; white space in them becomes `_`. */
const readOnePassword: ImportReader = (documents, { add, skip }) => {
  for (const item of single(documents)) {
    const title = asSegment(textOf(item, "title"));
    for (const field of itemsOf(fieldOf(item, "fields"))) {
      const section = asSegment(textOf(fieldOf(field, "section"), "label"));
      const label = asSegment(textOf(field, "label") ?? textOf(field, "id"));
      const name = [title, section, label].filter((part) => part !== "").join("/");
      const value = textOf(field, "value");
      if (textOf(field, "type") === "OTP") skip(name, "is a one-time password, which changes");
      else if (value !== undefined && value !== "") add(name, value);
      else if (textOf(field, "purpose") !== "NOTES") skip(name, "has no value");
    }
    for (const file of itemsOf(fieldOf(item, "files"))) skip(textOf(file, "name") ?? title, "is a file");
  }
};

function asSegment(text = ""): string {
  return text.trim().replace(/\s+/g, "_");
}

/** Everything that is read as YAML or JSON. */
export const importReaders = {
  json: readFlat,
  yaml: readFlat,
  kubernetes: readKubernetes,
  vault: readVault,
  openbao: readVault,
  doppler: readDoppler,
  infisical: readInfisical,
  sops: readSops,
  aws: readAws,
  gcp: readGcp,
  "1password": readOnePassword,
} as const satisfies Readonly<Record<string, ImportReader>>;
