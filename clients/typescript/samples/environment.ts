/** Loads secrets into the environment, then starts the program that needs them. */
// snippet
import { SecretClient } from "@secret-svc/client";

const secrets = await new SecretClient().getMany(["DATABASE_URL", "REDIS_URL", "API_KEY"]);
for (const [key, secret] of secrets) process.env[key] = secret.reveal();
await import("./app.ts"); // start the application with what was loaded
// end snippet
