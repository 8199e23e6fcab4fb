/** A setting that cannot be used. The message names the setting and the rule; of secrets it tells length and shape at most. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ConfigError";
  }
}
