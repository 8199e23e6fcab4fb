import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "../../gen/secret/v1/key_service_pb.ts";
import { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { createHealth, type HealthControl } from "../rpc/health.ts";

/** The health of the server and of each service of the contract. */
export function healthOf(): HealthControl {
  return createHealth(
    [SecretService, IdentityService, AuditService, KeyService, LoginService].map(({ typeName }) => typeName),
  );
}
