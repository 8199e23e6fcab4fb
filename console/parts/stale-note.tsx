import type { Secret } from "../../gen/secret/v1/secret_service_pb.ts";
import type { Differences } from "../model/differences.ts";
import { Note } from "./note.tsx";
import { Bdi } from "./text.tsx";
import { TheirChanges } from "./their-changes.tsx";

interface StaleNoteProps {
  readonly newer: Secret;
  readonly theirs: Differences;
  readonly hasNewValue: boolean;
  readonly bothChangedValue: boolean;
  readonly onGoOn: () => void;
}

/** Another person has saved meanwhile: what they changed, and the way on. */
export function StaleNote({ newer, theirs, hasNewValue, bothChangedValue, onGoOn }: StaleNoteProps) {
  return (
    <Note kind="warn">
      <b>
        <Bdi text={newer.updatedBy} />
      </b>{" "}
      saved version {newer.version} while you were editing. Nothing is lost: continue, and what you changed is applied
      to version {newer.version}. What they changed is marked below:
      <TheirChanges changes={theirs} hasValue={hasNewValue} />
      {bothChangedValue && <b> So did you: what you save replaces their value.</b>}
      <div>
        <button type="button" onClick={onGoOn}>
          Continue from version {newer.version}
        </button>
      </div>
    </Note>
  );
}
