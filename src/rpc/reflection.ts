import { type DescExtension, type DescFile, type DescMessage, type DescService, toBinary } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { Code, type ServiceImpl } from "@connectrpc/connect";
import { ServerReflection as ReflectionV1 } from "../../gen/grpc/reflection/v1/reflection_pb.ts";
import { ServerReflection as ReflectionV1Alpha } from "../../gen/grpc/reflection/v1alpha/reflection_pb.ts";

/** A request of any version of the reflection service. */
type Question =
  | {
      readonly case: "fileByFilename" | "fileContainingSymbol" | "allExtensionNumbersOfType" | "listServices";
      readonly value: string;
    }
  | {
      readonly case: "fileContainingExtension";
      readonly value: { readonly containingType: string; readonly extensionNumber: number };
    }
  | { readonly case: undefined; readonly value?: undefined };

interface Schema {
  readonly services: readonly string[];
  readonly files: ReadonlyMap<string, DescFile>;
  /** The file of each message, enum, service, method, field and extension, by full name. */
  readonly fileOfSymbol: ReadonlyMap<string, DescFile>;
  readonly extensions: readonly DescExtension[];
  readonly messages: ReadonlySet<string>;
}

/**
 * Server reflection for `services`, in both versions that tools use. It describes the contract, which is public. The
 * caller decides whether to serve it.
 */
export function createReflection(services: readonly DescService[]): {
  readonly v1: ServiceImpl<typeof ReflectionV1>;
  readonly v1alpha: ServiceImpl<typeof ReflectionV1Alpha>;
} {
  const schema = readSchema([...services, ReflectionV1, ReflectionV1Alpha]);
  return {
    v1: {
      async *serverReflectionInfo(requests, { signal }) {
        for await (const request of untilAborted(requests, signal)) {
          const messageResponse = answer(schema, request.messageRequest);
          yield { validHost: request.host, originalRequest: request, messageResponse };
        }
      },
    },
    v1alpha: {
      async *serverReflectionInfo(requests, { signal }) {
        for await (const request of untilAborted(requests, signal)) {
          const messageResponse = answer(schema, request.messageRequest);
          yield { validHost: request.host, originalRequest: request, messageResponse };
        }
      },
    },
  };
}

/** Also ends on shutdown, even if the client is silent but keeps the stream open. */
async function* untilAborted<T>(requests: AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T> {
  const aborted = Promise.withResolvers<undefined>();
  const onAbort = () => aborted.resolve(undefined);
  signal.addEventListener("abort", onAbort);
  const iterator = requests[Symbol.asyncIterator]();
  try {
    while (!signal.aborted) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function answer(schema: Schema, question: Question) {
  switch (question.case) {
    case "listServices": {
      const service = schema.services.map((name) => ({ name }));
      return { case: "listServicesResponse", value: { service } } as const;
    }
    case "fileByFilename":
      return fileAnswer(schema.files.get(question.value));
    case "fileContainingSymbol":
      return fileAnswer(schema.fileOfSymbol.get(question.value.replace(/^\./, "")));
    case "fileContainingExtension": {
      const { containingType, extensionNumber } = question.value;
      const found = schema.extensions.find(
        (extension) => extension.extendee.typeName === containingType && extension.number === extensionNumber,
      );
      return fileAnswer(found?.file);
    }
    case "allExtensionNumbersOfType": {
      const baseTypeName = question.value;
      if (!schema.messages.has(baseTypeName)) return notFound();
      const extensions = schema.extensions.filter((extension) => extension.extendee.typeName === baseTypeName);
      const extensionNumber = extensions.map((extension) => extension.number);
      return { case: "allExtensionNumbersResponse", value: { baseTypeName, extensionNumber } } as const;
    }
    default:
      return errorAnswer(Code.InvalidArgument, "the request does not ask for anything");
  }
}

/**
 * The file and all files that it imports. Each file precedes its imports, because clients build a schema from the end.
 */
function fileAnswer(file: DescFile | undefined) {
  if (file === undefined) return notFound();
  const fileDescriptorProto = [...withDependencies(file)]
    .toReversed()
    .map((each) => toBinary(FileDescriptorProtoSchema, each.proto));
  return { case: "fileDescriptorResponse", value: { fileDescriptorProto } } as const;
}

function notFound() {
  return errorAnswer(Code.NotFound, "this is not in the schema");
}

function errorAnswer(errorCode: Code, errorMessage: string) {
  return { case: "errorResponse", value: { errorCode, errorMessage } } as const;
}

/** Adds a file and all files that it imports. Each file follows its imports. */
function withDependencies(file: DescFile, found = new Set<DescFile>()): Set<DescFile> {
  if (found.has(file)) return found;
  for (const dependency of file.dependencies) withDependencies(dependency, found);
  return found.add(file);
}

function readSchema(services: readonly DescService[]): Schema {
  const seen = new Set<DescFile>();
  for (const service of services) withDependencies(service.file, seen);
  const fileOfSymbol = new Map<string, DescFile>();
  const extensions: DescExtension[] = [];
  const messages = new Set<string>();
  for (const file of seen) {
    for (const type of nestedTypes(file)) {
      fileOfSymbol.set(type.typeName, file);
      if (type.kind === "extension") extensions.push(type);
      if (type.kind === "service") {
        for (const method of type.methods) fileOfSymbol.set(`${type.typeName}.${method.name}`, file);
      }
      if (type.kind === "message") addMessage(type, messages, fileOfSymbol);
    }
  }
  return {
    services: [...new Set(services.map((service) => service.typeName))].toSorted(),
    files: new Map([...seen].map((file) => [`${file.name}.proto`, file])),
    fileOfSymbol,
    extensions,
    messages,
  };
}

function addMessage(message: DescMessage, messages: Set<string>, fileOfSymbol: Map<string, DescFile>): void {
  messages.add(message.typeName);
  for (const field of message.fields) fileOfSymbol.set(`${message.typeName}.${field.name}`, message.file);
}
