import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { TenantSummary } from "../../gen/secret/v1/identity_service_pb.ts";
import { KeyState, KeyStateSchema, type ListKeysResponse } from "../../gen/secret/v1/key_service_pb.ts";
import { type IsSecureResponse, SecuritySeverity } from "../../gen/secret/v1/secret_service_pb.ts";
import { who } from "../account.ts";
import { identityService, problemFrom, secretService } from "../api.ts";
import { keyService } from "../keys-api.ts";
import { joinWords } from "../model/gains.ts";
import { countOf, numberText, type Problem, sentenceOf } from "../model/words.ts";
import { Empty, Note, ProblemNote, Skeleton } from "../parts/note.tsx";
import { Region } from "../parts/region.tsx";
import { Bdi, Time } from "../parts/text.tsx";
import { links } from "../route.ts";

interface Health {
  readonly secure: IsSecureResponse;
  readonly keys: ListKeysResponse;
  readonly tenants: readonly TenantSummary[];
}

async function readHealth(): Promise<Health> {
  const [secure, keys, { tenants }] = await Promise.all([
    secretService.isSecure({}),
    keyService.listKeys({}),
    identityService.listTenants({ pageSize: 1000 }),
  ]);
  return { secure, keys, tenants };
}

/** Whether the service is set up safely, and what depends on which key. Operators only. */
export function HealthScreen() {
  const [found, setFound] = useState<Health | Problem | undefined>(undefined);
  const isOperator = who.value?.operator === true;
  const load = () => {
    if (isOperator) readHealth().then(setFound, (error: unknown) => setFound(problemFrom(error)));
  };
  useEffect(() => {
    document.title = "Health · Secrets";
    load();
  }, []);
  return (
    <Region label="Health" class="page">
      <div class="bar">
        <h1>Health</h1>
        {isOperator && (
          <button type="button" onClick={load}>
            Refresh
          </button>
        )}
      </div>
      <div class="inner">
        {!isOperator && (
          <Empty title="For operators">
            <p>Only operators of the service see this, and never with a narrowed session.</p>
            <div class="row">
              <a class="button" href={links.secrets}>
                All secrets
              </a>
            </div>
          </Empty>
        )}
        {isOperator && found === undefined && <Skeleton />}
        {found !== undefined && "sentence" in found && <ProblemNote problem={found} retry={load} />}
        {found !== undefined && "secure" in found && <Content health={found} />}
      </div>
    </Region>
  );
}

const severities: Readonly<Partial<Record<SecuritySeverity, readonly [word: string, kind: string]>>> = {
  [SecuritySeverity.CRITICAL]: ["critical", "bad"],
  [SecuritySeverity.WARNING]: ["warning", "warn"],
  [SecuritySeverity.NOTICE]: ["notice", "info"],
};

function worstOf({ isSecure, findings }: IsSecureResponse): "ok" | "info" | "warn" | "bad" {
  if (!isSecure) return "bad";
  if (findings.some(({ severity }) => severity === SecuritySeverity.WARNING)) return "warn";
  return findings.length > 0 ? "info" : "ok";
}

function summaryOf({ isSecure, findings }: IsSecureResponse): string {
  if (!isSecure) return "The set-up defeats the encryption, the transport or the audit log.";
  if (findings.length === 0) return "Nothing in the set-up weakens the encryption, the transport or the audit log.";
  const of = (wanted: SecuritySeverity) => findings.filter(({ severity }) => severity === wanted).length;
  const [warnings, notices] = [of(SecuritySeverity.WARNING), of(SecuritySeverity.NOTICE)];
  const parts = [
    ...(warnings > 0 ? [countOf(warnings, "warning")] : []),
    ...(notices > 0 ? [countOf(notices, "notice")] : []),
  ];
  return `${joinWords(parts)}: each says what can happen, and its fix.`;
}

