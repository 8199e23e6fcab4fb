import { isMainThread, parentPort } from "node:worker_threads";
import { createKeyring } from "../../../src/crypto/keyring.ts";
import { sealAtRest } from "../../../src/crypto/rest-envelope.ts";

// Seals the same message many times, in a thread or in a process, and prints the salts.
const keyring = createKeyring(Buffer.alloc(32, 1), []);
const same = Buffer.from("the same message");
const salts = Array.from({ length: 500 }, () => sealAtRest(keyring, same, same).envelope.toString("hex", 9, 41));
if (isMainThread) process.stdout.write(JSON.stringify(salts));
else parentPort?.postMessage(salts);
