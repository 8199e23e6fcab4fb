/**
 * What people type who come from other tools, and the command that does it here. The words are those of the other tool
 * without its own name, or its name and then its words. The longest that fits is taken.
 */
const table: Readonly<Record<string, readonly string[]>> = {
  "secret get": [
    ...["kv get", "read", "get", "secrets get", "item get", "show", "cat", "env get", "config:get", "config get"],
    ...["secretsmanager get-secret-value", "ssm get-parameter", "versions access", "keyvault secret show"],
    ...["secret show", "secret read", "secret view", "secret reveal", "secret value", "secret print", "secret cat"],
    "secrets versions access",
  ],
  "secret set": [
    ...["kv put", "kv patch", "write", "put", "add", "secrets set", "item create", "item edit", "insert", "env add"],
    ...["secretsmanager create-secret", "secretsmanager put-secret-value", "secretsmanager update-secret"],
    ...["ssm put-parameter", "secrets create", "versions add", "keyvault secret set", "config:set", "config set"],
    ...["create secret generic", "create secret", "secret create", "secret put", "secret write", "secret add"],
    ...["secret update", "secret insert", "secret store", "secrets versions add", "env set", "env push", "upload"],
  ],
  "secret list": [
    ...["kv list", "secrets list", "item list", "list items", "dir", "get secrets", "env ls", "env list", "config"],
    ...["secretsmanager list-secrets", "keyvault secret list", "configs", "secret dir", "secret names"],
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
    ],
    ...["secretsmanager delete-secret", "keyvault secret delete", "secret delete", "secret unset", "secret del"],
    ...["secret destroy", "secret drop", "unset"],
  ],
  "secret purge": ["kv destroy", "kv metadata delete", "keyvault secret purge", "versions destroy", "secret forget"],
  "secret history": [
    ...["kv metadata get", "versions list", "secrets versions list", "secretsmanager describe-secret", "activity"],
    ...["secret log", "secret revisions", "secret changes", "log"],
  ],
  "secret rollback": ["kv rollback", "secret revert", "secret undo", "revert", "undo"],
  "secret undelete": [
    ...["kv undelete", "secretsmanager restore-secret", "keyvault secret recover", "secret recover", "undelete"],
  ],
  "secret copy": ["copy", "cp", "kv copy", "secret duplicate", "secret clone"],
  "secret move": ["move", "mv", "rename", "secret rename", "kv move"],
  "secret edit": ["secret change", "secret modify", "secret vi", "secrets edit"],
  "secret generate": [
    ...["password generate", "generate password", "pwgen", "secretsmanager get-random-password", "secret random"],
    ...["secretsmanager rotate-secret", "secret rotate", "password", "random"],
  ],
  "secret run": ["exec-env", "exec", "exec-file", "secret exec", "env run", "secret start", "secrets run"],
  "secret export": [
    ...["env pull", "secrets download", "pull", "download", "secret download", "secret env", "secret dump", "env"],
    ...["secrets substitute", "inject", "publish", "secret pull", "secret inject"],
  ],
  "secret encrypt": ["sops encrypt", "secret seal-value", "crypt"],
  "secret import": ["import", "secrets upload", "secret load", "secrets import", "env import"],
  "secret reseal": ["updatekeys", "sops rotate", "sops updatekeys"],
  "secret find": ["grep", "search", "secret search", "secret grep", "secrets search"],
  "secret diff": ["secret compare", "compare", "kv diff"],
  "secret reader add": ["secret share", "share", "secret grant", "secret allow", "grant", "secret permit"],
  "secret reader remove": ["secret unshare", "unshare", "secret revoke", "secret deny"],
  "secret who-can": ["policy read", "secret access", "secret permissions", "secret policy"],
  "secret explain": ["token capabilities", "can-i", "auth can-i"],
  "secret metadata set": ["kv metadata put", "kv metadata patch", "secret tag", "secret label", "secret annotate"],
  "secret lint": ["secret check", "secret validate", "secret verify", "validate"],
  "secret scan": ["scan", "detect", "leaks", "secrets scan", "secret detect", "secret leaks", "git scan", "audit scan"],
  "secret plan": ["secret preview", "secret dry-run"],
  "secret apply": ["secret sync", "secret push", "sync", "push", "deploy"],
  "user whoami": ["me", "token lookup", "account get", "user me", "user info", "id"],
  "user save": ["user add", "user create", "user new", "adduser", "useradd", "policy write", "user update"],
  "user remove": ["user delete", "user rm", "userdel"],
  "user list": ["users", "user ls", "policy list", "team list"],
  "token create": ["configs tokens create", "token new", "token add", "token issue", "token generate"],
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
