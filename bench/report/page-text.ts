import { listedSecrets, otherSecrets, pageSize, writtenSecrets } from "../secret.ts";

// What the page says about every run. It contains no numbers of a run.

export const compared = `\
\`npm run bench\` loads these programs in one run, on one machine:

- **secret-svc** on SQLite and on MongoDB, compiled as it is published;
- **OpenBao**, with raft storage, a file audit device, the key/value engine with versions, and a token with a policy;
- **a bare \`node:http\` server**, which decrypts one value for each answer. It checks no token, decides nothing, audits nothing
  and has no store;
- **stock connect-node**: the handlers of secret-svc on SQLite, with the same checks, served by the stock gRPC server of
  connect-node.

Each comparison gives its programs the same load, one program after the other. The order changes with each round, because the
speed of a shared machine drifts. Each program is warmed up first. Over HTTP/1.1, each caller is one connection that makes one
call at a time. Over gRPC, all callers share one connection. Each caller of a write saves a new value each time, and callers
write different secrets (${writtenSecrets} in all).

Compared with the bare server and with stock connect-node, secret-svc on SQLite is a process that serves only this protocol, as
those do. V8 runs code more slowly once it has compiled it for many kinds of calls.

A ratio is the median of the ratios of the rounds. It compares secret-svc with the program in the column "compared with". For
throughput more is better; for memory and times less is better.`;

export const work = `\
The caller is an ordinary user with one role, not an admin.

- **A read** checks the token, decides by the access lists, verifies and decrypts the document, and stores its audit record.
  All of this comes before the answer.
- **A save** checks the token, decides by the access lists, and encrypts the new document. One transaction stores the new version
  and its audit record. Both are on disk before the answer; with MongoDB, on the disks of a majority (here: of the only node).
- **Audit records of reads**: OpenBao's file audit is not synced to disk. Ours is comparable in mode \`process\`
  (\`SECRET_SVC_AUDIT_SYNC=process\`, the default), in which the benchmark runs it unless the last run says otherwise: a record
  survives a crash of the service, but not always a crash of the machine.`;

export const limits = `\
- **All callers read one and the same secret.** The service caches the keys of the envelopes that it opened lately
  ([0030](decisions/0030-envelope-keys-are-cached.md)) and, on SQLite, the secrets that it read lately, still encrypted
  ([0032](decisions/0032-read-secrets-are-cached.md)): up to 1,000 of each. These reads find them in the cache. Stock connect-node
  runs the same handlers, so it has the same caches. The bare server has none: it derives the keys for each answer.
- **The load and the database share the cores with the programs.** The numbers are for comparison, not what a machine can do.
- **Ratios vary by a tenth or more from run to run** on a shared virtual machine.
- **OpenBao has no page with metadata.** Both lists are compared with its list of all ${listedSecrets} names. A page of secret-svc
  has ${pageSize} secrets, with everything about them except their values.
- **The stores are small.** Each has the secret that is read and ${otherSecrets} others like it, ${writtenSecrets} to write, and ${listedSecrets} to list.
  [scaling.md](scaling.md) shows what calls cost among a million (\`npm run bench:scale\`).
- **Memory on MongoDB** is that of secret-svc alone, without \`mongod\`.
- **Start to first read** ends for OpenBao when it is unsealed, and for secret-svc when a secret has been read.`;

export const again = `\
\`\`\`sh
npm run bench
\`\`\`

A full run takes about five minutes. Nothing else should run on the machine. It downloads OpenBao and, unless there is one
on the \`PATH\`, MongoDB. It writes this page, both charts and the numbers they are drawn from
([benchmarks.json](benchmarks.json)). A partial run, such as \`npm run bench -- --quick\`, writes only to a folder
given with \`--out\`. \`npm run bench -- --draw\` draws the page and the charts again, without measuring.`;
