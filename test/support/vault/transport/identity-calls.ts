import { create, equals } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import {
  type CreateTokenRequest,
  CreateTokenRequestSchema,
  type CreateTokenResponse,
  CreateTokenResponseSchema,
  type WhoAmIResponse,
} from "../../../../gen/secret/v1/identity_service_pb.ts";
import { type BothWays, refusedAlike } from "./agreement.ts";

/** The caller as `auth/token/lookup-self` has it. */
export async function whoAmI({ api, call }: BothWays): Promise<WhoAmIResponse> {
  const answer = await call("GET", "auth/token/lookup-self");
  if (answer.status !== 200) return refusedAlike(answer, () => api.identity.whoAmI({}));
  const { accessor, expire_time: end, meta, policies } = Object(answer.json?.data);
  const self = await api.identity.whoAmI({});
  self.tenant = meta.tenant;
  self.slug = meta.slug;
  self.tokenId = accessor;
  self.admin = policies.includes("admin");
  self.roles = policies.filter((name: string) => name !== "default" && name !== "admin");
  if (end === null) delete self.tokenExpireAt;
  else self.tokenExpireAt = timestampFromDate(new Date(end));
  return self;
}

/** A token for oneself. */
export async function createToken(
  { api, call }: BothWays,
  request: CreateTokenRequest,
): Promise<CreateTokenResponse | undefined> {
  const { ttl, description } = request;
  const said = create(CreateTokenRequestSchema, { ...(ttl === undefined ? {} : { ttl }), description });
  if (!equals(CreateTokenRequestSchema, request, said)) return undefined;
  const options = { display_name: description, ...(ttl === undefined ? {} : { ttl: `${ttl.seconds}s` }) };
  const answer = await call("POST", "auth/token/create", options);
  if (answer.status !== 200) return refusedAlike(answer, () => api.identity.createToken(request));
  const { accessor, client_token: secret } = Object(answer.json?.auth);
  const { tokens } = await api.identity.listTokens({ pageSize: 1000 });
  const token = tokens.find(({ id }) => id === accessor);
  if (token === undefined) throw new Error(`there is no token ${accessor}`);
  return create(CreateTokenResponseSchema, { secret, token });
}
