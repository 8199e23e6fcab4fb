import type { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import type { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import type { KeyService } from "../../gen/secret/v1/key_service_pb.ts";
import type { LoginService } from "../../gen/secret/v1/login_service_pb.ts";
import type { SecretService } from "../../gen/secret/v1/secret_service_pb.ts";
import { planAction } from "../audit/save-action.ts";

type MethodName =
  | keyof (typeof SecretService)["method"]
  | keyof (typeof IdentityService)["method"]
  | keyof (typeof AuditService)["method"]
  | keyof (typeof KeyService)["method"]
  | keyof (typeof LoginService)["method"];

/** The names of the methods in the audit log. A method without a name does not compile. */
export const actions: Readonly<Record<MethodName, string>> = {
  listSecrets: "secret.list",
  saveSecrets: "secret.save",
  copySecrets: "secret.copy",
  compareNamespaces: "secret.compare",
  removeSecrets: "secret.remove",
  encryptValue: "secret.encrypt",
  decryptValue: "secret.decrypt",
  explainAccess: "secret.explain",
  listVersions: "secret.versions",
  restoreVersion: "secret.restore",
  purgeSecrets: "secret.purge",
  watchSecrets: "secret.watch",
  getSealingKey: "secret.sealing-key",
  isSecure: "secret.is-secure",
  whoAmI: "user.whoami",
  saveUsers: "user.save",
  listUsers: "user.list",
  removeUsers: "user.remove",
  listNames: "user.names",
  linkUser: "user.link",
  inviteUser: "user.invite",
  listTenants: "tenant.list",
  savePermits: "permit.save",
  listPermits: "permit.list",
  removePermits: "permit.remove",
  applyTeam: "team.apply",
  createToken: "token.create",
  listTokens: "token.list",
  revokeToken: "token.revoke",
  getQuotas: "quota.show",
  setQuotas: "quota.set",
  listAuditEvents: "audit.list",
  listUsage: "audit.usage",
  verifyAudit: "audit.verify",
  closeAuditChain: "audit.close",
  listKeys: "key.list",
  rotateKeys: "key.rotate",
  destroySealingKey: "key.destroy-sealing",
  listLoginMethods: "login.methods",
  beginLogin: "login.begin",
  finishLogin: "login.finish",
  openSession: "session.open",
  endSession: "session.end",
  createHandoff: "session.handoff",
  beginPasskeyLogin: "login.passkey",
  finishPasskeyLogin: "login.finish-passkey",
  beginPasskeyRegistration: "user.passkey-begin",
  finishPasskeyRegistration: "user.passkey-create",
  beginInvitation: "login.invitation",
  acceptInvitation: "login.accept-invitation",
  listPasskeys: "user.passkey-list",
  removePasskey: "user.passkey-remove",
};

/** The name of a call in the audit log. A plan is never recorded as a save. */
export function actionOf(method: string, request: unknown): string {
  if (method === "saveSecrets" && isPlan(request)) return planAction;
  return (actions as Readonly<Record<string, string>>)[method] ?? method;
}

function isPlan(request: unknown): boolean {
  return typeof request === "object" && request !== null && "validateOnly" in request && request.validateOnly === true;
}
