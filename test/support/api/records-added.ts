import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { AuditEvent } from "../../../gen/secret/v1/audit_service_pb.ts";
import type { TestService } from "./fixture.ts";

/** The records that `act` adds to the audit log, oldest first, without those of reading it. */
export async function recordsAdded(service: TestService, act: () => Promise<unknown>): Promise<AuditEvent[]> {
  service.clock.advance(1_000);
  const startTime = timestampFromMs(service.clock.now());
  await act();
  const { events } = await service.admin.audit.listAuditEvents({ startTime, pageSize: 1_000 });
  return events.filter(({ action }) => action !== "audit.list").toReversed();
}
