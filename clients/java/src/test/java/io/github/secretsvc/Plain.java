package io.github.secretsvc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.RecordComponent;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Results of the client in the form in which the cases describe them, and nothing that shows a value. */
final class Plain {
  private Plain() {}

  /** Records become mappings, and enums their names. */
  static Object of(Object item) {
    if (item instanceof Secret secret && secret.value() != null && !secret.value().isBytes()) {
      mustNotShow(secret.reveal(), secret, secret.value(), List.of(secret), Map.of("x", secret));
    }
    if (item instanceof Value value && value.isBytes()) {
      String encoded = Base64.getEncoder().encodeToString(value.revealBytes());
      mustNotShow(encoded, value, new Gson().toJson(value));
      return null;
    }
    if (item instanceof Value value) {
      mustNotShow(value.reveal(), value, new Gson().toJson(value));
      return value.reveal();
    }
    if (item instanceof Record thing) {
      Map<String, Object> fields = new LinkedHashMap<>();
      for (RecordComponent component : thing.getClass().getRecordComponents()) {
        fields.put(component.getName(), of(read(thing, component)));
      }
      if (item instanceof Secret secret && secret.value() != null && secret.value().isBytes()) {
        fields.put("valueBytes", Base64.getEncoder().encodeToString(secret.revealBytes()));
      }
      return fields;
    }
    if (item instanceof Enum<?> name) {
      return name.name();
    }
    return item instanceof List<?> list ? list.stream().map(Plain::of).toList() : item;
  }

  static Map<String, Object> ofError(SecretServiceException error) {
    return Map.of(
        "code", error.code().name(),
        "reason", error.reason().name(),
        "message", error.getMessage(),
        "details", of(error.details()));
  }

  /** Prints things in every way there is. Short texts would be found by accident. */
  static void mustNotShow(String hidden, Object... things) {
    if (hidden.length() < 6) {
      return;
    }
    for (Object thing : things) {
      StringWriter printed = new StringWriter();
      new PrintWriter(printed, true).printf("%s %S", thing, thing).println(thing);
      for (String shown : List.of(printed.toString(), String.valueOf(thing), "" + thing)) {
        assertFalse(
            shown.contains(hidden), "printing a " + thing.getClass().getSimpleName() + " shows what it must not");
      }
    }
  }

  /**
   * Checks that {@code actual} has what is expected: of a mapping the named entries, of a list all items in order. A list where
   * one text is expected means any of them.
   */
  static void compare(String where, Object expected, Object actual) {
    if (expected instanceof List<?> list && actual instanceof String text) {
      assertTrue(list.contains(text), where + ": " + text);
    } else if (expected instanceof List<?> list) {
      assertTrue(actual instanceof List<?>, where + " is not a list");
      List<?> items = (List<?>) actual;
      assertEquals(list.size(), items.size(), where + ": " + items);
      for (int index = 0; index < list.size(); index += 1) {
        compare(where + "[" + index + "]", list.get(index), items.get(index));
      }
    } else if (expected instanceof Map<?, ?> map && !where.endsWith(".metadata")) {
      assertTrue(actual instanceof Map<?, ?>, where + " is not a mapping");
      Map<?, ?> fields = (Map<?, ?>) actual;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        assertTrue(fields.containsKey(entry.getKey()), where + " has no " + entry.getKey());
        compare(where + "." + entry.getKey(), entry.getValue(), fields.get(entry.getKey()));
      }
    } else if (expected instanceof Number number && actual instanceof Number other) {
      assertEquals(number.longValue(), other.longValue(), where);
    } else {
      assertEquals(expected, actual, where);
    }
  }

  private static Object read(Record thing, RecordComponent component) {
    try {
      return component.getAccessor().invoke(thing);
    } catch (ReflectiveOperationException error) {
      throw new AssertionError(error);
    }
  }
}
