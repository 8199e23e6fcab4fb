import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cargoProgram, goProgram, mavenProgram, needToolchain, pathWith } from "../../support/programs/program.ts";
import { makeWorkplace } from "../../support/programs/workplace.ts";

const protoc = mavenProgram("protoc", "com.google.protobuf:protoc", "4.36.2");
const javaPlugin = mavenProgram("protoc-gen-grpc-java", "io.grpc:protoc-gen-grpc-java", "1.83.1");
const goPlugins = [
  goProgram("protoc-gen-go", "google.golang.org/protobuf/cmd/protoc-gen-go", "v1.36.12"),
  goProgram("protoc-gen-go-grpc", "google.golang.org/grpc/cmd/protoc-gen-go-grpc", "v1.6.2"),
];
const rustPlugins = [cargoProgram("protoc-gen-prost", "0.5.0"), cargoProgram("protoc-gen-tonic", "0.5.0")];

test("fault C10: Go", async (context) => {
  await needToolchain(context, "go", "version");
  const path = await pathWith(context, protoc, ...goPlugins);
  using workplace = makeWorkplace();
  await workplace.follow("protoc-go", path);
  workplace.write("out/go.mod", "module github.com/secret-svc/secret-svc/clients/go/gen\n\ngo 1.26\n");
  await workplace.run("cd out && go mod tidy && go vet ./secret/v1", path);
});

test("fault C10: Java", async (context) => {
  await needToolchain(context, "mvn", "--version");
  const path = await pathWith(context, protoc, javaPlugin);
  using workplace = makeWorkplace();
  await workplace.follow("protoc-java", path);
  workplace.write("out/pom.xml", pom);
  await workplace.run("cd out && mvn --quiet --batch-mode compile", path);
});

const dependency = (group: string, artifact: string, version: string) =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>example</groupId><artifactId>generated</artifactId><version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    ${dependency("io.grpc", "grpc-protobuf", "1.85.0")}
    ${dependency("io.grpc", "grpc-stub", "1.85.0")}
    ${dependency("com.google.protobuf", "protobuf-java", "4.36.2")}
  </dependencies>
  <build>
    <sourceDirectory>io</sourceDirectory>
    <plugins><plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin></plugins>
  </build>
</project>
`;

test("fault C10: C#", async (context) => {
  const path = await pathWith(context, protoc);
  using workplace = makeWorkplace();
  await workplace.follow("protoc-csharp", path);
  const files = readdirSync(join(workplace.folder, "out"));
  expect(files).toEqual(expect.arrayContaining(["SecretService.cs", "IdentityService.cs", "Error.cs"]));
  expect(await workplace.run("cat out/Error.cs", path)).toContain("namespace SecretSvc.V1 {");
});

test("fault C10: Rust", async (context) => {
  await needToolchain(context, "cargo", "--version");
  const path = await pathWith(context, protoc, ...rustPlugins);
  using workplace = makeWorkplace();
  await workplace.follow("protoc-rust", path);
  workplace.write("Cargo.toml", cargo);
  workplace.write("src/lib.rs", 'pub mod v1 {\n    include!("../out/secret/v1/secret.v1.rs");\n}\n');
  await workplace.run("cargo check --quiet", path);
});

const cargo = `[package]
name = "generated"
version = "0.1.0"
edition = "2024"

[dependencies]
prost = "0.14"
prost-types = "0.14"
tonic = "0.14"
tonic-prost = "0.14"
`;
