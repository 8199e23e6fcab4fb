/** `npm run mongod`: a MongoDB for a developer, a replica set of one node (or `--members 3`), until Ctrl-C. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { startReplicaSet } from "../test/support/mongo/replica-set.ts";

const usage = `Usage: npm run mongod -- [--data FOLDER] [--members 1|3]

Starts a MongoDB replica set on free ports of 127.0.0.1 and prints its address. It ends with Ctrl-C.

  --data FOLDER     keep the data there (one node only); otherwise it is removed at the end
  --members 1|3     nodes of the replica set (default 1)
  --help            show this
`;

const { values } = parseArgs({
  options: { data: { type: "string" }, members: { type: "string", default: "1" }, help: { type: "boolean" } },
});

if (values.help === true) {
  process.stdout.write(usage);
} else if (values.members !== "1" && values.members !== "3") {
  fail(`--members must be 1 or 3, got ${values.members}`);
} else if (values.data !== undefined && values.members === "3") {
  fail("--data works with one node only: the nodes would look for each other on the ports of the last run");
} else {
  await run(values.members === "1" ? 1 : 3, values.data);
}

function fail(message: string): void {
  process.stderr.write(`mongod: error: ${message}\n${usage}`);
  process.exitCode = 2;
}

async function run(members: 1 | 3, data: string | undefined): Promise<void> {
  if (data !== undefined) mkdirSync(data, { recursive: true });
  const folder = data === undefined ? {} : { folder: resolve(data) };
  const set = await startReplicaSet({ members, ...folder });
  const uri = set.uri.replace("/?", "/secrets?");
  process.stdout.write(`MongoDB is ready. In another terminal:\n\n  SECRET_SVC_STORE='${uri}' npm start\n\n`);
  const end = () => void set.stop();
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
}
