package io.github.secretsvc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * SecretService stores configuration secrets. The tenant always comes from the caller's credentials. A secret on which
 * the caller has no right at all does not exist for that caller.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SecretServiceGrpc {

  private SecretServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "secret.v1.SecretService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListSecretsRequest,
      io.github.secretsvc.v1.ListSecretsResponse> getListSecretsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListSecrets",
      requestType = io.github.secretsvc.v1.ListSecretsRequest.class,
      responseType = io.github.secretsvc.v1.ListSecretsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListSecretsRequest,
      io.github.secretsvc.v1.ListSecretsResponse> getListSecretsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListSecretsRequest, io.github.secretsvc.v1.ListSecretsResponse> getListSecretsMethod;
    if ((getListSecretsMethod = SecretServiceGrpc.getListSecretsMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getListSecretsMethod = SecretServiceGrpc.getListSecretsMethod) == null) {
          SecretServiceGrpc.getListSecretsMethod = getListSecretsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListSecretsRequest, io.github.secretsvc.v1.ListSecretsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListSecrets"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListSecretsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListSecretsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("ListSecrets"))
              .build();
        }
      }
    }
    return getListSecretsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.SaveSecretsRequest,
      io.github.secretsvc.v1.SaveSecretsResponse> getSaveSecretsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SaveSecrets",
      requestType = io.github.secretsvc.v1.SaveSecretsRequest.class,
      responseType = io.github.secretsvc.v1.SaveSecretsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.SaveSecretsRequest,
      io.github.secretsvc.v1.SaveSecretsResponse> getSaveSecretsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.SaveSecretsRequest, io.github.secretsvc.v1.SaveSecretsResponse> getSaveSecretsMethod;
    if ((getSaveSecretsMethod = SecretServiceGrpc.getSaveSecretsMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getSaveSecretsMethod = SecretServiceGrpc.getSaveSecretsMethod) == null) {
          SecretServiceGrpc.getSaveSecretsMethod = getSaveSecretsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.SaveSecretsRequest, io.github.secretsvc.v1.SaveSecretsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SaveSecrets"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.SaveSecretsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.SaveSecretsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("SaveSecrets"))
              .build();
        }
      }
    }
    return getSaveSecretsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.CopySecretsRequest,
      io.github.secretsvc.v1.CopySecretsResponse> getCopySecretsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CopySecrets",
      requestType = io.github.secretsvc.v1.CopySecretsRequest.class,
      responseType = io.github.secretsvc.v1.CopySecretsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.CopySecretsRequest,
      io.github.secretsvc.v1.CopySecretsResponse> getCopySecretsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.CopySecretsRequest, io.github.secretsvc.v1.CopySecretsResponse> getCopySecretsMethod;
    if ((getCopySecretsMethod = SecretServiceGrpc.getCopySecretsMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getCopySecretsMethod = SecretServiceGrpc.getCopySecretsMethod) == null) {
          SecretServiceGrpc.getCopySecretsMethod = getCopySecretsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.CopySecretsRequest, io.github.secretsvc.v1.CopySecretsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CopySecrets"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CopySecretsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CopySecretsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("CopySecrets"))
              .build();
        }
      }
    }
    return getCopySecretsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.CompareNamespacesRequest,
      io.github.secretsvc.v1.CompareNamespacesResponse> getCompareNamespacesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CompareNamespaces",
      requestType = io.github.secretsvc.v1.CompareNamespacesRequest.class,
      responseType = io.github.secretsvc.v1.CompareNamespacesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.CompareNamespacesRequest,
      io.github.secretsvc.v1.CompareNamespacesResponse> getCompareNamespacesMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.CompareNamespacesRequest, io.github.secretsvc.v1.CompareNamespacesResponse> getCompareNamespacesMethod;
    if ((getCompareNamespacesMethod = SecretServiceGrpc.getCompareNamespacesMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getCompareNamespacesMethod = SecretServiceGrpc.getCompareNamespacesMethod) == null) {
          SecretServiceGrpc.getCompareNamespacesMethod = getCompareNamespacesMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.CompareNamespacesRequest, io.github.secretsvc.v1.CompareNamespacesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CompareNamespaces"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CompareNamespacesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CompareNamespacesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("CompareNamespaces"))
              .build();
        }
      }
    }
    return getCompareNamespacesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemoveSecretsRequest,
      io.github.secretsvc.v1.RemoveSecretsResponse> getRemoveSecretsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemoveSecrets",
      requestType = io.github.secretsvc.v1.RemoveSecretsRequest.class,
      responseType = io.github.secretsvc.v1.RemoveSecretsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemoveSecretsRequest,
      io.github.secretsvc.v1.RemoveSecretsResponse> getRemoveSecretsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemoveSecretsRequest, io.github.secretsvc.v1.RemoveSecretsResponse> getRemoveSecretsMethod;
    if ((getRemoveSecretsMethod = SecretServiceGrpc.getRemoveSecretsMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getRemoveSecretsMethod = SecretServiceGrpc.getRemoveSecretsMethod) == null) {
          SecretServiceGrpc.getRemoveSecretsMethod = getRemoveSecretsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.RemoveSecretsRequest, io.github.secretsvc.v1.RemoveSecretsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemoveSecrets"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RemoveSecretsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RemoveSecretsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("RemoveSecrets"))
              .build();
        }
      }
    }
    return getRemoveSecretsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListVersionsRequest,
      io.github.secretsvc.v1.ListVersionsResponse> getListVersionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListVersions",
      requestType = io.github.secretsvc.v1.ListVersionsRequest.class,
      responseType = io.github.secretsvc.v1.ListVersionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListVersionsRequest,
      io.github.secretsvc.v1.ListVersionsResponse> getListVersionsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListVersionsRequest, io.github.secretsvc.v1.ListVersionsResponse> getListVersionsMethod;
    if ((getListVersionsMethod = SecretServiceGrpc.getListVersionsMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getListVersionsMethod = SecretServiceGrpc.getListVersionsMethod) == null) {
          SecretServiceGrpc.getListVersionsMethod = getListVersionsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListVersionsRequest, io.github.secretsvc.v1.ListVersionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListVersions"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListVersionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListVersionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("ListVersions"))
              .build();
        }
      }
    }
    return getListVersionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.RestoreVersionRequest,
      io.github.secretsvc.v1.RestoreVersionResponse> getRestoreVersionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RestoreVersion",
      requestType = io.github.secretsvc.v1.RestoreVersionRequest.class,
      responseType = io.github.secretsvc.v1.RestoreVersionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.RestoreVersionRequest,
      io.github.secretsvc.v1.RestoreVersionResponse> getRestoreVersionMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.RestoreVersionRequest, io.github.secretsvc.v1.RestoreVersionResponse> getRestoreVersionMethod;
    if ((getRestoreVersionMethod = SecretServiceGrpc.getRestoreVersionMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getRestoreVersionMethod = SecretServiceGrpc.getRestoreVersionMethod) == null) {
          SecretServiceGrpc.getRestoreVersionMethod = getRestoreVersionMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.RestoreVersionRequest, io.github.secretsvc.v1.RestoreVersionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RestoreVersion"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RestoreVersionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RestoreVersionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("RestoreVersion"))
              .build();
        }
      }
    }
    return getRestoreVersionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.PurgeSecretsRequest,
      io.github.secretsvc.v1.PurgeSecretsResponse> getPurgeSecretsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PurgeSecrets",
      requestType = io.github.secretsvc.v1.PurgeSecretsRequest.class,
      responseType = io.github.secretsvc.v1.PurgeSecretsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.PurgeSecretsRequest,
      io.github.secretsvc.v1.PurgeSecretsResponse> getPurgeSecretsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.PurgeSecretsRequest, io.github.secretsvc.v1.PurgeSecretsResponse> getPurgeSecretsMethod;
    if ((getPurgeSecretsMethod = SecretServiceGrpc.getPurgeSecretsMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getPurgeSecretsMethod = SecretServiceGrpc.getPurgeSecretsMethod) == null) {
          SecretServiceGrpc.getPurgeSecretsMethod = getPurgeSecretsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.PurgeSecretsRequest, io.github.secretsvc.v1.PurgeSecretsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PurgeSecrets"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.PurgeSecretsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.PurgeSecretsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("PurgeSecrets"))
              .build();
        }
      }
    }
    return getPurgeSecretsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.GetSealingKeyRequest,
      io.github.secretsvc.v1.GetSealingKeyResponse> getGetSealingKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetSealingKey",
      requestType = io.github.secretsvc.v1.GetSealingKeyRequest.class,
      responseType = io.github.secretsvc.v1.GetSealingKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.GetSealingKeyRequest,
      io.github.secretsvc.v1.GetSealingKeyResponse> getGetSealingKeyMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.GetSealingKeyRequest, io.github.secretsvc.v1.GetSealingKeyResponse> getGetSealingKeyMethod;
    if ((getGetSealingKeyMethod = SecretServiceGrpc.getGetSealingKeyMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getGetSealingKeyMethod = SecretServiceGrpc.getGetSealingKeyMethod) == null) {
          SecretServiceGrpc.getGetSealingKeyMethod = getGetSealingKeyMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.GetSealingKeyRequest, io.github.secretsvc.v1.GetSealingKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetSealingKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.GetSealingKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.GetSealingKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("GetSealingKey"))
              .build();
        }
      }
    }
    return getGetSealingKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.EncryptValueRequest,
      io.github.secretsvc.v1.EncryptValueResponse> getEncryptValueMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EncryptValue",
      requestType = io.github.secretsvc.v1.EncryptValueRequest.class,
      responseType = io.github.secretsvc.v1.EncryptValueResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.EncryptValueRequest,
      io.github.secretsvc.v1.EncryptValueResponse> getEncryptValueMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.EncryptValueRequest, io.github.secretsvc.v1.EncryptValueResponse> getEncryptValueMethod;
    if ((getEncryptValueMethod = SecretServiceGrpc.getEncryptValueMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getEncryptValueMethod = SecretServiceGrpc.getEncryptValueMethod) == null) {
          SecretServiceGrpc.getEncryptValueMethod = getEncryptValueMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.EncryptValueRequest, io.github.secretsvc.v1.EncryptValueResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EncryptValue"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.EncryptValueRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.EncryptValueResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("EncryptValue"))
              .build();
        }
      }
    }
    return getEncryptValueMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.DecryptValueRequest,
      io.github.secretsvc.v1.DecryptValueResponse> getDecryptValueMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DecryptValue",
      requestType = io.github.secretsvc.v1.DecryptValueRequest.class,
      responseType = io.github.secretsvc.v1.DecryptValueResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.DecryptValueRequest,
      io.github.secretsvc.v1.DecryptValueResponse> getDecryptValueMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.DecryptValueRequest, io.github.secretsvc.v1.DecryptValueResponse> getDecryptValueMethod;
    if ((getDecryptValueMethod = SecretServiceGrpc.getDecryptValueMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getDecryptValueMethod = SecretServiceGrpc.getDecryptValueMethod) == null) {
          SecretServiceGrpc.getDecryptValueMethod = getDecryptValueMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.DecryptValueRequest, io.github.secretsvc.v1.DecryptValueResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DecryptValue"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.DecryptValueRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.DecryptValueResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("DecryptValue"))
              .build();
        }
      }
    }
    return getDecryptValueMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ExplainAccessRequest,
      io.github.secretsvc.v1.ExplainAccessResponse> getExplainAccessMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ExplainAccess",
      requestType = io.github.secretsvc.v1.ExplainAccessRequest.class,
      responseType = io.github.secretsvc.v1.ExplainAccessResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ExplainAccessRequest,
      io.github.secretsvc.v1.ExplainAccessResponse> getExplainAccessMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ExplainAccessRequest, io.github.secretsvc.v1.ExplainAccessResponse> getExplainAccessMethod;
    if ((getExplainAccessMethod = SecretServiceGrpc.getExplainAccessMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getExplainAccessMethod = SecretServiceGrpc.getExplainAccessMethod) == null) {
          SecretServiceGrpc.getExplainAccessMethod = getExplainAccessMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ExplainAccessRequest, io.github.secretsvc.v1.ExplainAccessResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ExplainAccess"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ExplainAccessRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ExplainAccessResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("ExplainAccess"))
              .build();
        }
      }
    }
    return getExplainAccessMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.WatchSecretsRequest,
      io.github.secretsvc.v1.WatchSecretsResponse> getWatchSecretsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchSecrets",
      requestType = io.github.secretsvc.v1.WatchSecretsRequest.class,
      responseType = io.github.secretsvc.v1.WatchSecretsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.WatchSecretsRequest,
      io.github.secretsvc.v1.WatchSecretsResponse> getWatchSecretsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.WatchSecretsRequest, io.github.secretsvc.v1.WatchSecretsResponse> getWatchSecretsMethod;
    if ((getWatchSecretsMethod = SecretServiceGrpc.getWatchSecretsMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getWatchSecretsMethod = SecretServiceGrpc.getWatchSecretsMethod) == null) {
          SecretServiceGrpc.getWatchSecretsMethod = getWatchSecretsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.WatchSecretsRequest, io.github.secretsvc.v1.WatchSecretsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchSecrets"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.WatchSecretsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.WatchSecretsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("WatchSecrets"))
              .build();
        }
      }
    }
    return getWatchSecretsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.IsSecureRequest,
      io.github.secretsvc.v1.IsSecureResponse> getIsSecureMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "IsSecure",
      requestType = io.github.secretsvc.v1.IsSecureRequest.class,
      responseType = io.github.secretsvc.v1.IsSecureResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.IsSecureRequest,
      io.github.secretsvc.v1.IsSecureResponse> getIsSecureMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.IsSecureRequest, io.github.secretsvc.v1.IsSecureResponse> getIsSecureMethod;
    if ((getIsSecureMethod = SecretServiceGrpc.getIsSecureMethod) == null) {
      synchronized (SecretServiceGrpc.class) {
        if ((getIsSecureMethod = SecretServiceGrpc.getIsSecureMethod) == null) {
          SecretServiceGrpc.getIsSecureMethod = getIsSecureMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.IsSecureRequest, io.github.secretsvc.v1.IsSecureResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "IsSecure"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.IsSecureRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.IsSecureResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SecretServiceMethodDescriptorSupplier("IsSecure"))
              .build();
        }
      }
    }
    return getIsSecureMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SecretServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SecretServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SecretServiceStub>() {
        @java.lang.Override
        public SecretServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SecretServiceStub(channel, callOptions);
        }
      };
    return SecretServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SecretServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SecretServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SecretServiceBlockingV2Stub>() {
        @java.lang.Override
        public SecretServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SecretServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SecretServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SecretServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SecretServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SecretServiceBlockingStub>() {
        @java.lang.Override
        public SecretServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SecretServiceBlockingStub(channel, callOptions);
        }
      };
    return SecretServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SecretServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SecretServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SecretServiceFutureStub>() {
        @java.lang.Override
        public SecretServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SecretServiceFutureStub(channel, callOptions);
        }
      };
    return SecretServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * SecretService stores configuration secrets. The tenant always comes from the caller's credentials. A secret on which
   * the caller has no right at all does not exist for that caller.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * ListSecrets returns secrets by name, or pages through those that the caller can see, ordered by the bytes of the
     * key. Named secrets that are not shown are listed as missing, without a reason. Never PERMISSION_DENIED.
     * </pre>
     */
    default void listSecrets(io.github.secretsvc.v1.ListSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListSecretsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListSecretsMethod(), responseObserver);
    }

    /**
     * <pre>
     * SaveSecrets creates, updates and removes secrets in one atomic batch: all of it is stored, or nothing.
     * Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND (an id that names nothing visible), ABORTED (stale
     * if_version, or too many concurrent writers), ALREADY_EXISTS (reused idempotency key),
     * RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    default void saveSecrets(io.github.secretsvc.v1.SaveSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SaveSecretsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSaveSecretsMethod(), responseObserver);
    }

    /**
     * <pre>
     * CopySecrets creates secrets with the values and the metadata of others: all of them, or none. With move the others are
     * removed. No value leaves the service. Needs the right to read each source and, for a move, to delete it, and to create
     * each target; the lists are those of a new secret. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (a target exists, or a
     * source is not at its if_version), ALREADY_EXISTS (reused idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    default void copySecrets(io.github.secretsvc.v1.CopySecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CopySecretsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCopySecretsMethod(), responseObserver);
    }

    /**
     * <pre>
     * CompareNamespaces says which secrets two namespaces have, and which of them are the same. Values are compared in the
     * service, for callers who may read both. It never shows one. Errors: INVALID_ARGUMENT (also more than 1,000 secrets in
     * one of them).
     * </pre>
     */
    default void compareNamespaces(io.github.secretsvc.v1.CompareNamespacesRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CompareNamespacesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCompareNamespacesMethod(), responseObserver);
    }

    /**
     * <pre>
     * RemoveSecrets removes secrets by key or by id: all of them, or none. A removed secret keeps its id, its version
     * counter and its access lists for at least 30 days. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, ALREADY_EXISTS
     * (reused idempotency key), DATA_LOSS.
     * </pre>
     */
    default void removeSecrets(io.github.secretsvc.v1.RemoveSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemoveSecretsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemoveSecretsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListVersions shows who changed what of a secret and when, version by version, as far as versions are retained. Old
     * values only on request, and with the right read. A removed secret is shown for 30 days to callers who may bring it back.
     * Errors: NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    default void listVersions(io.github.secretsvc.v1.ListVersionsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListVersionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListVersionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * RestoreVersion makes the value of an old version the current one, as a new version. Lists, owner and metadata stay as
     * they are. It also brings back a removed secret, with the metadata of that version. Needs the right write. Errors:
     * NOT_FOUND (no such secret or version, or not for this caller), PERMISSION_DENIED, ABORTED, ALREADY_EXISTS (reused
     * idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    default void restoreVersion(io.github.secretsvc.v1.RestoreVersionRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RestoreVersionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRestoreVersionMethod(), responseObserver);
    }

    /**
     * <pre>
     * PurgeSecrets permanently deletes removed secrets, or the old versions of secrets: all that are named, or none. They
     * cannot be brought back. Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION (a secret that is not
     * removed), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    default void purgeSecrets(io.github.secretsvc.v1.PurgeSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.PurgeSecretsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPurgeSecretsMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetSealingKey returns the public key with which values are sealed offline, for git. Needs no token. Error:
     * FAILED_PRECONDITION when the service has none.
     * </pre>
     */
    default void getSealingKey(io.github.secretsvc.v1.GetSealingKeyRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.GetSealingKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetSealingKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * EncryptValue seals values. Sealed values are safe in git, and are saved with encrypted set. Clients can also seal
     * offline, with the sealing key. Nothing is stored. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION when the service has
     * no sealing key.
     * </pre>
     */
    default void encryptValue(io.github.secretsvc.v1.EncryptValueRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.EncryptValueResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEncryptValueMethod(), responseObserver);
    }

    /**
     * <pre>
     * DecryptValue opens sealed values: all of them, or none. A value that is sealed for a key needs the right read on that
     * secret, or an admin. A value that is sealed for a principal is opened for that principal and for admins. Errors:
     * INVALID_ARGUMENT, NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED.
     * </pre>
     */
    default void decryptValue(io.github.secretsvc.v1.DecryptValueRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.DecryptValueResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDecryptValueMethod(), responseObserver);
    }

    /**
     * <pre>
     * ExplainAccess shows what a user may do with a key, right by right, and the rule that decided; or who has one right on
     * it. Only admins may ask about others. A secret on which the caller has no right is explained like one that does not
     * exist. Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND, DATA_LOSS.
     * </pre>
     */
    default void explainAccess(io.github.secretsvc.v1.ExplainAccessRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ExplainAccessResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getExplainAccessMethod(), responseObserver);
    }

    /**
     * <pre>
     * WatchSecrets sends every change of the secrets that the caller can see, in order, each once. The first message comes
     * immediately and marks the point from which changes are sent. A resume token continues where an earlier stream ended.
     * The stream ends with UNAUTHENTICATED within a second after the token is revoked. Errors: INVALID_ARGUMENT,
     * OUT_OF_RANGE (the resume token is too old, or the rights of the caller have changed: start over), RESOURCE_EXHAUSTED
     * (too many watchers).
     * </pre>
     */
    default void watchSecrets(io.github.secretsvc.v1.WatchSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.WatchSecretsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchSecretsMethod(), responseObserver);
    }

    /**
     * <pre>
     * IsSecure reports whether the service is set up safely. Only operators see the reasons.
     * </pre>
     */
    default void isSecure(io.github.secretsvc.v1.IsSecureRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.IsSecureResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getIsSecureMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SecretService.
   * <pre>
   * SecretService stores configuration secrets. The tenant always comes from the caller's credentials. A secret on which
   * the caller has no right at all does not exist for that caller.
   * </pre>
   */
  public static abstract class SecretServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SecretServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SecretService.
   * <pre>
   * SecretService stores configuration secrets. The tenant always comes from the caller's credentials. A secret on which
   * the caller has no right at all does not exist for that caller.
   * </pre>
   */
  public static final class SecretServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SecretServiceStub> {
    private SecretServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SecretServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SecretServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListSecrets returns secrets by name, or pages through those that the caller can see, ordered by the bytes of the
     * key. Named secrets that are not shown are listed as missing, without a reason. Never PERMISSION_DENIED.
     * </pre>
     */
    public void listSecrets(io.github.secretsvc.v1.ListSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListSecretsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListSecretsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * SaveSecrets creates, updates and removes secrets in one atomic batch: all of it is stored, or nothing.
     * Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND (an id that names nothing visible), ABORTED (stale
     * if_version, or too many concurrent writers), ALREADY_EXISTS (reused idempotency key),
     * RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public void saveSecrets(io.github.secretsvc.v1.SaveSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SaveSecretsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSaveSecretsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CopySecrets creates secrets with the values and the metadata of others: all of them, or none. With move the others are
     * removed. No value leaves the service. Needs the right to read each source and, for a move, to delete it, and to create
     * each target; the lists are those of a new secret. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (a target exists, or a
     * source is not at its if_version), ALREADY_EXISTS (reused idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public void copySecrets(io.github.secretsvc.v1.CopySecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CopySecretsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCopySecretsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CompareNamespaces says which secrets two namespaces have, and which of them are the same. Values are compared in the
     * service, for callers who may read both. It never shows one. Errors: INVALID_ARGUMENT (also more than 1,000 secrets in
     * one of them).
     * </pre>
     */
    public void compareNamespaces(io.github.secretsvc.v1.CompareNamespacesRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CompareNamespacesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCompareNamespacesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RemoveSecrets removes secrets by key or by id: all of them, or none. A removed secret keeps its id, its version
     * counter and its access lists for at least 30 days. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, ALREADY_EXISTS
     * (reused idempotency key), DATA_LOSS.
     * </pre>
     */
    public void removeSecrets(io.github.secretsvc.v1.RemoveSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemoveSecretsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemoveSecretsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListVersions shows who changed what of a secret and when, version by version, as far as versions are retained. Old
     * values only on request, and with the right read. A removed secret is shown for 30 days to callers who may bring it back.
     * Errors: NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    public void listVersions(io.github.secretsvc.v1.ListVersionsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListVersionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListVersionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RestoreVersion makes the value of an old version the current one, as a new version. Lists, owner and metadata stay as
     * they are. It also brings back a removed secret, with the metadata of that version. Needs the right write. Errors:
     * NOT_FOUND (no such secret or version, or not for this caller), PERMISSION_DENIED, ABORTED, ALREADY_EXISTS (reused
     * idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public void restoreVersion(io.github.secretsvc.v1.RestoreVersionRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RestoreVersionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRestoreVersionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * PurgeSecrets permanently deletes removed secrets, or the old versions of secrets: all that are named, or none. They
     * cannot be brought back. Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION (a secret that is not
     * removed), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public void purgeSecrets(io.github.secretsvc.v1.PurgeSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.PurgeSecretsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPurgeSecretsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetSealingKey returns the public key with which values are sealed offline, for git. Needs no token. Error:
     * FAILED_PRECONDITION when the service has none.
     * </pre>
     */
    public void getSealingKey(io.github.secretsvc.v1.GetSealingKeyRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.GetSealingKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetSealingKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * EncryptValue seals values. Sealed values are safe in git, and are saved with encrypted set. Clients can also seal
     * offline, with the sealing key. Nothing is stored. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION when the service has
     * no sealing key.
     * </pre>
     */
    public void encryptValue(io.github.secretsvc.v1.EncryptValueRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.EncryptValueResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEncryptValueMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DecryptValue opens sealed values: all of them, or none. A value that is sealed for a key needs the right read on that
     * secret, or an admin. A value that is sealed for a principal is opened for that principal and for admins. Errors:
     * INVALID_ARGUMENT, NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED.
     * </pre>
     */
    public void decryptValue(io.github.secretsvc.v1.DecryptValueRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.DecryptValueResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDecryptValueMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ExplainAccess shows what a user may do with a key, right by right, and the rule that decided; or who has one right on
     * it. Only admins may ask about others. A secret on which the caller has no right is explained like one that does not
     * exist. Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND, DATA_LOSS.
     * </pre>
     */
    public void explainAccess(io.github.secretsvc.v1.ExplainAccessRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ExplainAccessResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getExplainAccessMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * WatchSecrets sends every change of the secrets that the caller can see, in order, each once. The first message comes
     * immediately and marks the point from which changes are sent. A resume token continues where an earlier stream ended.
     * The stream ends with UNAUTHENTICATED within a second after the token is revoked. Errors: INVALID_ARGUMENT,
     * OUT_OF_RANGE (the resume token is too old, or the rights of the caller have changed: start over), RESOURCE_EXHAUSTED
     * (too many watchers).
     * </pre>
     */
    public void watchSecrets(io.github.secretsvc.v1.WatchSecretsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.WatchSecretsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchSecretsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * IsSecure reports whether the service is set up safely. Only operators see the reasons.
     * </pre>
     */
    public void isSecure(io.github.secretsvc.v1.IsSecureRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.IsSecureResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getIsSecureMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SecretService.
   * <pre>
   * SecretService stores configuration secrets. The tenant always comes from the caller's credentials. A secret on which
   * the caller has no right at all does not exist for that caller.
   * </pre>
   */
  public static final class SecretServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SecretServiceBlockingV2Stub> {
    private SecretServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SecretServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SecretServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * ListSecrets returns secrets by name, or pages through those that the caller can see, ordered by the bytes of the
     * key. Named secrets that are not shown are listed as missing, without a reason. Never PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListSecretsResponse listSecrets(io.github.secretsvc.v1.ListSecretsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SaveSecrets creates, updates and removes secrets in one atomic batch: all of it is stored, or nothing.
     * Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND (an id that names nothing visible), ABORTED (stale
     * if_version, or too many concurrent writers), ALREADY_EXISTS (reused idempotency key),
     * RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.SaveSecretsResponse saveSecrets(io.github.secretsvc.v1.SaveSecretsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSaveSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CopySecrets creates secrets with the values and the metadata of others: all of them, or none. With move the others are
     * removed. No value leaves the service. Needs the right to read each source and, for a move, to delete it, and to create
     * each target; the lists are those of a new secret. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (a target exists, or a
     * source is not at its if_version), ALREADY_EXISTS (reused idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.CopySecretsResponse copySecrets(io.github.secretsvc.v1.CopySecretsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCopySecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CompareNamespaces says which secrets two namespaces have, and which of them are the same. Values are compared in the
     * service, for callers who may read both. It never shows one. Errors: INVALID_ARGUMENT (also more than 1,000 secrets in
     * one of them).
     * </pre>
     */
    public io.github.secretsvc.v1.CompareNamespacesResponse compareNamespaces(io.github.secretsvc.v1.CompareNamespacesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCompareNamespacesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemoveSecrets removes secrets by key or by id: all of them, or none. A removed secret keeps its id, its version
     * counter and its access lists for at least 30 days. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, ALREADY_EXISTS
     * (reused idempotency key), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RemoveSecretsResponse removeSecrets(io.github.secretsvc.v1.RemoveSecretsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemoveSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListVersions shows who changed what of a secret and when, version by version, as far as versions are retained. Old
     * values only on request, and with the right read. A removed secret is shown for 30 days to callers who may bring it back.
     * Errors: NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.ListVersionsResponse listVersions(io.github.secretsvc.v1.ListVersionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListVersionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RestoreVersion makes the value of an old version the current one, as a new version. Lists, owner and metadata stay as
     * they are. It also brings back a removed secret, with the metadata of that version. Needs the right write. Errors:
     * NOT_FOUND (no such secret or version, or not for this caller), PERMISSION_DENIED, ABORTED, ALREADY_EXISTS (reused
     * idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RestoreVersionResponse restoreVersion(io.github.secretsvc.v1.RestoreVersionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRestoreVersionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * PurgeSecrets permanently deletes removed secrets, or the old versions of secrets: all that are named, or none. They
     * cannot be brought back. Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION (a secret that is not
     * removed), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.PurgeSecretsResponse purgeSecrets(io.github.secretsvc.v1.PurgeSecretsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPurgeSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSealingKey returns the public key with which values are sealed offline, for git. Needs no token. Error:
     * FAILED_PRECONDITION when the service has none.
     * </pre>
     */
    public io.github.secretsvc.v1.GetSealingKeyResponse getSealingKey(io.github.secretsvc.v1.GetSealingKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetSealingKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * EncryptValue seals values. Sealed values are safe in git, and are saved with encrypted set. Clients can also seal
     * offline, with the sealing key. Nothing is stored. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION when the service has
     * no sealing key.
     * </pre>
     */
    public io.github.secretsvc.v1.EncryptValueResponse encryptValue(io.github.secretsvc.v1.EncryptValueRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEncryptValueMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DecryptValue opens sealed values: all of them, or none. A value that is sealed for a key needs the right read on that
     * secret, or an admin. A value that is sealed for a principal is opened for that principal and for admins. Errors:
     * INVALID_ARGUMENT, NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.DecryptValueResponse decryptValue(io.github.secretsvc.v1.DecryptValueRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDecryptValueMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ExplainAccess shows what a user may do with a key, right by right, and the rule that decided; or who has one right on
     * it. Only admins may ask about others. A secret on which the caller has no right is explained like one that does not
     * exist. Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.ExplainAccessResponse explainAccess(io.github.secretsvc.v1.ExplainAccessRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getExplainAccessMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WatchSecrets sends every change of the secrets that the caller can see, in order, each once. The first message comes
     * immediately and marks the point from which changes are sent. A resume token continues where an earlier stream ended.
     * The stream ends with UNAUTHENTICATED within a second after the token is revoked. Errors: INVALID_ARGUMENT,
     * OUT_OF_RANGE (the resume token is too old, or the rights of the caller have changed: start over), RESOURCE_EXHAUSTED
     * (too many watchers).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.github.secretsvc.v1.WatchSecretsResponse>
        watchSecrets(io.github.secretsvc.v1.WatchSecretsRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * IsSecure reports whether the service is set up safely. Only operators see the reasons.
     * </pre>
     */
    public io.github.secretsvc.v1.IsSecureResponse isSecure(io.github.secretsvc.v1.IsSecureRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getIsSecureMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SecretService.
   * <pre>
   * SecretService stores configuration secrets. The tenant always comes from the caller's credentials. A secret on which
   * the caller has no right at all does not exist for that caller.
   * </pre>
   */
  public static final class SecretServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SecretServiceBlockingStub> {
    private SecretServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SecretServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SecretServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListSecrets returns secrets by name, or pages through those that the caller can see, ordered by the bytes of the
     * key. Named secrets that are not shown are listed as missing, without a reason. Never PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListSecretsResponse listSecrets(io.github.secretsvc.v1.ListSecretsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SaveSecrets creates, updates and removes secrets in one atomic batch: all of it is stored, or nothing.
     * Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND (an id that names nothing visible), ABORTED (stale
     * if_version, or too many concurrent writers), ALREADY_EXISTS (reused idempotency key),
     * RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.SaveSecretsResponse saveSecrets(io.github.secretsvc.v1.SaveSecretsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSaveSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CopySecrets creates secrets with the values and the metadata of others: all of them, or none. With move the others are
     * removed. No value leaves the service. Needs the right to read each source and, for a move, to delete it, and to create
     * each target; the lists are those of a new secret. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (a target exists, or a
     * source is not at its if_version), ALREADY_EXISTS (reused idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.CopySecretsResponse copySecrets(io.github.secretsvc.v1.CopySecretsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCopySecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CompareNamespaces says which secrets two namespaces have, and which of them are the same. Values are compared in the
     * service, for callers who may read both. It never shows one. Errors: INVALID_ARGUMENT (also more than 1,000 secrets in
     * one of them).
     * </pre>
     */
    public io.github.secretsvc.v1.CompareNamespacesResponse compareNamespaces(io.github.secretsvc.v1.CompareNamespacesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCompareNamespacesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemoveSecrets removes secrets by key or by id: all of them, or none. A removed secret keeps its id, its version
     * counter and its access lists for at least 30 days. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, ALREADY_EXISTS
     * (reused idempotency key), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RemoveSecretsResponse removeSecrets(io.github.secretsvc.v1.RemoveSecretsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemoveSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListVersions shows who changed what of a secret and when, version by version, as far as versions are retained. Old
     * values only on request, and with the right read. A removed secret is shown for 30 days to callers who may bring it back.
     * Errors: NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.ListVersionsResponse listVersions(io.github.secretsvc.v1.ListVersionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListVersionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RestoreVersion makes the value of an old version the current one, as a new version. Lists, owner and metadata stay as
     * they are. It also brings back a removed secret, with the metadata of that version. Needs the right write. Errors:
     * NOT_FOUND (no such secret or version, or not for this caller), PERMISSION_DENIED, ABORTED, ALREADY_EXISTS (reused
     * idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RestoreVersionResponse restoreVersion(io.github.secretsvc.v1.RestoreVersionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRestoreVersionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * PurgeSecrets permanently deletes removed secrets, or the old versions of secrets: all that are named, or none. They
     * cannot be brought back. Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION (a secret that is not
     * removed), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.PurgeSecretsResponse purgeSecrets(io.github.secretsvc.v1.PurgeSecretsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPurgeSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetSealingKey returns the public key with which values are sealed offline, for git. Needs no token. Error:
     * FAILED_PRECONDITION when the service has none.
     * </pre>
     */
    public io.github.secretsvc.v1.GetSealingKeyResponse getSealingKey(io.github.secretsvc.v1.GetSealingKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetSealingKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * EncryptValue seals values. Sealed values are safe in git, and are saved with encrypted set. Clients can also seal
     * offline, with the sealing key. Nothing is stored. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION when the service has
     * no sealing key.
     * </pre>
     */
    public io.github.secretsvc.v1.EncryptValueResponse encryptValue(io.github.secretsvc.v1.EncryptValueRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEncryptValueMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DecryptValue opens sealed values: all of them, or none. A value that is sealed for a key needs the right read on that
     * secret, or an admin. A value that is sealed for a principal is opened for that principal and for admins. Errors:
     * INVALID_ARGUMENT, NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.DecryptValueResponse decryptValue(io.github.secretsvc.v1.DecryptValueRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDecryptValueMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ExplainAccess shows what a user may do with a key, right by right, and the rule that decided; or who has one right on
     * it. Only admins may ask about others. A secret on which the caller has no right is explained like one that does not
     * exist. Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.ExplainAccessResponse explainAccess(io.github.secretsvc.v1.ExplainAccessRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getExplainAccessMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * WatchSecrets sends every change of the secrets that the caller can see, in order, each once. The first message comes
     * immediately and marks the point from which changes are sent. A resume token continues where an earlier stream ended.
     * The stream ends with UNAUTHENTICATED within a second after the token is revoked. Errors: INVALID_ARGUMENT,
     * OUT_OF_RANGE (the resume token is too old, or the rights of the caller have changed: start over), RESOURCE_EXHAUSTED
     * (too many watchers).
     * </pre>
     */
    public java.util.Iterator<io.github.secretsvc.v1.WatchSecretsResponse> watchSecrets(
        io.github.secretsvc.v1.WatchSecretsRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchSecretsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * IsSecure reports whether the service is set up safely. Only operators see the reasons.
     * </pre>
     */
    public io.github.secretsvc.v1.IsSecureResponse isSecure(io.github.secretsvc.v1.IsSecureRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getIsSecureMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SecretService.
   * <pre>
   * SecretService stores configuration secrets. The tenant always comes from the caller's credentials. A secret on which
   * the caller has no right at all does not exist for that caller.
   * </pre>
   */
  public static final class SecretServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SecretServiceFutureStub> {
    private SecretServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SecretServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SecretServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListSecrets returns secrets by name, or pages through those that the caller can see, ordered by the bytes of the
     * key. Named secrets that are not shown are listed as missing, without a reason. Never PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListSecretsResponse> listSecrets(
        io.github.secretsvc.v1.ListSecretsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListSecretsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * SaveSecrets creates, updates and removes secrets in one atomic batch: all of it is stored, or nothing.
     * Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND (an id that names nothing visible), ABORTED (stale
     * if_version, or too many concurrent writers), ALREADY_EXISTS (reused idempotency key),
     * RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.SaveSecretsResponse> saveSecrets(
        io.github.secretsvc.v1.SaveSecretsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSaveSecretsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CopySecrets creates secrets with the values and the metadata of others: all of them, or none. With move the others are
     * removed. No value leaves the service. Needs the right to read each source and, for a move, to delete it, and to create
     * each target; the lists are those of a new secret. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (a target exists, or a
     * source is not at its if_version), ALREADY_EXISTS (reused idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.CopySecretsResponse> copySecrets(
        io.github.secretsvc.v1.CopySecretsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCopySecretsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CompareNamespaces says which secrets two namespaces have, and which of them are the same. Values are compared in the
     * service, for callers who may read both. It never shows one. Errors: INVALID_ARGUMENT (also more than 1,000 secrets in
     * one of them).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.CompareNamespacesResponse> compareNamespaces(
        io.github.secretsvc.v1.CompareNamespacesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCompareNamespacesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * RemoveSecrets removes secrets by key or by id: all of them, or none. A removed secret keeps its id, its version
     * counter and its access lists for at least 30 days. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, ALREADY_EXISTS
     * (reused idempotency key), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.RemoveSecretsResponse> removeSecrets(
        io.github.secretsvc.v1.RemoveSecretsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemoveSecretsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListVersions shows who changed what of a secret and when, version by version, as far as versions are retained. Old
     * values only on request, and with the right read. A removed secret is shown for 30 days to callers who may bring it back.
     * Errors: NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListVersionsResponse> listVersions(
        io.github.secretsvc.v1.ListVersionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListVersionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * RestoreVersion makes the value of an old version the current one, as a new version. Lists, owner and metadata stay as
     * they are. It also brings back a removed secret, with the metadata of that version. Needs the right write. Errors:
     * NOT_FOUND (no such secret or version, or not for this caller), PERMISSION_DENIED, ABORTED, ALREADY_EXISTS (reused
     * idempotency key), RESOURCE_EXHAUSTED (a quota), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.RestoreVersionResponse> restoreVersion(
        io.github.secretsvc.v1.RestoreVersionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRestoreVersionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * PurgeSecrets permanently deletes removed secrets, or the old versions of secrets: all that are named, or none. They
     * cannot be brought back. Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION (a secret that is not
     * removed), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.PurgeSecretsResponse> purgeSecrets(
        io.github.secretsvc.v1.PurgeSecretsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPurgeSecretsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetSealingKey returns the public key with which values are sealed offline, for git. Needs no token. Error:
     * FAILED_PRECONDITION when the service has none.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.GetSealingKeyResponse> getSealingKey(
        io.github.secretsvc.v1.GetSealingKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetSealingKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * EncryptValue seals values. Sealed values are safe in git, and are saved with encrypted set. Clients can also seal
     * offline, with the sealing key. Nothing is stored. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION when the service has
     * no sealing key.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.EncryptValueResponse> encryptValue(
        io.github.secretsvc.v1.EncryptValueRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEncryptValueMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DecryptValue opens sealed values: all of them, or none. A value that is sealed for a key needs the right read on that
     * secret, or an admin. A value that is sealed for a principal is opened for that principal and for admins. Errors:
     * INVALID_ARGUMENT, NOT_FOUND (no such secret, or not for this caller), PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.DecryptValueResponse> decryptValue(
        io.github.secretsvc.v1.DecryptValueRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDecryptValueMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ExplainAccess shows what a user may do with a key, right by right, and the rule that decided; or who has one right on
     * it. Only admins may ask about others. A secret on which the caller has no right is explained like one that does not
     * exist. Errors: INVALID_ARGUMENT, PERMISSION_DENIED, NOT_FOUND, DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ExplainAccessResponse> explainAccess(
        io.github.secretsvc.v1.ExplainAccessRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getExplainAccessMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * IsSecure reports whether the service is set up safely. Only operators see the reasons.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.IsSecureResponse> isSecure(
        io.github.secretsvc.v1.IsSecureRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getIsSecureMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_SECRETS = 0;
  private static final int METHODID_SAVE_SECRETS = 1;
  private static final int METHODID_COPY_SECRETS = 2;
  private static final int METHODID_COMPARE_NAMESPACES = 3;
  private static final int METHODID_REMOVE_SECRETS = 4;
  private static final int METHODID_LIST_VERSIONS = 5;
  private static final int METHODID_RESTORE_VERSION = 6;
  private static final int METHODID_PURGE_SECRETS = 7;
  private static final int METHODID_GET_SEALING_KEY = 8;
  private static final int METHODID_ENCRYPT_VALUE = 9;
  private static final int METHODID_DECRYPT_VALUE = 10;
  private static final int METHODID_EXPLAIN_ACCESS = 11;
  private static final int METHODID_WATCH_SECRETS = 12;
  private static final int METHODID_IS_SECURE = 13;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_LIST_SECRETS:
          serviceImpl.listSecrets((io.github.secretsvc.v1.ListSecretsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListSecretsResponse>) responseObserver);
          break;
        case METHODID_SAVE_SECRETS:
          serviceImpl.saveSecrets((io.github.secretsvc.v1.SaveSecretsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SaveSecretsResponse>) responseObserver);
          break;
        case METHODID_COPY_SECRETS:
          serviceImpl.copySecrets((io.github.secretsvc.v1.CopySecretsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CopySecretsResponse>) responseObserver);
          break;
        case METHODID_COMPARE_NAMESPACES:
          serviceImpl.compareNamespaces((io.github.secretsvc.v1.CompareNamespacesRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CompareNamespacesResponse>) responseObserver);
          break;
        case METHODID_REMOVE_SECRETS:
          serviceImpl.removeSecrets((io.github.secretsvc.v1.RemoveSecretsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemoveSecretsResponse>) responseObserver);
          break;
        case METHODID_LIST_VERSIONS:
          serviceImpl.listVersions((io.github.secretsvc.v1.ListVersionsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListVersionsResponse>) responseObserver);
          break;
        case METHODID_RESTORE_VERSION:
          serviceImpl.restoreVersion((io.github.secretsvc.v1.RestoreVersionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RestoreVersionResponse>) responseObserver);
          break;
        case METHODID_PURGE_SECRETS:
          serviceImpl.purgeSecrets((io.github.secretsvc.v1.PurgeSecretsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.PurgeSecretsResponse>) responseObserver);
          break;
        case METHODID_GET_SEALING_KEY:
          serviceImpl.getSealingKey((io.github.secretsvc.v1.GetSealingKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.GetSealingKeyResponse>) responseObserver);
          break;
        case METHODID_ENCRYPT_VALUE:
          serviceImpl.encryptValue((io.github.secretsvc.v1.EncryptValueRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.EncryptValueResponse>) responseObserver);
          break;
        case METHODID_DECRYPT_VALUE:
          serviceImpl.decryptValue((io.github.secretsvc.v1.DecryptValueRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.DecryptValueResponse>) responseObserver);
          break;
        case METHODID_EXPLAIN_ACCESS:
          serviceImpl.explainAccess((io.github.secretsvc.v1.ExplainAccessRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ExplainAccessResponse>) responseObserver);
          break;
        case METHODID_WATCH_SECRETS:
          serviceImpl.watchSecrets((io.github.secretsvc.v1.WatchSecretsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.WatchSecretsResponse>) responseObserver);
          break;
        case METHODID_IS_SECURE:
          serviceImpl.isSecure((io.github.secretsvc.v1.IsSecureRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.IsSecureResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getListSecretsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListSecretsRequest,
              io.github.secretsvc.v1.ListSecretsResponse>(
                service, METHODID_LIST_SECRETS)))
        .addMethod(
          getSaveSecretsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.SaveSecretsRequest,
              io.github.secretsvc.v1.SaveSecretsResponse>(
                service, METHODID_SAVE_SECRETS)))
        .addMethod(
          getCopySecretsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.CopySecretsRequest,
              io.github.secretsvc.v1.CopySecretsResponse>(
                service, METHODID_COPY_SECRETS)))
        .addMethod(
          getCompareNamespacesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.CompareNamespacesRequest,
              io.github.secretsvc.v1.CompareNamespacesResponse>(
                service, METHODID_COMPARE_NAMESPACES)))
        .addMethod(
          getRemoveSecretsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.RemoveSecretsRequest,
              io.github.secretsvc.v1.RemoveSecretsResponse>(
                service, METHODID_REMOVE_SECRETS)))
        .addMethod(
          getListVersionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListVersionsRequest,
              io.github.secretsvc.v1.ListVersionsResponse>(
                service, METHODID_LIST_VERSIONS)))
        .addMethod(
          getRestoreVersionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.RestoreVersionRequest,
              io.github.secretsvc.v1.RestoreVersionResponse>(
                service, METHODID_RESTORE_VERSION)))
        .addMethod(
          getPurgeSecretsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.PurgeSecretsRequest,
              io.github.secretsvc.v1.PurgeSecretsResponse>(
                service, METHODID_PURGE_SECRETS)))
        .addMethod(
          getGetSealingKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.GetSealingKeyRequest,
              io.github.secretsvc.v1.GetSealingKeyResponse>(
                service, METHODID_GET_SEALING_KEY)))
        .addMethod(
          getEncryptValueMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.EncryptValueRequest,
              io.github.secretsvc.v1.EncryptValueResponse>(
                service, METHODID_ENCRYPT_VALUE)))
        .addMethod(
          getDecryptValueMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.DecryptValueRequest,
              io.github.secretsvc.v1.DecryptValueResponse>(
                service, METHODID_DECRYPT_VALUE)))
        .addMethod(
          getExplainAccessMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ExplainAccessRequest,
              io.github.secretsvc.v1.ExplainAccessResponse>(
                service, METHODID_EXPLAIN_ACCESS)))
        .addMethod(
          getWatchSecretsMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.github.secretsvc.v1.WatchSecretsRequest,
              io.github.secretsvc.v1.WatchSecretsResponse>(
                service, METHODID_WATCH_SECRETS)))
        .addMethod(
          getIsSecureMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.IsSecureRequest,
              io.github.secretsvc.v1.IsSecureResponse>(
                service, METHODID_IS_SECURE)))
        .build();
  }

  private static abstract class SecretServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SecretServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.secretsvc.v1.SecretServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SecretService");
    }
  }

  private static final class SecretServiceFileDescriptorSupplier
      extends SecretServiceBaseDescriptorSupplier {
    SecretServiceFileDescriptorSupplier() {}
  }

  private static final class SecretServiceMethodDescriptorSupplier
      extends SecretServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SecretServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (SecretServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SecretServiceFileDescriptorSupplier())
              .addMethod(getListSecretsMethod())
              .addMethod(getSaveSecretsMethod())
              .addMethod(getCopySecretsMethod())
              .addMethod(getCompareNamespacesMethod())
              .addMethod(getRemoveSecretsMethod())
              .addMethod(getListVersionsMethod())
              .addMethod(getRestoreVersionMethod())
              .addMethod(getPurgeSecretsMethod())
              .addMethod(getGetSealingKeyMethod())
              .addMethod(getEncryptValueMethod())
              .addMethod(getDecryptValueMethod())
              .addMethod(getExplainAccessMethod())
              .addMethod(getWatchSecretsMethod())
              .addMethod(getIsSecureMethod())
              .build();
        }
      }
    }
    return result;
  }
}
