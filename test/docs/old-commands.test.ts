// The commands and files in the documentation of the service that this one replaces: its users know them.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorkplace, type Workplace } from "../support/docs/workplace.ts";

let place: Workplace;
const ok = (stdout: string | RegExp) => ({
  code: 0,
  stdout: typeof stdout === "string" ? stdout : expect.stringMatching(stdout),
});

describe("one secret at a time", () => {
  beforeAll(async () => {
    place = await openWorkplace();
  });
  afterAll(() => place.stop());

  test("documented 1, 9, 10, 20: save, list, show, remove", async () => {
    const { run } = place;
    expect(await run('oo secret save DATABASE_URL "postgresql://user:pass@host:5432/db"')).toMatchObject(
      ok("created DATABASE_URL (version 1)\n"),
    );
    const list = await run("oo secret list");
    expect(list).toMatchObject(ok(/^DATABASE_URL +\*+ /m));
    expect(list.stdout).not.toContain("postgresql");
    const shown = ok(/^- id: secr_\w+\n {2}key: DATABASE_URL\n {2}value: "?postgresql:\/\/user:pass@host:5432\/db"?\n/);
    expect(await run("oo secret list --show")).toMatchObject(shown);
    expect(await run("oo secret list DATABASE")).toMatchObject(ok(/^DATABASE_URL /m));
    expect(await run("oo secret remove --key DATABASE_URL")).toMatchObject(ok("removed DATABASE_URL (version 2)\n"));
    expect((await run("oo secret list")).stdout).not.toContain("DATABASE_URL");
  });

  test("documented 1, 11: prefixed keys and generated values", async () => {
    const { run } = place;
    const commands = [
      'oo secret save STRIPE_SECRET_KEY "sk_test_abc123"',
      'oo secret save OPENAI_API_KEY "sk-proj-xyz789"',
      'oo secret save DB_PASSWORD "complex-password-123"',
      'oo secret save auth-svc/JWT_SECRET "$(openssl rand -base64 32)"',
      'oo secret save auth-svc/OAUTH_CLIENT_SECRET "oauth-client-secret"',
      'oo secret save auth-svc/PASSWORD_SALT "$(openssl rand -base64 16)"',
      'oo secret save payment-svc/WEBHOOK_SECRET "webhook-validation-key"',
      'oo secret save email-svc/SENDGRID_API_KEY "SG.abc123"',
    ];
    expect(await run(commands.join(" && "))).toMatchObject(ok(/^(created \S+ \(version 1\)\n){8}$/));
    expect(await run("oo secret list --no-header -n auth-svc | awk '{print $1}'")).toMatchObject(
      ok("auth-svc/JWT_SECRET\nauth-svc/OAUTH_CLIENT_SECRET\nauth-svc/PASSWORD_SALT\n"),
    );
  });

  test("documented 11: an environment is a namespace", async () => {
    const { run } = place;
    await run('oo secret save dev/DATABASE_URL "postgresql://localhost:5432/myapp_dev"');
    await run('oo secret save dev/REDIS_URL "redis://localhost:6379"');
    await run('oo secret save dev/API_KEY "dev-api-key-12345"');
    const { stdout } = await run("oo secret list --namespace dev");
    expect(stdout.match(/^dev\/\w+/gm)).toEqual(["dev/API_KEY", "dev/DATABASE_URL", "dev/REDIS_URL"]);
    expect(stdout).not.toContain("auth-svc");
  });

  test("documented 20: remove several keys, or by id", async () => {
    const { run } = place;
    await run("oo secret save DB_USER app && oo secret save DB_PASS s3cret && oo secret save API_KEY k");
    expect(await run("oo secret remove --key DB_USER --key DB_PASS")).toMatchObject(
      ok("removed DB_USER (version 2)\nremoved DB_PASS (version 2)\n"),
    );
    expect(await run("oo secret remove --key API_KEY")).toMatchObject(ok("removed API_KEY (version 2)\n"));
    place.write("named.yaml", "id: secr_abc123\nkey: NAMED\nvalue: v\n");
    await run("oo secret save named.yaml");
    expect(await run("oo secret remove --id secr_abc123")).toMatchObject(ok("removed NAMED (version 2)\n"));
  });

  test("documented 2: a service that saves a bare key gets it under its own name, unless that very secret is visible to it", async () => {
    const { run } = place;
    const token = await place.addUser("billing-svc");
    const first = await run('oo secret save DATABASE_URL "postgresql://b"', token);
    expect(first).toMatchObject({ ...ok("created billing-svc/DATABASE_URL (version 1)\n") });
    expect(first.stderr).toContain("DATABASE_URL means billing-svc/DATABASE_URL");
    await run("oo secret save SHARED_URL one --readers billing-svc --writers billing-svc");
    expect(await run("oo secret save SHARED_URL two", token)).toMatchObject(
      ok("updated SHARED_URL (version 2): value\n"),
    );
  });

  test("documented 31: whoami", async () => {
    expect(await place.run("oo user whoami")).toMatchObject(
      ok(/^tenant: +default\nslug: +admin\nroles: +-\nadmin: +yes\n(.*\n)*expires: +never\n/),
    );
  });
});

