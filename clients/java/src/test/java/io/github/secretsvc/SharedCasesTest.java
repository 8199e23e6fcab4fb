package io.github.secretsvc;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Runs the cases that all clients share, against services with and without TLS. */
class SharedCasesTest {
  private static final Path FOLDER = Path.of("../testdata");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(each -> each.toString().endsWith(".yaml")).sorted().toList()) {
        List<Fields> cases = read(file, "run");
        for (String target : List.of("plain", "tls")) {
          for (int index = 0; index < cases.size(); index += 1) {
            String only = cases.get(index).text("only", target);
            String name = target + ": " + cases.get(index).text("name", "") + " (" + file.getFileName() + ")";
            int position = index;
            if (only.equals(target)) {
              tests.add(DynamicTest.dynamicTest(name, () -> run(file, position, target)));
            }
          }
        }
      }
    }
    assertFalse(tests.isEmpty(), "there are no cases");
    return tests.stream();
  }

  private void run(Path file, int index, String target) {
    Fields wanted = read(file, "java" + UUID.randomUUID().toString().replace("-", "")).get(index);
    wanted.text("name", "");
    wanted.text("only", "");
    try (CaseRun run = new CaseRun(target, wanted.fields("client"), folder.resolve("token"))) {
      List<Fields> steps = wanted.list("steps");
      wanted.checkAllRead();
      IntStream.range(0, steps.size()).forEach(at -> run.step("step " + at, steps.get(at)));
    }
  }

  /** All cases of a file, with {@code run} for {@code {run}}. */
  private static List<Fields> read(Path file, String run) {
    try {
      String text = Files.readString(file).replace("{run}", run);
      List<Object> list = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
      return list.stream().map(Fields::asFields).toList();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
