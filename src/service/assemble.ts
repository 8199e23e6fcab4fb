import { Health } from "../../gen/health_pb.ts";
import { AuditService } from "../../gen/secret/v1/audit_service_pb.ts";
import { IdentityService } from "../../gen/secret/v1/identity_service_pb.ts";
import { KeyService } from "../../gen/secret/v1/key_service_pb.ts";
import { limitCalls } from "../admission/admission.ts";
import type { Config } from "../config/config.ts";
import { serveService } from "../http/call/service.ts";
import { createAuthenticator } from "../identity/authenticate.ts";
import type { IdentityContext } from "../identity/directory.ts";
import type { Trust } from "../identity/trust.ts";
import { findReserved } from "../jwt/issuer.ts";
import { createPlaces } from "../login/host.ts";
import { createLoginService } from "../login/login-service.ts";
import { createAuditService } from "../rpc/audit-service.ts";
import { auditSizes, identitySizes } from "../rpc/call-sizes.ts";
import { guard } from "../rpc/guard.ts";
import { createIdentityService } from "../rpc/identity-service.ts";
import { createKeyService } from "../rpc/key-service.ts";
import { createSecretService } from "../rpc/secret-service.ts";
import type { Context } from "../rules/context.ts";
import type { Siblings } from "../workers/siblings.ts";
import type { OpenCore } from "./core.ts";
import { tellingSiblings } from "./forget-with-siblings.ts";
import { healthOf } from "./health.ts";
import { loginContextOf } from "./login-context.ts";
import { peopleOf } from "./people.ts";
import { logFailure } from "./probes.ts";
import { programVersion } from "./program-version.ts";
import { countRefusals } from "./refusals.ts";
import { createSecurityFacts, type LiveFiles } from "./security-facts.ts";
import { needsToken, reflectionOf, serveLogins, serveSecrets } from "./served-services.ts";

export interface AssembleOptions {
  readonly config: Config;
  readonly core: OpenCore;
  readonly monotonicMs: () => number;
  readonly trust?: Trust | undefined;
  readonly live?: LiveFiles | undefined;
  /** Undefined: this process serves the port alone. */
  readonly siblings?: Siblings | undefined;
}

/** The services on top of the core, each guarded once, for all transports. */
export function assemble({ config, core, monotonicMs, trust, live, siblings }: AssembleOptions) {
  const { keys, rotation } = core;
  const context = siblings === undefined ? core.context : tellingSiblings(core.context, siblings);
  const refusals = countRefusals(context);
  const authenticator = limitCalls({
    ...config.traffic,
    ...refusals,
    monotonicMs,
    createAuthenticator: (onRefused) =>
      createAuthenticator({
        ...context,
        onRefused,
        verifyJwt: trust?.verifyJwt,
        verifyCertificate: trust?.verifyCertificate,
      }),
  });
  const secretContext: Context = {
    ...context,
    isReservedName: (tenant, name) =>
      findReserved(trust?.issuers ?? [], { tenant, slug: name, roles: [] }) !== undefined,
  };
  const { publicUrl, isLoopback, tls } = config;
  const places = createPlaces({ publicUrl, isLoopback, hasTls: tls !== undefined });
  const identityContext: IdentityContext = {
    ...secretContext,
    passkeyOrigin: () => places.passkeys?.origin,
    get issuers() {
      return trust?.issuers ?? [];
    },
    get providers() {
      return trust?.providers ?? [];
    },
    directory: config.directory,
    version: programVersion(),
    async forgetCallers() {
      authenticator.forget();
      await siblings?.announce({ kind: "callers" });
    },
  };
  const logins = loginContextOf(identityContext, authenticator, places);
  const people = peopleOf({ config, identity: logins, trust, monotonicMs });
  const securityFacts = createSecurityFacts(config, keys, context, live);
  const options = {
    context,
    authenticate: authenticator.recheck,
    logError: logFailure,
  };
  const health = healthOf();
  const services = [
    serveSecrets(createSecretService(secretContext, securityFacts), options, config.ancestorAnswers === true),
    serveService(IdentityService, guard(IdentityService, createIdentityService(identityContext), options), {
      ...needsToken,
      memory: identitySizes,
    }),
    serveService(AuditService, guard(AuditService, createAuditService(context), options), {
      ...needsToken,
      memory: auditSizes,
    }),
    serveService(KeyService, guard(KeyService, createKeyService({ ...context, rotation }), options), needsToken),
    serveLogins(createLoginService(logins, people), options),
    serveService(Health, health.implementation, { isPublic: true }),
  ];
  if (config.reflection) services.push(...reflectionOf(services));
  return { services, authenticator, refusals, health, places, people, identityContext };
}
