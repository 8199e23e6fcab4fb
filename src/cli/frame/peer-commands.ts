/**
 * What people type who come from other tools, and the command that does it here. The words are those of the other tool
 * without its own name, or its name and then its words. The longest that fits is taken.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  "secret get": [
    ...["kv get", "read", "get", "secrets get", "item get", "show", "cat", "env get", "config:get", "config get"],
    ...["secretsmanager get-secret-value", "ssm get-parameter", "versions access", "keyvault secret show"],
    ...["secret show", "secret read", "secret view", "secret reveal", "secret value", "secret print", "secret cat"],
    ...["secrets versions access", "access", "describe", "secret describe", "keyvault secret get", "document get"],
  ],
  "secret set": [
    ...["kv put", "kv patch", "write", "put", "add", "secrets set", "item create", "item edit", "insert", "env add"],
    ...["secretsmanager create-secret", "secretsmanager put-secret-value", "secretsmanager update-secret"],
    ...["ssm put-parameter", "secrets create", "versions add", "keyvault secret set", "config:set", "config set"],
    ...["create secret generic", "create secret", "secret create", "secret put", "secret write", "secret add"],
    ...["secret update", "secret insert", "secret store", "secrets versions add", "env set", "env push", "upload"],
    ...["secret new", "variable set", "variables set", "var set", "vars set", "env put", "create", "document create"],
  ],
  "secret list": [
    ...["kv list", "secrets list", "item list", "list items", "dir", "get secrets", "env ls", "env list", "config"],
    ...["secretsmanager list-secrets", "keyvault secret list", "configs", "secret dir", "secret names"],
    ...["variable list", "variables", "vars", "vars list", "vault list", "item ls", "secret all"],
  ],
  "secret list --folder": [
    ...["tree", "secret tree", "folders", "secrets folders get", "list-services", "namespace list", "namespaces"],
    ...["environments", "projects", "secret folders", "secret namespaces"],
  ],
  "secret rm": [
    ...[
      "kv delete",
      "del",
      "secrets delete",
      "secrets unset",
      "item delete",
      "delete secret",
      "env rm",
      "config:unset",
      "config unset",
      "variable delete",
      "vars delete",
      "delete",
    ],
    ...["secretsmanager delete-secret", "keyvault secret delete", "secret delete", "secret unset", "secret del"],
    ...["secret destroy", "secret drop", "unset"],
  ],
  "secret purge": [
    "kv destroy",
    "kv metadata delete",
    "keyvault secret purge",
    "versions destroy",
    "secret forget",
    "secrets versions destroy",
    "secret shred",
  ],
  "secret history": [
    ...["kv metadata get", "versions list", "secrets versions list", "secretsmanager describe-secret", "activity"],
    ...["secret log", "secret revisions", "secret changes", "log", "secretsmanager list-secret-version-ids"],
  ],
  "secret rollback": ["kv rollback", "secret revert", "secret undo", "revert", "undo"],
  "secret undelete": [
    ...[
      "kv undelete",
      "secretsmanager restore-secret",
      "keyvault secret recover",
      "secret recover",
      "undelete",
      "secret unremove",
    ],
  ],
  "secret copy": ["copy", "cp", "kv copy", "secret duplicate", "secret clone"],
  "secret move": ["move", "mv", "rename", "secret rename", "kv move"],
  "secret edit": ["secret change", "secret modify", "secret vi", "secrets edit"],
  "secret generate": [
    ...["password generate", "generate password", "pwgen", "secretsmanager get-random-password", "secret random"],
    ...["secretsmanager rotate-secret", "secret rotate", "password", "random"],
  ],
  "secret run": ["exec-env", "exec", "exec-file", "secret exec", "env run", "secret start", "secrets run", "with"],
  "secret export": [
    ...["env pull", "secrets download", "pull", "download", "secret download", "secret env", "secret dump", "env"],
    ...["secrets substitute", "inject", "publish", "secret pull", "secret inject"],
    ...["secretsmanager batch-get-secret-value", "ssm get-parameters-by-path", "ssm get-parameters", "template"],
  ],
  "secret encrypt": ["sops encrypt", "secret seal-value", "crypt"],
  "secret decrypt": ["sops decrypt", "unseal", "secret unseal", "secret open"],
  "secret import": [
    "import",
    "secrets upload",
    "secret load",
    "secrets import",
    "env import",
    "secret migrate",
    "migrate",
  ],
  "secret reseal": ["updatekeys", "sops rotate", "sops updatekeys"],
  "secret find": ["grep", "search", "secret search", "secret grep", "secrets search"],
  "secret diff": ["secret compare", "compare", "kv diff"],
  "secret reader add": [
    ...["secret share", "share", "secret grant", "secret allow", "grant", "secret permit"],
    ...["secrets add-iam-policy-binding", "secrets set-iam-policy", "secretsmanager put-resource-policy"],
  ],
  "secret reader remove": [
    "secret unshare",
    "unshare",
    "secret revoke",
    "secret deny",
    "secrets remove-iam-policy-binding",
  ],
  "secret who-can": [
    ...["policy read", "secret access", "secret permissions", "secret policy", "policy", "policies", "permissions"],
    ...["secret reader list", "secret writer list", "secret deleter list", "secrets get-iam-policy"],
  ],
  "secret explain": ["token capabilities", "can-i", "auth can-i"],
  "secret metadata set": [
    ...["kv metadata put", "kv metadata patch", "secret tag", "secret label", "secret annotate"],
    ...["secretsmanager tag-resource", "secrets notes set", "secret note", "secret expire"],
  ],
  "secret lint": ["secret check", "secret validate", "secret verify", "validate"],
  "secret scan": ["scan", "detect", "leaks", "secrets scan", "secret detect", "secret leaks", "git scan", "audit scan"],
  "secret plan": ["secret preview", "secret dry-run"],
  "secret apply": ["secret sync", "secret push", "sync", "push", "deploy"],
  "user whoami": ["me", "token lookup", "account get", "user me", "user info", "id", "auth status", "auth whoami"],
  login: ["signin", "sign-in", "setup", "configure", "init", "auth login", "auth", "account add", "connect"],
  logout: ["signout", "sign-out", "auth logout"],
  console: ["ui", "dashboard", "open", "web", "browser"],
  completion: ["autocomplete", "completions"],
  "--version": ["version"],
  "user save": ["user add", "user create", "user new", "adduser", "useradd", "policy write", "user update"],
  "user remove": ["user delete", "user rm", "userdel"],
  "user list": ["users", "user ls", "policy list", "team list", "user show", "user get", "members"],
  "user names": ["role list", "roles", "group list", "groups"],
  "permit save": ["permit add", "permit create", "role create", "role save", "group create"],
  "permit list": ["permits", "permit show"],
  "permit remove": ["permit delete"],
  "team apply": ["team save", "team import", "team sync"],
  "token create": [
    "configs tokens create",
    "token new",
    "token add",
    "token issue",
    "token generate",
    "auth token",
    "tokens create",
  ],
  "token revoke": ["token delete", "token rm", "token remove", "configs tokens revoke"],
  "token list": ["tokens", "token ls"],
  "audit list": ["audit log", "audit show", "audit ls", "events", "logs"],
  "keys rotate": ["operator rotate", "rotate", "operator rekey", "keys new"],
  "keys list": ["operator key-status", "keys ls"],
  status: ["health", "ping", "info", "operator status", "server status"],
};

const commands = new Map(Object.entries(table).flatMap(([to, peers]) => peers.map((from) => [from, to] as const)));

/** Every wording that the table knows. */
export const peerWordings: readonly string[] = [...commands.keys()];

