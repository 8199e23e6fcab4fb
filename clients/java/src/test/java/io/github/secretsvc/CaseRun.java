package io.github.secretsvc;

import static io.github.secretsvc.Surroundings.control;
import static io.github.secretsvc.Surroundings.tokenOf;
import static io.github.secretsvc.Surroundings.variable;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.Gson;
import io.github.secretsvc.v1.SecretState;
import io.github.secretsvc.v1.SecretView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** One execution of a case: its clients, and what the last seal answered. */
final class CaseRun implements AutoCloseable {
  private final String target;
  private final Path tokenFile;
  private final Map<String, SecretClient> clients = new HashMap<>();
  private final String token;
  private final boolean hasTokenFile;
  private final String ca;
  private final boolean isFaulty;
  private final int timeoutMs;
  private String sealed = "";

  CaseRun(String target, Fields client, Path tokenFile) {
    this.target = target;
    this.tokenFile = tokenFile;
    token = client.text("token", "");
    hasTokenFile = client.flag("tokenFile");
    ca = client.text("ca", "");
    isFaulty = client.text("through", "").equals("faulty");
    timeoutMs = client.number("timeoutMs");
    client.checkAllRead();
    if (isFaulty) {
      control("POST", "none");
    }
  }

  @Override
  public void close() {
    clients.values().forEach(SecretClient::close);
  }

