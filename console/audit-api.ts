import { createClient } from "@connectrpc/connect";
import { AuditService } from "../gen/secret/v1/audit_service_pb.ts";
import { transport } from "./api.ts";

/** A file of its own, so that the list of secrets does not wait for it. */
export const auditService = createClient(AuditService, transport);
