import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Secret, SecretView } from "../../gen/secret/v1/secret_service_pb.ts";
import { viewer } from "../account.ts";
import { problemFrom, secretService } from "../api.ts";
import { draftOf } from "../model/lists.ts";
import { mayEdit, whyNot } from "../model/rights.ts";
import { missingSecret, type Problem, problemOf } from "../model/words.ts";
import { AccessGrid } from "../parts/access-grid.tsx";
import { ActButton } from "../parts/act-button.tsx";
import { copyText } from "../parts/copy-text.ts";
import { History } from "../parts/history.tsx";
import { Icon } from "../parts/icon.tsx";
import { LastReads } from "../parts/last-reads.tsx";
import { Lazy } from "../parts/lazy.tsx";
import { MetadataList } from "../parts/metadata-list.tsx";
import { Empty, ProblemNote, Skeleton, say } from "../parts/note.tsx";
import { RemoveBox } from "../parts/remove-box.tsx";
import { StateChip } from "../parts/state-chip.tsx";
import { Bdi, Key, Time } from "../parts/text.tsx";
import { useShortcuts } from "../parts/use-shortcuts.ts";
import { ValueBox } from "../parts/value-box.tsx";
import { links } from "../route.ts";
import { findSecret, putSecret } from "../store.ts";

const loadEdit = () => import("./edit.tsx").then((module) => module.EditDialog);

/** `removed`: it is gone, and the viewer may bring it back. */
type Found = "loading" | "missing" | "removed" | Problem;

/** One secret: everything about it but its value, which only Reveal and Copy fetch. */
export function SecretPanel({ secretKey: key }: { secretKey: string }) {
  const secret = findSecret(key);
  const [found, setFound] = useState<Found>("loading");
  /**
   * What is being edited. It stays although the secret may be removed meanwhile: what was typed must not go with it.
   */
  const edited = useSignal<Secret | undefined>(undefined);
  const isMissing = secret === undefined;
  useEffect(() => {
    if (!isMissing) return;
    find(key).then(setFound, (error: unknown) => {
      const problem = problemFrom(error);
      // Under what cannot be a key there is nothing either.
      setFound(["INVALID_FIELD", "LIMIT_EXCEEDED"].includes(problem.reason) ? "missing" : problem);
    });
  }, [key, isMissing]);
  return (
    <section class="panel" aria-label={`Secret ${key}`}>
      {secret === undefined ? (
        <NotThere secretKey={key} found={found} />
      ) : (
        <Content secret={secret} onEdit={() => (edited.value = secret)} />
      )}
      {edited.value !== undefined && (
        <Lazy load={loadEdit} props={{ secret: secret ?? edited.value, onClose: () => (edited.value = undefined) }} />
      )}
    </section>
  );
}

async function find(key: string): Promise<Found> {
  const { secrets, errors } = await secretService.listSecrets({ keys: [key], view: SecretView.METADATA });
  if (secrets[0] !== undefined) {
    putSecret(secrets[0]);
    return "loading";
  }
  if (errors.length > 0) {
    return problemOf({ code: "data_loss", message: "", reason: "INTEGRITY", details: [] });
  }
  const removed = await secretService.listSecrets({
    removed: true,
    keyPattern: key,
    view: SecretView.METADATA,
    pageSize: 1000,
  });
  return removed.secrets.some((secret) => secret.key === key) ? "removed" : "missing";
}

function Head({ secretKey, children }: { secretKey: string; children?: ComponentChildren }) {
  return (
    <div class="head">
      <a class="button plain away" href={links.secrets} aria-label="Back to the list">
        <Icon name="back" class="full" />
        <Icon name="close" class="cross" />
      </a>
      <h1>
        <Key text={secretKey} />
      </h1>
      {children}
    </div>
  );
}

function NotThere({ secretKey, found }: { secretKey: string; found: Found }) {
  return (
    <>
      <Head secretKey={secretKey} />
      <div class="body">
        {found === "loading" && <Skeleton rows={6} />}
        {found === "missing" && (
          <Empty title={missingSecret}>
            <p>A key must be exactly as it is stored. What was removed is under “Removed” in the list.</p>
            <div class="row">
              <a class="button" href={links.secrets}>
                All secrets
              </a>
            </div>
          </Empty>
        )}
        {found === "removed" && (
          <>
            <p class="facts">
              <span class="chip bad">Removed</span>
              <span>It can be brought back for 30 days. Choose the version whose value comes back.</span>
            </p>
            <History secretKey={secretKey} version={0} refusal={undefined} />
          </>
        )}
        {typeof found === "object" && <ProblemNote problem={found} />}
      </div>
    </>
  );
}

function Content({ secret, onEdit }: { secret: Secret; onEdit: () => void }) {
  const { key, owner, version } = secret;
  const me = viewer.value;
  const command = `oo secret list ${key} --show`;
  const editRefusal = mayEdit(secret) ? undefined : whyNot(secret, "write", me);
  useShortcuts({ e: () => (editRefusal === undefined ? onEdit() : say(editRefusal)) });
  return (
    <>
      <Head secretKey={key}>
        <ActButton refusal={editRefusal} title="e" onClick={onEdit}>
          <Icon name="edit" />
          Edit
        </ActButton>
      </Head>
      <div class="body">
        <div class="facts">
          <StateChip secret={secret} />
          <span>Version {version}</span>
          <span>
            Changed <Time at={secret.updatedAt} /> by{" "}
            <b>
              <Bdi text={secret.updatedBy} />
            </b>
          </span>
          <span>
            Owner{" "}
            <b>
              <Bdi text={owner} />
            </b>
          </span>
        </div>
        {editRefusal !== undefined && <p class="hint">{editRefusal}</p>}
        <ValueBox secret={secret} />
        <section aria-labelledby="command-title">
          <h2 id="command-title">Read it on the command line</h2>
          <div class="copied">
            <code class="command grow">
              {command.split(" ").map((word) => (
                <>
                  <span>{word}</span>{" "}
                </>
              ))}
            </code>
            <button type="button" aria-label="Copy the command" title="Copy" onClick={() => void copyText(command)}>
              <Icon name="copy" />
            </button>
          </div>
        </section>
        <MetadataList secret={secret} />
        <section aria-labelledby="access-title">
          <h2 id="access-title">{me.admin ? "Who has access" : "Who has access, as far as it is shown to you"}</h2>
          <AccessGrid stored={draftOf(secret).lists} owner={owner} />
        </section>
        <History secretKey={key} version={version} refusal={whyNot(secret, "write", me)} />
        <LastReads secret={secret} />
        <RemoveBox secret={secret} />
      </div>
    </>
  );
}
