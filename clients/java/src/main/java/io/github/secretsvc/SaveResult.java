package io.github.secretsvc;

import io.github.secretsvc.v1.SaveOutcome;
import java.util.List;

/**
 * The outcome of one item of a save.
 *
 * @param changedFields names of what changed
 * @param missingRight set when a plan says FORBIDDEN
 */
public record SaveResult(
    String key,
    String id,
    SaveOutcome outcome,
    int version,
    List<String> changedFields,
    List<ListChange> listChanges,
    String missingRight) {

  static SaveResult fromMessage(io.github.secretsvc.v1.SaveResult message) {
    List<ListChange> changes =
        message.getListChangesList().stream()
            .map(
                change ->
                    new ListChange(
                        change.getList(),
                        List.copyOf(change.getAddedList()),
                        List.copyOf(change.getRemovedList())))
            .toList();
    return new SaveResult(
        message.getKey(),
        message.getId(),
        message.getOutcome(),
        message.getVersion(),
        List.copyOf(message.getChangedFieldsList()),
        changes,
        message.getMissingRight());
  }
}