describe("is-secure", () => {
  const withKey = async (key: string, check: (place: Workplace) => Promise<void>) => {
    const secured = await openWorkplace({ serverEnv: { OB_ENCRYPTION_KEY: key } });
    try {
      await check(secured);
    } finally {
      await secured.stop();
    }
  };

  test("documented 29: the default key is not", () =>
    withKey("changeMeToSomethingSecureForReal", async ({ run }) => {
      expect(await run("oo secret is-secure")).toEqual({
        code: 1,
        stdout: "",
        stderr: "Error: secret svc is not secure: it is using the default encryption key\n",
      });
      const sealed = await run("oo secret encrypt API_KEY value");
      expect(sealed).toMatchObject({ code: 1, stdout: "" });
      expect(sealed.stderr).toMatch(/^oo: error: .*no sealing key.*is-secure/);
    }));

  // The documentation shows the first of these, and says that a key should have 32 characters.
  test.each([
    ["what openssl prints", randomBytes(32).toString("base64")],
    ["64 hex digits", randomBytes(32).toString("hex")],
    ["32 characters", "thirty-two characters, any kind."],
  ])("documented 30: threat 28: a key is accepted as %s", (_, key) =>
    withKey(key, async ({ run }) => {
      expect(await run("oo secret save K v && oo secret list K --show")).toMatchObject(ok(/value: v\n/));
      expect(await run("oo secret is-secure")).toEqual({ code: 0, stdout: "Service is secure.\n", stderr: "" });
    }),
  );
});