const wordsMax = 3;

/** Other tools by what one types to start them: `oo vault kv get` means what `vault kv get` does. */
const tools: ReadonlySet<string> = new Set(
  (
    "vault bao openbao aws gcloud az doppler infisical sops op chamber berglas kubectl heroku fly flyctl vercel gh " +
    "netlify railway pass gopass teller dotenvx envchain conjur akeyless"
  ).split(" "),
);

/** What the program of the service does, and not this one. */
const ofService: Readonly<Record<string, string>> = {
  server: "secret-svc serve",
  serve: "secret-svc serve",
  start: "secret-svc serve",
  backup: "secret-svc backup",
  restore: "secret-svc restore",
  "operator init": "secret-svc serve",
  "operator raft snapshot": "secret-svc backup",
};

/** Options of other tools, with those that may mean the same here. */
export const peerOptions: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    "--namespace":
      "--env --environment --config --project --path --mount --secret-path --service --folder --app --prefix",
    "--show": "--reveal --show-values --with-decryption --values --unmask",
    "--auto-approve": "--yes --force -y",
    "--output": "--json --raw --plain --format --field --no-newline",
    "--version": "--version-id --revision -v",
    "--key": "--secret-id --name --secret",
    "--dry-run": "--plan --check --preview",
    "--recursive": "-r -R --include-nested",
    "--readers": "--allow --members --acl --share",
    "--file": "--data-file --from-file --secret-binary",
  }).flatMap(([here, theirs]) => theirs.split(" ").map((each) => [each, [here]] as const)),
);

/** The words without the name of another tool before them. */
export function withoutTool(words: readonly string[]): readonly string[] {
  return tools.has(words[0]?.toLowerCase() ?? "") ? words.slice(1) : words;
}

/** A command of the service's own program for these words. */
export function findServiceCommand(words: readonly string[]): string | undefined {
  const sizes = [wordsMax, 2, 1];
  return sizes
    .map((size) => ofService[words.slice(0, size).join(" ").toLowerCase()])
    .find((each) => each !== undefined);
}

/** The command, without `oo`, that does what these words mean elsewhere, and how many of them that takes. */
export function findPeerCommand(
  words: readonly string[],
): { readonly command: string; readonly taken: number } | undefined {
  for (let taken = Math.min(wordsMax, words.length); taken > 0; taken -= 1) {
    const command = commands.get(words.slice(0, taken).join(" ").toLowerCase());
    if (command !== undefined) return { command, taken };
  }
  return undefined;
}
