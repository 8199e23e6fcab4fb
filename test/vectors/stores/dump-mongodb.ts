/** `node test/vectors/stores/dump-mongodb.ts ADDRESS FOLDER`: writes a database as files that tests load. */
import { MongoClient } from "mongodb";
import { dumpDatabase } from "../../support/mongo/dump.ts";

const [address = "", folder = ""] = process.argv.slice(2);
const client = await MongoClient.connect(address);
await dumpDatabase(client.db(), folder);
await client.close();
