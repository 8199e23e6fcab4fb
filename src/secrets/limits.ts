/** Every limit of the service, each with its reason. Sizes are in bytes unless the name says otherwise. */
export const limits = {
  /** A secret is configuration, not a file store; 64 KiB holds any certificate chain. */
  valueBytes: 64 * 1024,
  /** Fits every index of both stores with room for tenant and identity. */
  keyBytes: 255,
  /** Deep enough for team/service/environment/name and more, small enough to check by hand. */
  keySegments: 8,
  /** Slugs, roles and tenants are DNS-label sized. */
  slugBytes: 64,
  /** After "secr_". */
  idSuffixChars: 64,
  /** A list longer than this wants a role. */
  listEntries: 100,
  metadataPairs: 64,
  metadataNameBytes: 128,
  metadataValueBytes: 512,
  /** Names and values together: keeps a page of 100 secrets well below the answer limit. */
  metadataBytes: 16 * 1024,
  pageDefault: 100,
  pageMax: 1000,
  /** Items of one batch, and names of one list or removal: one transaction must stay short. */
  batchItems: 1000,
  /** An answer stops growing here; below gRPC's default receive limit of 4 MiB. */
  answerBytes: 3 * 1024 * 1024,
  /** Rows that one page looks at before it is cut short, so that a rare match cannot hold the service. */
  scannedRows: 10_000,
  /** A whole request after inflating: a full batch of typical secrets. */
  requestBytes: 4 * 1024 * 1024,
  /** Where no token is needed nothing large is sent. */
  anonymousRequestBytes: 64 * 1024,
  /** Decoding time grows with the number of values, not with bytes: 4 MiB of `{},` would hold the event loop for a second. */
  requestValues: 50_000,
  /** A JWT with many roles; longer ones are attacks. */
  tokenBytes: 8 * 1024,
  idempotencyKeyBytes: 128,
  descriptionBytes: 128,
  keyPatternBytes: 255,
  /** Key patterns of a token's grants in all: each decision looks at them. */
  grantPatterns: 64,
  /** Error details in one answer. */
  errorDetails: 20,
  /** Names in one audit record. */
  auditNames: 20,
  /** Saves are decided again this often when another writer was faster. */
  saveAttempts: 8,
  /** Sealed values being made or opened at a time, in the whole process: each holds a thread of WebCrypto's pool. */
  hpkeOperations: 8,
  /** Kept versions of a secret. */
  historyVersions: 10,
  idempotencyMs: 24 * 3600 * 1000,
  /** A secret that ends within this is EXPIRING. */
  expiringMs: 14 * 24 * 3600 * 1000,
  tokenDefaultMs: 90 * 24 * 3600 * 1000,
  tokenMaxMs: 3650 * 24 * 3600 * 1000,
} as const;
