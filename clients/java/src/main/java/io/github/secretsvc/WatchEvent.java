package io.github.secretsvc;

import io.github.secretsvc.v1.WatchSecretsResponse;

/**
 * One event of a watch.
 *
 * @param change null in the first event: the service is listened to, so what is read from now on will not be outdated unnoticed
 * @param resumeToken lets a later watch of the same caller continue after this event
 */
public record WatchEvent(SecretChange change, String resumeToken) {
  static WatchEvent fromMessage(WatchSecretsResponse message) {
    if (!message.hasChange()) {
      return new WatchEvent(null, message.getResumeToken());
    }
    io.github.secretsvc.v1.SecretChange change = message.getChange();
    Secret secret = change.hasSecret() ? Secret.fromMessage(change.getSecret()) : null;
    return new WatchEvent(
        new SecretChange(change.getKind(), change.getKey(), change.getId(), secret), message.getResumeToken());
  }
}