function Content({ health: { secure, keys, tenants } }: { health: Health }) {
  // The worst first.
  const findings = secure.findings.toSorted((a, b) => b.severity - a.severity);
  return (
    <>
      <Note kind={worstOf(secure)}>{summaryOf(secure)}</Note>
      {findings.length > 0 && (
        <section class="field" aria-labelledby="findings-title">
          <h2 id="findings-title">Findings</h2>
          <div class="scroll">
            {findings.map(({ id, severity, summary, fix }) => (
              <div key={id + summary} class="finding">
                <span class={`chip ${severities[severity]?.[1]}`}>{severities[severity]?.[0]}</span>
                <div class="grow">
                  <p>
                    <Coded text={sentenceOf(summary)} />
                  </p>
                  <p class="muted">
                    <Coded text={sentenceOf(fix)} />
                  </p>
                </div>
                <code title="Its id in the answer of IsSecure">{id}</code>
              </div>
            ))}
          </div>
        </section>
      )}
      <Keys keys={keys} />
      <section class="field" aria-labelledby="tenants-title">
        <h2 id="tenants-title">Tenants</h2>
        <Table
          heads={["Tenant", "Users", "Admins", "Secrets"]}
          label="Table of tenants"
          rows={tenants.map(({ tenant, users, admins, secrets }) => [
            <Bdi key={tenant} text={tenant} />,
            numberText(users),
            numberText(admins),
            numberText(Number(secrets)),
          ])}
        />
      </section>
      <p class="muted small">secret-svc {who.value?.serviceVersion}</p>
    </>
  );
}

/** Commands in quotation marks, and names of settings, options and files. */
const codes = /((?<!\S)'[^']+'|[A-Z]+(?:_[A-Z]+)+(?:=\w+)?|(?<!\S)--[a-z-]+|(?<!\S)(?:bin|docs)\/[\w./-]*\w)/;

/** A sentence of the service with what a person may have to type set as code. */
function Coded({ text }: { text: string }) {
  return (
    <>
      {text
        .split(codes)
        .map((part, at) =>
          at % 2 === 0 ? <Bdi text={part} /> : <code>{part.startsWith("'") ? part.slice(1, -1) : part}</code>,
        )}
    </>
  );
}

function Keys({ keys: { keys, processes, rotation } }: { keys: ListKeysResponse }) {
  return (
    <section class="field" aria-labelledby="keys-title">
      <h2 id="keys-title">Encryption keys</h2>
      {rotation?.running === true && (
        <div class="field">
          <progress max={rotation.total || 1} value={rotation.done} aria-label="Rotation" />
          <p class="hint">
            A rotation runs since <Time at={rotation.startedAt} />: {numberText(rotation.done)} of{" "}
            {numberText(rotation.total)}
          </p>
        </div>
      )}
      <Table
        heads={["Key", "State", "Since", "Secrets", "Versions", "Users", "Tokens and sessions"]}
        label="Table of encryption keys"
        rows={keys.map(({ kid, state, addedAt, secrets, versions, users, tokens }) => [
          <span key={kid} class="mono">
            {kid}
          </span>,
          <span
            key="state"
            class={`chip ${state === KeyState.ACTIVE ? "ok" : state === KeyState.MISSING ? "bad" : ""}`}
          >
            {KeyStateSchema.value[state]?.localName.toLowerCase()}
          </span>,
          <Time key="since" at={addedAt} />,
          ...[secrets, versions, users, tokens].map(numberText),
        ])}
      />
      <p class="hint">
        What was removed and is not erased yet is included here, so these numbers may be higher than those of the
        tenants.
      </p>
      <p class="hint">
        {countOf(processes.length, "process", "processes")} of the service:{" "}
        {processes.map(({ id, activeKid }, at) => (
          <>
            {at > 0 && ", "}
            <code>{id}</code> writes under <code>{activeKid}</code>
          </>
        ))}
      </p>
    </section>
  );
}

interface TableProps {
  readonly heads: readonly string[];
  readonly label: string;
  readonly rows: readonly (readonly ComponentChildren[])[];
}

function Table({ heads, label, rows }: TableProps) {
  return (
    <Region label={label} class="scroll">
      <table class="cards">
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, at) => (
                <td key={heads[at]} data-head={heads[at]}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Region>
  );
}