describe("files", () => {
  beforeAll(async () => {
    place = await openWorkplace();
  });
  afterAll(() => place.stop());

  test("documented 3, 4: a file with several secrets, with plain values", async () => {
    place.write("application-secrets.yaml", applicationSecrets(false));
    expect(await place.run("oo secret save application-secrets.yaml")).toMatchObject(
      ok("created DATABASE_URL (version 1)\ncreated REDIS_URL (version 1)\ncreated JWT_SECRET (version 1)\n"),
    );
    const { stdout } = await place.run("oo secret list REDIS_URL --show");
    expect(stdout).toContain(
      '- id: secr_redis_cache\n  key: REDIS_URL\n  value: "redis://localhost:6379"\n' +
        "  readers: [api-svc, cache-svc]\n  writers: [devops-team]\n",
    );
  });

  test("documented 6: threat 15: a placeholder marked as encrypted is refused with its key, and nothing is stored", async () => {
    place.write("placeholder.yaml", applicationSecrets(true).replaceAll('key: "', 'key: "placeholder/'));
    const { code, stdout, stderr } = await place.run("oo secret save placeholder.yaml");
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^oo: error: .*is not a sealed value; a sealed value looks like seal\.v1\./);
    expect(stderr).toMatch(/placeholder\/DATABASE_URL.*placeholder\.yaml:2\b/);
    expect(stderr).not.toContain("encrypted-connection-string");
    expect((await place.run("oo secret list --no-header -n placeholder")).stdout).toBe("");
  });

  test("documented 8: metadata is stored and shown, and its expiry acted on", async () => {
    const file = `cat > expiring-secret.yaml << EOF
key: "TEMPORARY_API_KEY"
value: "temp-value"
metadata:
  expires: "2024-12-31"
  rotation_interval: "90d"
  owner: "security-team"
EOF`;
    expect(await place.run(`${file}\noo secret save expiring-secret.yaml`)).toMatchObject(
      ok(/^created TEMPORARY_API_KEY/),
    );
    const { stdout } = await place.run("oo secret list TEMPORARY_API_KEY --show");
    expect(stdout).toMatch(
      / {2}metadata:\n {4}expires: "2024-12-31"\n {4}owner: security-team\n {4}rotation_interval: "?90d"?\n/,
    );
    expect(await place.run("oo secret list TEMPORARY_API_KEY")).toMatchObject(ok(/ expired /));
  });

  test("documented 3, 4: a batch file from a here document", async () => {
    const file = `cat > batch-secrets.yaml << EOF
- key: "KEY1"
  value: "value1"
- key: "KEY2"  
  value: "value2"
- key: "KEY3"
  value: "value3"
EOF`;
    expect(await place.run(`${file}\noo secret save batch-secrets.yaml`)).toMatchObject(
      ok("created KEY1 (version 1)\ncreated KEY2 (version 1)\ncreated KEY3 (version 1)\n"),
    );
  });

  test("documented 12: names in the old files, where the id is the name, get a namespace too", async () => {
    place.write("old-names.yaml", "- id: STRIPE_KEY\n  value: one\n- id: shop/REDIS_URL\n  value: two\n");
    expect(await place.run("oo secret save -n shop old-names.yaml")).toMatchObject(
      ok("created shop/STRIPE_KEY (version 1)\ncreated shop/REDIS_URL (version 1)\n"),
    );
    place.write("both-names.yaml", "id: example-id-1\nkey: API_KEY\nvalue: v\n");
    const { code, stderr } = await place.run("oo secret save both-names.yaml");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^oo: error: .*id .*'secr_'/);
  });

  test("documented 3, 12: folders, with all that is in them, and a namespace for their keys", async () => {
    const { run, write } = place;
    await run("mkdir -p secrets/{production,staging,development} && mkdir -p secrets/services/{auth,payment,email}");
    write("secrets/production/db.yaml", "key: production/DATABASE_URL\nvalue: postgresql://db\n");
    write("secrets/production/more/api.yml", "- key: API_KEY_OF_FOLDER\n  value: k\n");
    write("secrets/production/README.txt", "not a secret");
    write("secrets/services/auth/jwt.yaml", "key: auth-svc/JWT\nvalue: j\n");
    expect(await run("oo secret save secrets/production/")).toMatchObject(
      ok("created production/DATABASE_URL (version 1)\ncreated API_KEY_OF_FOLDER (version 1)\n"),
    );
    expect(await run("oo secret save secrets/services/auth/")).toMatchObject(ok("created auth-svc/JWT (version 1)\n"));
    expect((await run("oo secret list --namespace production")).stdout.match(/^production\/\S+/gm)).toEqual([
      "production/DATABASE_URL",
    ]);
    write("secrets/staging/db.yaml", "key: DATABASE_URL\nvalue: postgresql://staging\n");
    expect(await run("oo secret save --namespace staging secrets/staging/")).toMatchObject(
      ok("created staging/DATABASE_URL (version 1)\n"),
    );
  });

  test("documented 26: the first lines of a file: whole entries are saved, half an entry is an error with its line", async () => {
    const { run, write } = place;
    const entry = (n: number) =>
      `- key: "import/KEY${n}"\n  value: "v${n}"\n  readers: ["api-svc"]\n  writers: ["team"]\n  deleters: ["team"]\n`;
    const script = "head -n 10 secrets/production.yaml > test-import.yaml\noo secret save test-import.yaml";
    write("secrets/production.yaml", [1, 2, 3].map(entry).join(""));
    expect(await run(script)).toMatchObject(ok("created import/KEY1 (version 1)\ncreated import/KEY2 (version 1)\n"));
    write("secrets/production.yaml", `# five more lines\n\n\n\n${[4, 5].map(entry).join("")}`);
    const cut = await run(script);
    expect(cut).toMatchObject({ code: 1, stdout: "" });
    expect(cut.stderr).toMatch(/^oo: error: test-import\.yaml:10:/);
    expect((await run("oo secret list --no-header import/")).stdout.match(/^\S+/gm)).toEqual([
      "import/KEY1",
      "import/KEY2",
    ]);
  });

  test("documented 13: threat 30: a backup is read back, and changes nothing", async () => {
    const { run } = place;
    const backup = "backup-$(date +%Y%m%d)";
    await run(`mkdir ${backup} && oo secret list --show > ${backup}/secrets-backup.yaml`);
    const again = await run(`oo secret save ${backup}/secrets-backup.yaml`);
    expect(again).toMatchObject(ok(/^(unchanged \S+ \(version \d+\)\n){10,}$/));
    await run("oo secret remove --key KEY1 --key KEY2");
    expect((await run(`oo secret save ${backup}/`)).stdout.match(/^created \S+/gm)).toEqual([
      "created KEY1",
      "created KEY2",
    ]);
  });
});

/**
 * The file of the documentation; where it has placeholders for encrypted values, `encrypted` says whether it claims so.
 */
function applicationSecrets(encrypted: boolean): string {
  return `# application-secrets.yaml
- id: "secr_db_primary"
  key: "DATABASE_URL"
  value: "encrypted-connection-string"
  encrypted: ${encrypted}
  readers: ["api-svc", "worker-svc"]
  writers: ["admin-team"]

- id: "secr_redis_cache"
  key: "REDIS_URL"  
  value: "redis://localhost:6379"
  encrypted: false
  readers: ["api-svc", "cache-svc"]
  writers: ["devops-team"]

- id: "secr_jwt_signing"
  key: "JWT_SECRET"
  value: "encrypted-jwt-key"
  encrypted: ${encrypted}
  readers: ["auth-svc"]
  writers: ["security-team"]
`;
}
