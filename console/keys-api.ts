import { createClient } from "@connectrpc/connect";
import { KeyService } from "../gen/secret/v1/key_service_pb.ts";
import { transport } from "./api.ts";

export const keyService = createClient(KeyService, transport);
