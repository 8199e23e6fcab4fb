/** How the service is reached. */
export type Transport = "cleartext" | "TLS";

/** A case of h2spec that fails, and why that is right. One that passes is a failure of the suite. */
export interface KnownFailing {
  readonly section: string;
  readonly number: number;
  readonly title: string;
  /** Only over this one; absent: over both. */
  readonly over?: Transport;
  readonly reason: string;
}

const forgotten =
  "nghttp2, which Node has for HTTP/2, forgets a stream that is closed, and ignores what still comes for it. RFC 9113 allows " +
  "that for frames that were under way, and misconduct.ts counts them.";

const betweenRecords =
  "h2spec sends two frames at once, in a record of TLS each. Node hands over one record after the other, so the first request is " +
  `answered, and its stream is closed, before the second frame is seen. ${forgotten}`;

/**
 * All but the first and those between records of TLS also fail with an HTTP/2 server of Node that answers nothing but
 * "ok".
 */
export const knownFailing: readonly KnownFailing[] = [
  {
    section: "http2/3.5",
    number: 2,
    title: "Sends invalid connection preface",
    over: "cleartext",
    reason:
      "One port serves HTTP/1.1 as well, and this is not a preface, so it is answered with status 400 as HTTP/1.1 before the " +
      "connection is closed. h2spec takes the response for a frame that is cut off.",
  },
  {
    section: "http2/5.1",
    number: 5,
    title: "half closed (remote): Sends a DATA frame",
    over: "TLS",
    reason: betweenRecords,
  },
  {
    section: "http2/5.1",
    number: 6,
    title: "half closed (remote): Sends a HEADERS frame",
    over: "TLS",
    reason: betweenRecords,
  },
  {
    section: "http2/5.1",
    number: 8,
    title: "closed: Sends a DATA frame after sending RST_STREAM frame",
    reason: forgotten,
  },
  {
    section: "http2/5.1",
    number: 9,
    title: "closed: Sends a HEADERS frame after sending RST_STREAM frame",
    reason: forgotten,
  },
  { section: "http2/5.1", number: 11, title: "closed: Sends a DATA frame", reason: forgotten },
  { section: "http2/5.1", number: 12, title: "closed: Sends a HEADERS frame", reason: forgotten },
  {
    section: "http2/5.1.1",
    number: 2,
    title: "Sends stream identifier that is numerically smaller than previous",
    reason: `${forgotten} A number below the last one is taken for such a stream.`,
  },
  {
    section: "http2/5.3.1",
    number: 2,
    title: "Sends PRIORITY frame that depend on itself",
    reason: "RFC 9113 takes priorities out of HTTP/2, and nghttp2 reads nothing of such a frame.",
  },
  {
    section: "http2/6.1",
    number: 2,
    title: 'Sends a DATA frame on the stream that is not in "open" or "half-closed (local)" state',
    over: "TLS",
    reason: betweenRecords,
  },
  {
    section: "http2/6.3",
    number: 1,
    title: "Sends a PRIORITY frame with 0x0 stream identifier",
    reason: "nghttp2 reads nothing of a frame of this type, as of any that it does not know.",
  },
  {
    section: "http2/6.7",
    number: 2,
    title: "Sends a PING frame with ACK",
    reason:
      "Node closes the connection of a client that acknowledges a PING that was never sent. h2spec expects that it is ignored, " +
      "but only the answer with another acknowledgement is forbidden.",
  },
  {
    section: "http2/6.9.1",
    number: 3,
    title: "Sends multiple WINDOW_UPDATE frames increasing the flow control window to above 2^31-1 on a stream",
    reason:
      "nghttp2 sends RST_STREAM, and Node then closes the whole connection, which RFC 9113 does not ask for. Only a client that " +
      "breaks the rules loses its calls.",
  },
];
