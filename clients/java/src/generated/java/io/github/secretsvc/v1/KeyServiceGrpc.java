package io.github.secretsvc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * KeyService manages the encryption keys under which everything is stored. The keys themselves never leave the
 * service's configuration. Operators only.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class KeyServiceGrpc {

  private KeyServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "secret.v1.KeyService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListKeysRequest,
      io.github.secretsvc.v1.ListKeysResponse> getListKeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListKeys",
      requestType = io.github.secretsvc.v1.ListKeysRequest.class,
      responseType = io.github.secretsvc.v1.ListKeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListKeysRequest,
      io.github.secretsvc.v1.ListKeysResponse> getListKeysMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListKeysRequest, io.github.secretsvc.v1.ListKeysResponse> getListKeysMethod;
    if ((getListKeysMethod = KeyServiceGrpc.getListKeysMethod) == null) {
      synchronized (KeyServiceGrpc.class) {
        if ((getListKeysMethod = KeyServiceGrpc.getListKeysMethod) == null) {
          KeyServiceGrpc.getListKeysMethod = getListKeysMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListKeysRequest, io.github.secretsvc.v1.ListKeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListKeys"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListKeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListKeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new KeyServiceMethodDescriptorSupplier("ListKeys"))
              .build();
        }
      }
    }
    return getListKeysMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.RotateKeysRequest,
      io.github.secretsvc.v1.RotateKeysResponse> getRotateKeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RotateKeys",
      requestType = io.github.secretsvc.v1.RotateKeysRequest.class,
      responseType = io.github.secretsvc.v1.RotateKeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.RotateKeysRequest,
      io.github.secretsvc.v1.RotateKeysResponse> getRotateKeysMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.RotateKeysRequest, io.github.secretsvc.v1.RotateKeysResponse> getRotateKeysMethod;
    if ((getRotateKeysMethod = KeyServiceGrpc.getRotateKeysMethod) == null) {
      synchronized (KeyServiceGrpc.class) {
        if ((getRotateKeysMethod = KeyServiceGrpc.getRotateKeysMethod) == null) {
          KeyServiceGrpc.getRotateKeysMethod = getRotateKeysMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.RotateKeysRequest, io.github.secretsvc.v1.RotateKeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RotateKeys"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RotateKeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RotateKeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new KeyServiceMethodDescriptorSupplier("RotateKeys"))
              .build();
        }
      }
    }
    return getRotateKeysMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.DestroySealingKeyRequest,
      io.github.secretsvc.v1.DestroySealingKeyResponse> getDestroySealingKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DestroySealingKey",
      requestType = io.github.secretsvc.v1.DestroySealingKeyRequest.class,
      responseType = io.github.secretsvc.v1.DestroySealingKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.DestroySealingKeyRequest,
      io.github.secretsvc.v1.DestroySealingKeyResponse> getDestroySealingKeyMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.DestroySealingKeyRequest, io.github.secretsvc.v1.DestroySealingKeyResponse> getDestroySealingKeyMethod;
    if ((getDestroySealingKeyMethod = KeyServiceGrpc.getDestroySealingKeyMethod) == null) {
      synchronized (KeyServiceGrpc.class) {
        if ((getDestroySealingKeyMethod = KeyServiceGrpc.getDestroySealingKeyMethod) == null) {
          KeyServiceGrpc.getDestroySealingKeyMethod = getDestroySealingKeyMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.DestroySealingKeyRequest, io.github.secretsvc.v1.DestroySealingKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DestroySealingKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.DestroySealingKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.DestroySealingKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new KeyServiceMethodDescriptorSupplier("DestroySealingKey"))
              .build();
        }
      }
    }
    return getDestroySealingKeyMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static KeyServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<KeyServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<KeyServiceStub>() {
        @java.lang.Override
        public KeyServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new KeyServiceStub(channel, callOptions);
        }
      };
    return KeyServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static KeyServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<KeyServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<KeyServiceBlockingV2Stub>() {
        @java.lang.Override
        public KeyServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new KeyServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return KeyServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static KeyServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<KeyServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<KeyServiceBlockingStub>() {
        @java.lang.Override
        public KeyServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new KeyServiceBlockingStub(channel, callOptions);
        }
      };
    return KeyServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static KeyServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<KeyServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<KeyServiceFutureStub>() {
        @java.lang.Override
        public KeyServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new KeyServiceFutureStub(channel, callOptions);
        }
      };
    return KeyServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * KeyService manages the encryption keys under which everything is stored. The keys themselves never leave the
   * service's configuration. Operators only.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * ListKeys shows what still depends on each encryption key, and so whether the key can be dropped.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    default void listKeys(io.github.secretsvc.v1.ListKeysRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListKeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListKeysMethod(), responseObserver);
    }

    /**
     * <pre>
     * RotateKeys puts everything that is stored under former keys under the active one, while the service continues to serve.
     * It sends its progress until it has finished. No secret gets a new version. A rotation continues when the caller
     * disconnects. A call while it runs joins it, and a call after it was killed continues where it ended. Errors:
     * FAILED_PRECONDITION while another process of the service writes under another key, or lacks the active one.
     * </pre>
     */
    default void rotateKeys(io.github.secretsvc.v1.RotateKeysRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RotateKeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRotateKeysMethod(), responseObserver);
    }

    /**
     * <pre>
     * DestroySealingKey destroys the private key that opens values sealed for a former encryption key. They can never be
     * opened again. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION for the active key, ABORTED.
     * </pre>
     */
    default void destroySealingKey(io.github.secretsvc.v1.DestroySealingKeyRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.DestroySealingKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDestroySealingKeyMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service KeyService.
   * <pre>
   * KeyService manages the encryption keys under which everything is stored. The keys themselves never leave the
   * service's configuration. Operators only.
   * </pre>
   */
  public static abstract class KeyServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return KeyServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service KeyService.
   * <pre>
   * KeyService manages the encryption keys under which everything is stored. The keys themselves never leave the
   * service's configuration. Operators only.
   * </pre>
   */
  public static final class KeyServiceStub
      extends io.grpc.stub.AbstractAsyncStub<KeyServiceStub> {
    private KeyServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected KeyServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new KeyServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListKeys shows what still depends on each encryption key, and so whether the key can be dropped.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public void listKeys(io.github.secretsvc.v1.ListKeysRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListKeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListKeysMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RotateKeys puts everything that is stored under former keys under the active one, while the service continues to serve.
     * It sends its progress until it has finished. No secret gets a new version. A rotation continues when the caller
     * disconnects. A call while it runs joins it, and a call after it was killed continues where it ended. Errors:
     * FAILED_PRECONDITION while another process of the service writes under another key, or lacks the active one.
     * </pre>
     */
    public void rotateKeys(io.github.secretsvc.v1.RotateKeysRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RotateKeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getRotateKeysMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * DestroySealingKey destroys the private key that opens values sealed for a former encryption key. They can never be
     * opened again. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION for the active key, ABORTED.
     * </pre>
     */
    public void destroySealingKey(io.github.secretsvc.v1.DestroySealingKeyRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.DestroySealingKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDestroySealingKeyMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service KeyService.
   * <pre>
   * KeyService manages the encryption keys under which everything is stored. The keys themselves never leave the
   * service's configuration. Operators only.
   * </pre>
   */
  public static final class KeyServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<KeyServiceBlockingV2Stub> {
    private KeyServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected KeyServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new KeyServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * ListKeys shows what still depends on each encryption key, and so whether the key can be dropped.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListKeysResponse listKeys(io.github.secretsvc.v1.ListKeysRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RotateKeys puts everything that is stored under former keys under the active one, while the service continues to serve.
     * It sends its progress until it has finished. No secret gets a new version. A rotation continues when the caller
     * disconnects. A call while it runs joins it, and a call after it was killed continues where it ended. Errors:
     * FAILED_PRECONDITION while another process of the service writes under another key, or lacks the active one.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.github.secretsvc.v1.RotateKeysResponse>
        rotateKeys(io.github.secretsvc.v1.RotateKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getRotateKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DestroySealingKey destroys the private key that opens values sealed for a former encryption key. They can never be
     * opened again. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION for the active key, ABORTED.
     * </pre>
     */
    public io.github.secretsvc.v1.DestroySealingKeyResponse destroySealingKey(io.github.secretsvc.v1.DestroySealingKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDestroySealingKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service KeyService.
   * <pre>
   * KeyService manages the encryption keys under which everything is stored. The keys themselves never leave the
   * service's configuration. Operators only.
   * </pre>
   */
  public static final class KeyServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<KeyServiceBlockingStub> {
    private KeyServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected KeyServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new KeyServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListKeys shows what still depends on each encryption key, and so whether the key can be dropped.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListKeysResponse listKeys(io.github.secretsvc.v1.ListKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RotateKeys puts everything that is stored under former keys under the active one, while the service continues to serve.
     * It sends its progress until it has finished. No secret gets a new version. A rotation continues when the caller
     * disconnects. A call while it runs joins it, and a call after it was killed continues where it ended. Errors:
     * FAILED_PRECONDITION while another process of the service writes under another key, or lacks the active one.
     * </pre>
     */
    public java.util.Iterator<io.github.secretsvc.v1.RotateKeysResponse> rotateKeys(
        io.github.secretsvc.v1.RotateKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getRotateKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * DestroySealingKey destroys the private key that opens values sealed for a former encryption key. They can never be
     * opened again. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION for the active key, ABORTED.
     * </pre>
     */
    public io.github.secretsvc.v1.DestroySealingKeyResponse destroySealingKey(io.github.secretsvc.v1.DestroySealingKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDestroySealingKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service KeyService.
   * <pre>
   * KeyService manages the encryption keys under which everything is stored. The keys themselves never leave the
   * service's configuration. Operators only.
   * </pre>
   */
  public static final class KeyServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<KeyServiceFutureStub> {
    private KeyServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected KeyServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new KeyServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListKeys shows what still depends on each encryption key, and so whether the key can be dropped.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListKeysResponse> listKeys(
        io.github.secretsvc.v1.ListKeysRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListKeysMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * DestroySealingKey destroys the private key that opens values sealed for a former encryption key. They can never be
     * opened again. Errors: NOT_FOUND, PERMISSION_DENIED, FAILED_PRECONDITION for the active key, ABORTED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.DestroySealingKeyResponse> destroySealingKey(
        io.github.secretsvc.v1.DestroySealingKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDestroySealingKeyMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_KEYS = 0;
  private static final int METHODID_ROTATE_KEYS = 1;
  private static final int METHODID_DESTROY_SEALING_KEY = 2;

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
        case METHODID_LIST_KEYS:
          serviceImpl.listKeys((io.github.secretsvc.v1.ListKeysRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListKeysResponse>) responseObserver);
          break;
        case METHODID_ROTATE_KEYS:
          serviceImpl.rotateKeys((io.github.secretsvc.v1.RotateKeysRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RotateKeysResponse>) responseObserver);
          break;
        case METHODID_DESTROY_SEALING_KEY:
          serviceImpl.destroySealingKey((io.github.secretsvc.v1.DestroySealingKeyRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.DestroySealingKeyResponse>) responseObserver);
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
          getListKeysMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListKeysRequest,
              io.github.secretsvc.v1.ListKeysResponse>(
                service, METHODID_LIST_KEYS)))
        .addMethod(
          getRotateKeysMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.github.secretsvc.v1.RotateKeysRequest,
              io.github.secretsvc.v1.RotateKeysResponse>(
                service, METHODID_ROTATE_KEYS)))
        .addMethod(
          getDestroySealingKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.DestroySealingKeyRequest,
              io.github.secretsvc.v1.DestroySealingKeyResponse>(
                service, METHODID_DESTROY_SEALING_KEY)))
        .build();
  }

  private static abstract class KeyServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    KeyServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.secretsvc.v1.KeyServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("KeyService");
    }
  }

  private static final class KeyServiceFileDescriptorSupplier
      extends KeyServiceBaseDescriptorSupplier {
    KeyServiceFileDescriptorSupplier() {}
  }

  private static final class KeyServiceMethodDescriptorSupplier
      extends KeyServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    KeyServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (KeyServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new KeyServiceFileDescriptorSupplier())
              .addMethod(getListKeysMethod())
              .addMethod(getRotateKeysMethod())
              .addMethod(getDestroySealingKeyMethod())
              .build();
        }
      }
    }
    return result;
  }
}
