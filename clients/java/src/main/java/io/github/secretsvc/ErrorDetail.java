package io.github.secretsvc;

import io.github.secretsvc.v1.Reason;

/**
 * What is wrong with one item of a request.
 *
 * @param index position of the item in the request, from 0
 * @param field path of the field, with the names of the JSON form
 * @param right the one that the caller lacks
 * @param limit what was exceeded by {@code actual}
 */
public record ErrorDetail(Reason reason, int index, String key, String field, String right, long limit, long actual) {
  static ErrorDetail of(Reason reason, int index, String key) {
    return new ErrorDetail(reason, index, key, "", "", 0, 0);
  }

  static ErrorDetail fromMessage(io.github.secretsvc.v1.ErrorDetail message) {
    return new ErrorDetail(
        message.getReason(),
        message.getIndex(),
        message.getKey(),
        message.getField(),
        message.getRight(),
        message.getLimit(),
        message.getActual());
  }
}
