package io.github.secretsvc;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A mapping of a case. Reading it to the end proves that no field was ignored. */
final class Fields {
  private final Map<String, Object> map;
  private final Set<String> unread;

  Fields(Map<String, Object> map) {
    this.map = map;
    this.unread = new HashSet<>(map.keySet());
  }

  boolean has(String name) {
    return map.containsKey(name);
  }

  Object get(String name) {
    unread.remove(name);
    return map.get(name);
  }

  String text(String name, String otherwise) {
    return get(name) instanceof String text ? text : otherwise;
  }

  int number(String name) {
    return get(name) instanceof Integer number ? number : 0;
  }

  boolean flag(String name) {
    return get(name) == Boolean.TRUE;
  }

  List<String> texts(String name) {
    return get(name) instanceof List<?> list ? list.stream().map(String.class::cast).toList() : List.of();
  }

  Fields fields(String name) {
    return asFields(get(name));
  }

  List<Fields> list(String name) {
    return get(name) instanceof List<?> list ? list.stream().map(Fields::asFields).toList() : List.of();
  }

  /** Fails for a field that was not read: a case must not pass because half of it was ignored. */
  void checkAllRead() {
    if (!unread.isEmpty()) {
      throw new AssertionError("there are unknown fields: " + unread);
    }
  }

  @SuppressWarnings("unchecked")
  static Fields asFields(Object value) {
    return new Fields(value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of());
  }
}
