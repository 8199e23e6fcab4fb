/** Every limit of the service, each with its reason. Sizes are in bytes unless the name says otherwise. */
export const limits = {
  /** A secret is configuration, not a file store; 64 KiB holds any certificate chain. */
  valueBytes: 64 * 1024,
  /** Fits every index of both stores with room for tenant and identity. */
  keyBytes: 255,
  /** Deep enough for team/service/environment/name and more, small enough to check by hand. */
  keySegments: 8,
  /** Slugs, roles and tenants: about the length of a DNS label. */
  slugBytes: 64,
  /** After "secr_". */
  idSuffixChars: 64,
  /** Where a longer list would be needed, use a role. */
  listEntries: 100,
  /** Metadata are notes about a secret, such as its expiry. A table of data belongs elsewhere. */
  metadataPairs: 64,
  /** Room for a word or two, such as `rotation_interval`. */
  metadataNameBytes: 128,
  /** Room for a date, a link or a sentence. */
  metadataValueBytes: 512,
  /** Names and values together: the metadata of 100 secrets takes about half of the answer limit. */
  metadataBytes: 16 * 1024,
  /** Enough for one look. A caller that reads everything asks for larger pages. */
  pageDefault: 100,
  /** As many as one batch may have, so that a whole page can be saved or removed at once. */
  pageMax: 1000,
  /** Items of one batch, and names of one list or removal: one transaction must stay short. */
  batchItems: 1000,
  /** An answer stops growing here; below gRPC's default receive limit of 4 MiB. */
  answerBytes: 3 * 1024 * 1024,
  /**
   * Memory of all calls in progress, and of responses that their clients have not read. A service with a heap of 512
   * MB, the limit of deploy/kubernetes, has room for it several times, because what is counted is not all that is used.
   */
  callMemoryBytes: 32 * 1024 * 1024,
  /** The same on one connection: the largest call, and a few unread responses. */
  connectionMemoryBytes: 16 * 1024 * 1024,
  /** Bodies larger than 64 KiB, as they came and as what they were decoded to: four of the largest. */
  bodyMemoryBytes: 32 * 1024 * 1024,
  /** A body of this size needs no more memory than every call may use. */
  smallBodyBytes: 64 * 1024,
  /** Calls of callers without a token, and unread refusals: they must not take the memory of others. */
  strangerMemoryBytes: 12 * 1024 * 1024,
  /** What each call may use: a request of 64 KiB, the largest secret, and its response. */
  callBytes: 128 * 1024,
  /** Headers and objects of a call whose response has not been read, in addition to the response. */
  answeredCallBytes: 32 * 1024,
  /** An open stream: its messages are sent one at a time. All watches together may use a quarter of the memory. */
  streamBytes: 16 * 1024,
  /** Rows that a list reads before it asks for the memory of a large one: a usual page fits. */
  smallListBytes: 96 * 1024,
  /** What a list with the largest page uses: as rows, as opened secrets, and as the response. */
  largeListBytes: 3 * (3 * 1024 * 1024 + 128 * 1024),
  /** Rows of secrets that are read at a time when they may not all be in memory together: 2.5 MiB of the largest. */
  rowsInPart: 20,
  /**
   * Rows of users, tokens and audit records that are read at a time: 4.5 MiB of the largest tokens, or of users with
   * passkeys.
   */
  pageRowsInPart: 250,
  /**
   * The stored secrets that one batch may change or remove, with their values: half as much again as a request can
   * have. They are in memory as rows, as opened values and as what is written.
   */
  batchStoredBytes: 6 * 1024 * 1024,
  /** Calls that wait for memory. What they have sent is not read, up to 64 KiB of each. */
  waitingCalls: 1000,
  waitingCallsOfUser: 256,
  /** Rows that one page scans before it is cut short, so that a rare match cannot block the service. */
  scannedRows: 10_000,
  /** A whole request after decompression: a full batch of typical secrets. */
  requestBytes: 4 * 1024 * 1024,
  /** A form of a page that people log in with. The largest is a token that a provider sends at a logout. */
  formBytes: 16 * 1024,
  /** Requests that need no token are small. */
  anonymousRequestBytes: 64 * 1024,
  /**
   * Decoding time grows with the values, not with the bytes: 4 MiB of `{},` would block the event loop for a second.
   */
  requestValues: 50_000,
  /** A JWT with many roles; longer ones are attacks. */
  tokenBytes: 8 * 1024,
  /** Room for a UUID, or for the name and the number of a job. */
  idempotencyKeyBytes: 128,
  /** One line in a list of tokens. */
  descriptionBytes: 128,
  /** As long as the longest key. */
  keyPatternBytes: 255,
  /** A word or a phrase to look for. */
  searchTextBytes: 128,
  /** Secrets of one folder that are counted: a list shows "1000+" beyond that. */
  folderCount: 1000,
  /** Secrets that one page of folders counts: half a second of work, with pauses. The page is then cut short. */
  folderRows: 100_000,
  /** Items of a plan that is explained: each compares the lists with all users of the tenant. */
  explainedItems: 100,
  /** Changes of rights that are shown for one item: with all items they fit into an answer. */
  accessChanges: 250,
  /** Members of a role that a list of names shows: about as many as a screen shows. */
  roleMembers: 100,
  /** Actions that one list of audit records selects: about as many as a screen offers. */
  auditActions: 20,
  /** Keys whose use one call shows: about as many as a screen has rows. */
  usageKeys: 100,
  /** Users who are shown as readers of one key: as many as fit on a screen. */
  usageReaders: 20,
  /** The newest records of access to one key that are looked at for that. A hundred keys take a quarter of a second. */
  usageRecords: 1_000,
  /** What a program or a passkey is called: one line. */
  clientBytes: 60,
  /** Names an account at a provider. OpenID Connect allows no more. */
  subjectBytes: 255,
  /** Ids and codes of logins: 32 random bytes with a name in front, and room for longer ones. */
  loginCodeBytes: 512,
  /** Passkeys of a user: those of a few devices, and two keys of hardware. */
  passkeys: 10,
  /** A key of RSA with 4,096 bits, as COSE has it, has about 530 bytes; those of curves have 80. */
  passkeyKeyBytes: 800,
  /** What authenticators call a passkey: those of hardware keys have up to 250 bytes. */
  passkeyCredentialBytes: 512,
  /** From the button to the answer of a passkey: enough to find a key of hardware. */
  passkeyMs: 5 * 60 * 1000,
  /** From an invitation to its use: someone who is away for a day gets another one. */
  invitationMs: 24 * 3600 * 1000,
  /** The answer of a passkey is 2 KB to 6 KB, with the new signatures also. */
  passkeyAnswerBytes: 16 * 1024,
  /** Key patterns in all grants of a token: every decision checks them. */
  grantPatterns: 64,
  /** Permits of one user or role: more keys than that need a wider pattern. */
  permitsOfName: 100,
  /** Permits of a tenant: one answer lists all of them. */
  permitsOfTenant: 1000,
  /** Secrets of one copy: with their removal for a move they are a batch. */
  copyItems: 500,
  /** Secrets in each of two namespaces that are compared: one page. */
  comparedSecrets: 1000,
  /** Error details in one answer: gRPC sends them in a trailer, which must stay small. */
  errorDetails: 20,
  /** Names in one audit record: it must stay small, even if a call names a thousand keys. It also has their count. */
  auditNames: 20,
  /** Changes that the embedded store retains for absent watchers: minutes of constant writing, weeks of normal use. */
  watchedEvents: 20_000,
  /** Changes that a watcher gets in one batch: one that is far behind must not hold up other work. */
  eventBatch: 200,
  /** Open watches of all callers on one process: each holds a stream open. Users and tenants have quotas. */
  watchers: 1000,
  /** The longest interval that a watcher may ask for: a dead connection is noticed after three of them. */
  heartbeatSeconds: 300,
  /** Audit records that are verified at a time before other work gets its turn. */
  verifiedRecords: 500,
  /** Bad chains that one verification reports: the answer must stay small, even if every chain is bad. */
  auditProblems: 100,
  /** Names of chains: an id, and the host name of a machine at its longest. */
  chainNameBytes: 128,
  /** A signed head has an entry of about 100 bytes for each chain, and each start of the service makes two chains. */
  auditHeadBytes: 256 * 1024,
  /** The request of a stream: its values are not counted before they are decoded, so it must be small. */
  streamRequestBytes: 320 * 1024,
  /** How often a write is attempted when other writers are faster. */
  saveAttempts: 8,
  /** Sealed values that the process makes or opens at the same time: each occupies a thread of WebCrypto's pool. */
  hpkeOperations: 8,
  /** Retained versions of a secret: enough to undo recent changes. Ten of the largest values take 640 KiB. */
  historyVersions: 10,
  /** A removed secret can be brought back for this long. Then it is purged. */
  undeleteMs: 30 * 24 * 3600 * 1000,
  /** The highest speed limit of a rotation: its pages are 100 rows, so a higher limit would have no effect. */
  rotationRowsPerSecond: 100_000,
  /** A job that failed is repeated within a day. Until then a record needs the encryption key that it is under. */
  idempotencyMs: 24 * 3600 * 1000,
  /**
   * Answers that one process stores for the idempotency keys of one user within that time: those of 1,700 batches of
   * 1,000 secrets. Without a limit a user could fill the disk with requests that change nothing.
   */
  answersBytes: 256 * 1024 * 1024,
  /** A working day. A person who left, or lost a role, is noticed within this time at the latest. */
  sessionMs: 8 * 3600 * 1000,
  /** Shorter ones would have people log in all the time. */
  sessionMinMs: 15 * 60 * 1000,
  sessionMaxMs: 24 * 3600 * 1000,
  /** From the button to the end of a login: enough to find a second factor. */
  loginMs: 10 * 60 * 1000,
  /** From a login to the session: browsers and `oo` take it at once. */
  claimMs: 60 * 1000,
  /** The link in the greeting of the first start: time to read the greeting, and to find a browser. */
  firstLinkMs: 10 * 60 * 1000,
  /** Calls a minute from one address that need no token. Ten tabs that sign in at once make twenty. */
  loginCallsPerMinute: 20,
  /** Processes behind one port: with more, the share of a small limit such as the one above is one call. */
  workers: 16,
  /** Logins under way, in all. Each takes about a KiB, and is gone after ten minutes. */
  loginsUnderWay: 10_000,
  /** What a client calls itself, as it is shown to people. */
  clientChars: 60,
  /** The secret of a client of a provider; the longest known have 100 characters. */
  clientSecretBytes: 1024,
  /** The name of a person, as the provider has it. */
  displayNameChars: 100,
  /** One answer of a provider. Large discovery documents have 10 KiB, ID tokens with many groups 50. */
  providerAnswerBytes: 256 * 1024,
  /** A secret that expires within this time is EXPIRING. */
  expiringMs: 14 * 24 * 3600 * 1000,
  /** The longest time before the expiry that a list can ask for. Ten years: as long as a token may live. */
  expiringMaxMs: 3650 * 24 * 3600 * 1000,
  /** A forgotten token ends by itself after three months. */
  tokenDefaultMs: 90 * 24 * 3600 * 1000,
  /** Ten years. Only tokens that are made on the host never expire. */
  tokenMaxMs: 3650 * 24 * 3600 * 1000,
  /** A JWT is for one job or one login; pods get them for a day at most. The settings may give an issuer more. */
  jwtLifetimeMs: 24 * 3600 * 1000,
  /** A certificate cannot be withdrawn, so it should end soon. The settings may give an entry more. */
  clientCertificateLifetimeMs: 24 * 3600 * 1000,
  /** Certificate authorities of one entry: a company has a few, and every new connection is checked against them. */
  clientAuthorities: 64,
  /** Calls keep working while an issuer is down for a working day. A key withdrawn meanwhile is accepted that long. */
  issuerKeysMaxAgeMs: 12 * 3600 * 1000,
  /** Keys that are tried for a JWT that does not name one: each costs a signature check. Issuers have two to four. */
  jwtKeysTried: 8,
  /** A JSON Web Key Set; large ones are 20 KB. */
  jwksBytes: 256 * 1024,
  /** An issuer takes about 500 bytes. Aliases are refused, so the file is not larger when it is read. */
  issuersFileBytes: 256 * 1024,
  /**
   * Ended tokens of a user that stay in lists. Older ones are deleted when the user gets a new token, so that making
   * and revoking tokens again and again fills nothing. The audit log has them all.
   */
  endedTokens: 1000,
  /** Ended tokens that are deleted when one is made, or sessions at a time: their names fit into one audit record. */
  droppedTokens: 20,
  /** A session stays in lists for this long after its own end. 200 people who log in twice a day have 12,000. */
  endedSessionMs: 30 * 24 * 3600 * 1000,
} as const;

/**
 * What users and tenants may have, unless the settings or an operator say otherwise. The honest team that comes closest
 * is a company with 300 services in four environments, each with 40 secrets: 48,000. One deployer owns all of them.
 * Each has ten versions of one KiB: 470 MiB. A tenant is allowed four such companies.
 */
export const defaultQuotas = {
  /** That company has 48,000. */
  userSecrets: 100_000,
  /** That company has 470 MiB. An attacker with one account cannot fill an ordinary disk. */
  userBytes: 1024 ** 3,
  /** A pipeline that makes a token of one hour for each of 1,000 jobs in that hour. */
  userTokens: 2_000,
  /** Every instance of a program that runs a hundred times, under one user, watches on the same process. */
  userWatches: 100,
  tenantSecrets: 400_000,
  tenantBytes: 4 * 1024 ** 3,
  /** A token for each of 10,000 people and programs, and a second one while they are exchanged. */
  tenantTokens: 20_000,
  /** Eight hundred pods on one process of the service, which leaves room for other tenants. */
  tenantWatches: 800,
} as const;
