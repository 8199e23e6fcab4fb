/** Texts of `oo help TOPIC`. */
export const helpTopics: Readonly<Record<string, { readonly about: string; readonly text: string }>> = {
  access: {
    about: "who may do what with a secret",
    text: `Each secret has six lists of slugs (users) and roles (teams):

  readers              may read the value
  writers              may change the value and the metadata
  deleters             may remove the secret
  can-change-readers   may change the readers; likewise can-change-writers and
                       can-change-deleters

A user who is in none of them does not see the secret. Admins have every right.
A user may create keys that begin with their own slug and '/', such as
alice/TOKEN, and keys for which they or a role of theirs have a permit.

  oo secret explain KEY                    what you may do, and why
  oo secret who-can read KEY               who may read it (admins)
  oo secret reader add KEY api-svc         one more reader; other lists likewise
  oo permit save web 'prod/web/*'          who has the role web may create keys
                                           there (admins)
  oo token create ci --can 'read:prod/*'   a token with only these rights
`,
  },
  files: {
    about: "secrets in YAML files and in git",
    text: `A file holds one secret, a list of them, or several documents:

  - key: prod/DATABASE_URL
    value: postgres://…
    readers: [api-svc]
    metadata:
      expires: 2027-12-31

  oo secret save FILE|FOLDER               save all of them, or none
  oo secret plan FOLDER                    show what would change
  oo secret apply FOLDER                   do exactly that, after a question
  oo secret apply --prune -n prod FOLDER   also remove what is not in the files
  oo secret seal FILE                      encrypt the values in place, for git
  oo secret lint FOLDER                    check files without a service
  oo secret list --show > FILE             write such a file of all you may read

Only *.yaml and *.yml files are read. Hidden files are left out, and so are
links that lead out of the folder.
`,
  },
  environment: {
    about: "variables and options that every command knows",
    text: `After \`oo login\` a person needs none of these. Programs need the first two.

  OO_URL, --url              address of the service (default: that of the
                             context in use, else http://127.0.0.1:11337)
  OO_TOKEN                   the token, which \`oo token create\` has printed
  --token-file FILE          a file that holds it, read again when it changes
  OO_CLIENT_CERT, OO_CLIENT_KEY
                             files with a client certificate and its key, in
                             place of a token
  -q, --quiet                no hints and no progress
  NO_COLOR                   no colours
  TRACEPARENT                the trace that the calls are part of
  VISUAL, EDITOR             the editor of \`oo secret edit\`
  HTTPS_PROXY, NO_PROXY      a proxy between here and the service
  NODE_EXTRA_CA_CERTS        certificates of a private authority

Secrets of one command, with those that are shared, and of this shell:

  oo secret run -n NAMESPACE -- COMMAND
  oo secret run -n prod/base -n prod/web -- COMMAND
  eval "$(oo secret export -n NAMESPACE --format shell)"
`,
  },
  "exit-codes": {
    about: "what the exit codes of commands mean",
    text: `  0      done
  1      failed; the error is on standard error
  2      wrong usage; there are changes (\`oo secret plan\`, \`oo team plan\`)
  126    \`oo secret run\`: the command cannot be run
  127    \`oo secret run\`: there is no such command
  128+N  \`oo secret run\`: signal N ended the command

\`oo secret run\` ends with the exit code of its command.
`,
  },
};

/** The topic that words name: `exit codes` is `exit-codes`. */
export function findTopic(words: readonly string[]): string | undefined {
  const name = words.join("-").toLowerCase();
  return Object.hasOwn(helpTopics, name) ? helpTopics[name]?.text : undefined;
}
