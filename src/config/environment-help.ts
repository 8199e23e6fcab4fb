/** The settings of the environment, as `secret-svc serve --help` shows them. */
export const environmentHelp = `
Settings come from these environment variables. The flags above override them:
  SECRET_SVC_LISTEN        address and port (default 127.0.0.1:11337)
  SECRET_SVC_WORKERS       processes that serve this port together, each on a core: 1 (default), another number, or auto,
                           one for each core; only with MongoDB, see docs/scaling.md
  SECRET_SVC_DATA_DIR      directory of the embedded store, its key and the admin token (default ./data)
  SECRET_SVC_STORE         sqlite (default), the embedded store; or the address of a MongoDB replica set, such as
                           mongodb://host1,host2/database?replicaSet=rs0, which needs OB_ENCRYPTION_KEY
  SECRET_SVC_STORE_FILE, SECRET_SVC_STORE_COMMAND
                           file that holds that address, or command that prints it, for an address with a password
  SECRET_SVC_TLS_CERT      PEM file of the certificate chain; SECRET_SVC_TLS_KEY names the file of its private key
  SECRET_SVC_TLS_GROUPS    default, or pq-only: only clients with a post-quantum key exchange (X25519MLKEM768) can connect
  SECRET_SVC_AUDIT_SYNC    process (default): records of reads survive a crash of the service; disk: also a loss of
                           power; full: with MongoDB also the loss of the machine, see docs/audit.md
  SECRET_SVC_METRICS_LISTEN
                           address and port for Prometheus metrics, /healthz, /readyz and gRPC health, which need no
                           token; listen beyond loopback only on a network of operators (default: none)
  OTEL_EXPORTER_OTLP_ENDPOINT
                           where to send spans of traces, such as http://127.0.0.1:4318 (default: none); needs packages
                           of OpenTelemetry, see docs/monitoring.md
  SECRET_SVC_LOG_FORMAT    text (default), or json: one object per line; both go to standard error
  SECRET_SVC_LOG_LEVEL     info (default), error, or debug: also one line for each call, without its content
  SECRET_SVC_AUDIT_EXPORT  stdout, stderr or the path of a file: a copy of the audit records as lines of JSON; while it
                           cannot be written, nothing can be read or changed (default: none)
  SECRET_SVC_AUDIT_RETENTION
                           age at which audit records are deleted from the store, such as 400d (default: never)
  SECRET_SVC_REFLECTION    auto (default; on only when listening on loopback), on or off
  SECRET_SVC_CONSOLE       auto (default; the web page for people where browsers may sign in), on or off
  SECRET_SVC_DIRECTORY     everyone (default): all users may list the names of users and roles; admins: only admins
  SECRET_SVC_URL           where people find the service with a browser, such as https://secrets.example.com: they sign in
                           there only, and on loopback (default: on loopback, or at any name of the certificate); people
                           who log in with a provider need it, except on this machine
  SECRET_SVC_CORS_ORIGINS  origins whose web pages may call the service, exactly as browsers send them, separated by
                           commas, such as https://console.example.com (default: none)
  SECRET_SVC_CORS_HEADERS  request headers that these pages may send, in addition to those of gRPC-Web, Connect and
                           tracing, separated by commas (default: none)
  SECRET_SVC_TRUSTED_PROXIES
                           networks of the proxies in front of the service, such as 10.1.0.0/16,fd00:1::/64, separated
                           by commas; only they are believed about the address of a client (default: none)
  SECRET_SVC_FORWARDED_HEADER
                           the header in which they send that address: forwarded, x-forwarded-for, or another one with
                           a list of addresses (default: none)
  SECRET_SVC_PROXY_PROTOCOL
                           off (default), or on: each connection of these proxies begins with a header of the PROXY
                           protocol, version 1 or 2; SECRET_SVC_FORWARDED_HEADER is then ignored
  SECRET_SVC_VAULT_API     on: programs that speak Vault can call the service (default off); see docs/vault.md
  SECRET_SVC_ANCESTOR_ANSWERS
                           on: REST paths answer as 1Backend's clients expect (default off); see docs/migrating.md
  SECRET_SVC_ISSUERS       YAML file of the issuers whose JWTs are accepted, see docs/oidc.md, and of the providers
                           where people log in, see docs/login.md (default: none)
  SECRET_SVC_DEVICE_LOGIN  on (default), or off: a terminal cannot log in with a code that a person types elsewhere

Limits; the value 'off' removes the first three:
  SECRET_SVC_CALLS_PER_MINUTE
                           calls of one user (default 300000; all of them may come at once)
  SECRET_SVC_FAILURES_PER_MINUTE
                           calls without a valid token from one address (default 300)
  SECRET_SVC_CONNECTIONS_PER_ADDRESS
                           open connections from one address (default 1000)
  SECRET_SVC_CALL_MEMORY   MiB for calls and responses that are not read yet (default 32); see docs/limits.md
  SECRET_SVC_BODY_MEMORY   MiB for large request bodies (default 32)

Quotas; 'off' removes one, and an operator may set others for a tenant with 'oo quota set':
  SECRET_SVC_USER_SECRETS, SECRET_SVC_TENANT_SECRETS
                           live secrets that a user owns, or a tenant has (default 100000 and 400000)
  SECRET_SVC_USER_BYTES, SECRET_SVC_TENANT_BYTES
                           bytes of these secrets with their history, such as 500MiB (default 1GiB and 4GiB)
  SECRET_SVC_USER_TOKENS, SECRET_SVC_TENANT_TOKENS
                           live tokens of a user, or of all users of a tenant (default 2000 and 20000)
  SECRET_SVC_USER_WATCHES, SECRET_SVC_TENANT_WATCHES
                           open watches on this process (default 100 and 800)

Secrets come from a file, from a program that prints them, or from the environment. They are never accepted as flags.
A variable that ends in _COMMAND holds a command without a shell, which runs once at the start: the absolute path of a
program and its arguments, parted by blanks or as a JSON array. See docs/key-custody.md. At most one of them may be set:
  OB_ENCRYPTION_KEY, OB_ENCRYPTION_KEY_FILE, OB_ENCRYPTION_KEY_COMMAND
                           the encryption key: what 'openssl rand -base64 32' prints, or 64 hex digits
                           (default with the embedded store: a random key, stored in the data directory)
  OB_PREVIOUS_ENCRYPTION_KEYS, OB_PREVIOUS_ENCRYPTION_KEYS_FILE, OB_PREVIOUS_ENCRYPTION_KEYS_COMMAND
                           former keys, which only decrypt; separated by commas in the variable, one per line
                           elsewhere
  OB_LEGACY_ENCRYPTION_KEY, OB_LEGACY_ENCRYPTION_KEY_FILE, OB_LEGACY_ENCRYPTION_KEY_COMMAND
                           the 32-character key of an old installation: admins may save values encrypted with it
  OB_ADMIN_TOKEN_FILE, OB_ADMIN_TOKEN_COMMAND
                           the admin's token for the first start (default: a random token, written to
                           DATA_DIR/admin.token)
  SECRET_SVC_KEY_COMMAND_SECONDS
                           how long such a command may take, from 1 to 300 (default 30)
  SECRET_SVC_OPEN_KEY_FILES
                           refuse (default) or allow a key, token or password file that every user of the machine
                           may read or write`;
