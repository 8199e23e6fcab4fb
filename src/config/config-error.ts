/** An invalid setting. The message names the setting and the rule. It shows at most the length and form of a secret. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigError";
  }
}
