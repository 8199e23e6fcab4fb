/** Methods of the contract that the service does not serve yet. This list ends empty, and is then removed. */
export const beingBuilt: readonly string[] = [
  "inviteUser",
  "listUsage",
  "openSession",
  "endSession",
  "createHandoff",
  "beginPasskeyLogin",
  "finishPasskeyLogin",
  "beginPasskeyRegistration",
  "finishPasskeyRegistration",
  "beginInvitation",
  "acceptInvitation",
  "listPasskeys",
  "removePasskey",
];

/** Fields of methods that are served, which are not looked at yet. */
export const fieldsBeingBuilt: readonly string[] = ["listAuditEvents actions", "listAuditEvents keyPattern"];
