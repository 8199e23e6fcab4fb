// The requests that the action for Vault in GitHub makes, with the library that it makes them with. Arguments: the
// inputs of a step as JSON, and what the workflow's platform signed. Prints the fields that the step would export.
const { default: got, HTTPError } = require("got");

const inputs = JSON.parse(process.argv[2]);
const idToken = process.argv[3];

const options = {
  prefixUrl: inputs.url,
  // Sent also when there is none.
  headers: { "X-Vault-Namespace": inputs.namespace ?? "" },
  https: { certificateAuthority: "", certificate: "", key: "" },
  retry: { statusCodes: [...got.defaults.options.retry.statusCodes, 412] },
};

async function login() {
  const { method, role = "", roleId, secretId, username, password, token } = inputs;
  const payloads = {
    jwt: { jwt: idToken, role },
    approle: { role_id: roleId, secret_id: secretId },
    userpass: { password },
  };
  if (method === "token") return token;
  const user = method === "userpass" ? `/${username}` : "";
  const path = `v1/auth/${method}/login${user}`;
  const { body } = await got.extend(options).post(path, { json: payloads[method], responseType: "json" });
  return body.auth.client_token;
}

async function step() {
  const client = got.extend({ ...options, headers: { ...options.headers, "X-Vault-Token": await login() } });
  const [path, selector] = inputs.secrets.split(" ");
  const { data } = JSON.parse((await client.get(`v1/${path}`)).body);
  const fields = data.data ?? data;
  const shown = selector === "*" ? fields : { [selector]: fields[selector] };
  // Some versions end the session.
  if (inputs.revokeToken) await client.post("v1/auth/token/revoke-self", { responseType: "json" });
  return shown;
}

step().then(
  (fields) => process.stdout.write(JSON.stringify({ fields })),
  (error) => {
    if (!(error instanceof HTTPError)) throw error;
    const { statusCode, body } = error.response;
    process.stdout.write(JSON.stringify({ statusCode, body: typeof body === "string" ? JSON.parse(body) : body }));
  },
);
