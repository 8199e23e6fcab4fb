/** Reads a secret with the gRPC of Google. */
// snippet
import { create } from "@bufbuild/protobuf";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { secretService } from "@secret-svc/client/grpc-js";
import { ListSecretsRequestSchema } from "@secret-svc/client/v1";

const client = new Client(new URL(process.env.OO_URL ?? "").host, credentials.createInsecure());
const metadata = new Metadata();
metadata.set("authorization", `Bearer ${process.env.OO_TOKEN}`);

const { path, requestSerialize, responseDeserialize } = secretService.listSecrets;
const request = create(ListSecretsRequestSchema, { keys: ["API_KEY"] });
client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, (error, answer) => {
  if (error !== null) throw error;
  console.log(answer?.secrets[0]?.value?.length, "characters");
  client.close();
});
// end snippet