  void step(String where, Fields step) {
    if (step.has("writeTokenOf")) {
      try {
        // With a line end, as editors and shells write it.
        Files.writeString(tokenFile, tokenOf(step.text("writeTokenOf", "")) + "\n");
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    } else if (step.has("fault")) {
      control("POST", step.text("fault", ""));
    } else {
      Object expected = step.get("expect");
      SecretClient client = client(step.text("as", "app"));
      Map<String, Object> actual =
          step.text("call", "").equals("watch") ? watch(where, client, step) : perform(client, step);
      actual.put("calls", isFaulty ? control("GET", "calls") : 0);
      Fields wanted = Fields.asFields(expected);
      assertFalse(actual.containsKey("error") && !wanted.has("error"), where + ": " + actual);
      Plain.compare(where, expected == null ? Map.of() : expected, actual);
    }
    step.checkAllRead();
  }

  private SecretClient client(String who) {
    if (!clients.containsKey(who)) {
      clients.put(who, connect(who));
    }
    return clients.get(who);
  }

  private SecretClient connect(String who) {
    String url = variable(target.equals("tls") ? "SECRET_TLS_URL" : "SECRET_URL");
    SecretClient.Builder builder = SecretClient.builder().url(isFaulty ? variable("SECRET_FAULTY_URL") : url);
    if (target.equals("tls") && !ca.equals("none")) {
      builder.caFile(Path.of(variable(ca.equals("other") ? "SECRET_OTHER_CA_FILE" : "SECRET_CA_FILE")));
    }
    if (timeoutMs != 0) {
      builder.timeout(Duration.ofMillis(timeoutMs));
    }
    if (hasTokenFile) {
      return builder.tokenFile(tokenFile).build();
    }
    String given = token.isEmpty() ? tokenOf(who) : token;
    SecretClient client = builder.token(given).build();
    Plain.mustNotShow(given, client, builder);
    return client;
  }

  /** Makes the call of a step and answers what came of it, as the cases describe it. */
  private Map<String, Object> perform(SecretClient client, Fields step) {
    Map<String, Object> answer = new HashMap<>();
    List<Object> listed = new ArrayList<>();
    String call = step.text("call", "");
    try {
      switch (call) {
        case "get" -> answer.put("secret", Plain.of(client.get(step.text("key", ""))));
        case "getMany" -> {
          Map<String, Secret> found = new TreeMap<>(client.getMany(keysOf(step)));
          addAll(answer, "secret", List.copyOf(found.values()));
        }
        case "list" -> client.list(filterOf(step)).forEach(secret -> listed.add(Plain.of(secret)));
        case "save" -> addAll(answer, "result", client.save(inputsOf(step), optionsOf(step)));
        case "remove" ->
            answer.put("removed", Plain.of(client.remove(keysOf(step), step.text("idempotencyKey", ""))));
        case "seal" -> sealed = client.seal(step.text("key", ""), step.text("value", ""));
        default -> throw new AssertionError("there is no call " + call);
      }
    } catch (SecretServiceException error) {
      answer.put("error", Plain.ofError(error));
    }
    if (call.equals("list")) {
      answer.put("secrets", listed);
      answer.put("secretCount", listed.size());
    }
    return answer;
  }

  private Map<String, Object> watch(String where, SecretClient client, Fields step) {
    WatchFilter filter =
        new WatchFilter()
            .keys(array(step, "keys"))
            .namespace(step.text("namespace", ""))
            .keyPattern(step.text("keyPattern", ""))
            .resumeToken(step.text("resumeToken", ""));
    List<Fields> during = step.list("during");
    Fields expected = step.fields("expect");
    boolean endsByItself = !expected.has("changes");
    int wanted = expected.list("changes").size();
    List<Object> changes = new ArrayList<>();
    Map<String, Object> answer = new HashMap<>(Map.of("changes", changes));
    try (Watch watch = client.watch(filter)) {
      for (WatchEvent event : watch) {
        if (event.change() != null) {
          changes.add(Plain.of(event.change()));
        } else {
          IntStream.range(0, during.size()).forEach(at -> step(where + "." + at, during.get(at)));
        }
        if (!endsByItself && changes.size() == wanted) {
          break;
        }
      }
    } catch (SecretServiceException error) {
      answer.put("error", Plain.ofError(error));
    }
    return answer;
  }

  private static void addAll(Map<String, Object> answer, String name, List<?> items) {
    answer.put(name + "s", Plain.of(items));
    answer.put(name + "Count", items.size());
  }

  private static Filter filterOf(Fields step) {
    return new Filter()
        .namespace(step.text("namespace", ""))
        .keyPattern(step.text("keyPattern", ""))
        .state(SecretState.valueOf(step.text("state", "SECRET_STATE_UNSPECIFIED")))
        .view(SecretView.valueOf(step.text("view", "SECRET_VIEW_UNSPECIFIED")))
        .pageSize(step.number("pageSize"));
  }

  private static List<String> keysOf(Fields step) {
    return step.has("numberedKeys") ? numbered(step.fields("numberedKeys")) : step.texts("keys");
  }

  private static List<String> numbered(Fields range) {
    String prefix = range.text("prefix", "");
    return IntStream.range(0, range.number("count")).mapToObj(index -> prefix + index).toList();
  }

  private static SaveOptions optionsOf(Fields step) {
    Removal[] remove =
        step.list("remove").stream()
            .map(each -> new Removal(each.text("key", ""), (Integer) each.get("ifVersion")))
            .toArray(Removal[]::new);
    return new SaveOptions()
        .remove(remove)
        .validateOnly(step.flag("validateOnly"))
        .idempotencyKey(step.text("idempotencyKey", ""));
  }

  private List<SecretInput> inputsOf(Fields step) {
    List<SecretInput> inputs = new ArrayList<>(step.list("secrets").stream().map(this::inputOf).toList());
    if (step.has("numberedSecrets")) {
      Fields range = step.fields("numberedSecrets");
      String value = "x".repeat(range.number("bytes"));
      numbered(range).forEach(key -> inputs.add(SecretInput.of(key, value)));
    }
    return inputs;
  }

  private SecretInput inputOf(Fields secret) {
    SecretInput input =
        SecretInput.of(secret.text("key", ""))
            .id(secret.text("id", ""))
            .encrypted(secret.flag("encrypted"))
            .checksum(secret.text("checksum", ""), secret.text("checksumAlgorithm", ""))
            .readers(array(secret, "readers"))
            .writers(array(secret, "writers"))
            .deleters(array(secret, "deleters"))
            .canChangeReaders(array(secret, "canChangeReaders"))
            .canChangeWriters(array(secret, "canChangeWriters"))
            .canChangeDeleters(array(secret, "canChangeDeleters"))
            .metadata(metadataOf(secret))
            .clear(array(secret, "clear"))
            .owner(secret.text("owner", ""));
    if (secret.get("ifVersion") instanceof Integer version) {
      input = input.ifVersion(version);
    }
    if (secret.get("valueBytes") instanceof String encoded) {
      input = input.value(Value.ofBytes(Base64.getDecoder().decode(encoded)));
    }
    if (secret.get("value") instanceof String text) {
      String value = text.equals("{sealed}") ? sealed : text;
      input = input.value(value);
      Plain.mustNotShow(value, input, new Gson().toJson(input));
    }
    secret.checkAllRead();
    return input;
  }

  private static String[] array(Fields fields, String name) {
    return fields.texts(name).toArray(String[]::new);
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> metadataOf(Fields secret) {
    return secret.get("metadata") instanceof Map<?, ?> map ? (Map<String, String>) map : Map.of();
  }
}
