/** Methods of the contract that the service does not serve yet. This list ends empty, and is then removed. */
export const beingBuilt: readonly string[] = [
  "inviteUser",
  "beginPasskeyLogin",
  "finishPasskeyLogin",
  "beginPasskeyRegistration",
  "finishPasskeyRegistration",
  "beginInvitation",
  "acceptInvitation",
  "listPasskeys",
  "removePasskey",
];
