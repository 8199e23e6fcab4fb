import { Code, ConnectError } from "@connectrpc/connect";

/** A method that the contract has and the service does not serve yet. */
export async function beingBuilt(): Promise<never> {
  throw new ConnectError("this version of the service does not have this method yet", Code.Unimplemented);
}
