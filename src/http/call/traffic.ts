/** What each request may bring along without being read: headers, and a body as far as HTTP/2 lets it come unasked. */
const requestBytes = 84 * 1024;
/** The same while no caller has shown a token. Their bodies are few, and count when they come. */
const requestBytesOfStranger = 20 * 1024;

/** Bodies come in pieces of a KiB or more, but for the first and the last ones. */
const fewPieces = 8;
const smallestPieceBytes = 64;

/** Small pieces, and refused requests in a row, after which a connection is dropped. */
const piecesMax = 500;
const refusalsMax = 200;
/**
 * The same while no caller has shown a token: more than the calls that a client with an expired one has open at once.
 */
const refusalsOfStrangerMax = 128;

/**
 * What has come over one connection. Each piece of a body, and each refusal, costs more than the bytes that cause it. A
 * client that sends little else is not one.
 */
export class Traffic {
  /** Bytes that belong to requests. */
  useful = 0;
  /** A call was authenticated. */
  isTrusted = false;
  #pieces = 0;
  #pieceBytes = 0;
  #refusals = 0;
  readonly #drop: () => void;

  /** `drop` closes the connection. */
  constructor(drop: () => void) {
    this.#drop = drop;
  }

  request(): void {
    this.useful += this.isTrusted ? requestBytes : requestBytesOfStranger;
  }

  authenticated(): void {
    this.isTrusted = true;
    this.#refusals = 0;
  }

  refused(): void {
    this.#refusals += 1;
    if (this.#refusals > (this.isTrusted ? refusalsMax : refusalsOfStrangerMax)) this.#drop();
  }

  /** Takes the next piece of a body; `at` is its number, from 0. */
  piece(at: number, bytes: number): void {
    this.useful += bytes;
    if (at < fewPieces) return;
    this.#pieces += 1;
    this.#pieceBytes += bytes;
    if (this.#pieces > piecesMax && this.#pieceBytes < smallestPieceBytes * this.#pieces) this.#drop();
  }
}
