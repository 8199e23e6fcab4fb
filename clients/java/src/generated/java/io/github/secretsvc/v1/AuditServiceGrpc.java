package io.github.secretsvc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * AuditService shows who did what. Every decision is recorded before its effect leaves the service.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AuditServiceGrpc {

  private AuditServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "secret.v1.AuditService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListAuditEventsRequest,
      io.github.secretsvc.v1.ListAuditEventsResponse> getListAuditEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAuditEvents",
      requestType = io.github.secretsvc.v1.ListAuditEventsRequest.class,
      responseType = io.github.secretsvc.v1.ListAuditEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListAuditEventsRequest,
      io.github.secretsvc.v1.ListAuditEventsResponse> getListAuditEventsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListAuditEventsRequest, io.github.secretsvc.v1.ListAuditEventsResponse> getListAuditEventsMethod;
    if ((getListAuditEventsMethod = AuditServiceGrpc.getListAuditEventsMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getListAuditEventsMethod = AuditServiceGrpc.getListAuditEventsMethod) == null) {
          AuditServiceGrpc.getListAuditEventsMethod = getListAuditEventsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListAuditEventsRequest, io.github.secretsvc.v1.ListAuditEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAuditEvents"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListAuditEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListAuditEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("ListAuditEvents"))
              .build();
        }
      }
    }
    return getListAuditEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListUsageRequest,
      io.github.secretsvc.v1.ListUsageResponse> getListUsageMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListUsage",
      requestType = io.github.secretsvc.v1.ListUsageRequest.class,
      responseType = io.github.secretsvc.v1.ListUsageResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListUsageRequest,
      io.github.secretsvc.v1.ListUsageResponse> getListUsageMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListUsageRequest, io.github.secretsvc.v1.ListUsageResponse> getListUsageMethod;
    if ((getListUsageMethod = AuditServiceGrpc.getListUsageMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getListUsageMethod = AuditServiceGrpc.getListUsageMethod) == null) {
          AuditServiceGrpc.getListUsageMethod = getListUsageMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListUsageRequest, io.github.secretsvc.v1.ListUsageResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListUsage"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListUsageRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListUsageResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("ListUsage"))
              .build();
        }
      }
    }
    return getListUsageMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.VerifyAuditRequest,
      io.github.secretsvc.v1.VerifyAuditResponse> getVerifyAuditMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "VerifyAudit",
      requestType = io.github.secretsvc.v1.VerifyAuditRequest.class,
      responseType = io.github.secretsvc.v1.VerifyAuditResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.VerifyAuditRequest,
      io.github.secretsvc.v1.VerifyAuditResponse> getVerifyAuditMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.VerifyAuditRequest, io.github.secretsvc.v1.VerifyAuditResponse> getVerifyAuditMethod;
    if ((getVerifyAuditMethod = AuditServiceGrpc.getVerifyAuditMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getVerifyAuditMethod = AuditServiceGrpc.getVerifyAuditMethod) == null) {
          AuditServiceGrpc.getVerifyAuditMethod = getVerifyAuditMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.VerifyAuditRequest, io.github.secretsvc.v1.VerifyAuditResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "VerifyAudit"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.VerifyAuditRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.VerifyAuditResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("VerifyAudit"))
              .build();
        }
      }
    }
    return getVerifyAuditMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.CloseAuditChainRequest,
      io.github.secretsvc.v1.CloseAuditChainResponse> getCloseAuditChainMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CloseAuditChain",
      requestType = io.github.secretsvc.v1.CloseAuditChainRequest.class,
      responseType = io.github.secretsvc.v1.CloseAuditChainResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.CloseAuditChainRequest,
      io.github.secretsvc.v1.CloseAuditChainResponse> getCloseAuditChainMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.CloseAuditChainRequest, io.github.secretsvc.v1.CloseAuditChainResponse> getCloseAuditChainMethod;
    if ((getCloseAuditChainMethod = AuditServiceGrpc.getCloseAuditChainMethod) == null) {
      synchronized (AuditServiceGrpc.class) {
        if ((getCloseAuditChainMethod = AuditServiceGrpc.getCloseAuditChainMethod) == null) {
          AuditServiceGrpc.getCloseAuditChainMethod = getCloseAuditChainMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.CloseAuditChainRequest, io.github.secretsvc.v1.CloseAuditChainResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CloseAuditChain"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CloseAuditChainRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CloseAuditChainResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AuditServiceMethodDescriptorSupplier("CloseAuditChain"))
              .build();
        }
      }
    }
    return getCloseAuditChainMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AuditServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuditServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuditServiceStub>() {
        @java.lang.Override
        public AuditServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuditServiceStub(channel, callOptions);
        }
      };
    return AuditServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AuditServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuditServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuditServiceBlockingV2Stub>() {
        @java.lang.Override
        public AuditServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuditServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AuditServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AuditServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuditServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuditServiceBlockingStub>() {
        @java.lang.Override
        public AuditServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuditServiceBlockingStub(channel, callOptions);
        }
      };
    return AuditServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AuditServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AuditServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AuditServiceFutureStub>() {
        @java.lang.Override
        public AuditServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AuditServiceFutureStub(channel, callOptions);
        }
      };
    return AuditServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * AuditService shows who did what. Every decision is recorded before its effect leaves the service.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * ListAuditEvents pages through the records of the caller's tenant, newest first. Admins get all records. Other users
     * must name a key that they may write, or that they own and have a right on, and get its records without addresses.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    default void listAuditEvents(io.github.secretsvc.v1.ListAuditEventsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListAuditEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAuditEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListUsage shows who last read which secrets, and when, as far as audit records are retained. Admins may ask about any
     * key, other users about those that they may write, or that they own and have a right on. Error: PERMISSION_DENIED.
     * </pre>
     */
    default void listUsage(io.github.secretsvc.v1.ListUsageRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListUsageResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListUsageMethod(), responseObserver);
    }

    /**
     * <pre>
     * VerifyAudit checks every record of every tenant, and names edited, missing and reordered ones. Records cut off at the
     * end of a chain are found only with a head that was exported before. The last message has the result; the messages
     * before it show progress. Operators only. Errors: PERMISSION_DENIED, INVALID_ARGUMENT (not a head of this service).
     * </pre>
     */
    default void verifyAudit(io.github.secretsvc.v1.VerifyAuditRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.VerifyAuditResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getVerifyAuditMethod(), responseObserver);
    }

    /**
     * <pre>
     * CloseAuditChain records that the journal of an unfinished chain is lost, for example with its machine, and after which
     * record. VerifyAudit no longer reports the chain as unfinished while that is its last record. Operators only. Errors:
     * PERMISSION_DENIED, INVALID_ARGUMENT (not the name of a chain that has a journal), NOT_FOUND, FAILED_PRECONDITION (its
     * process runs).
     * </pre>
     */
    default void closeAuditChain(io.github.secretsvc.v1.CloseAuditChainRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CloseAuditChainResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCloseAuditChainMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AuditService.
   * <pre>
   * AuditService shows who did what. Every decision is recorded before its effect leaves the service.
   * </pre>
   */
  public static abstract class AuditServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AuditServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AuditService.
   * <pre>
   * AuditService shows who did what. Every decision is recorded before its effect leaves the service.
   * </pre>
   */
  public static final class AuditServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AuditServiceStub> {
    private AuditServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuditServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuditServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListAuditEvents pages through the records of the caller's tenant, newest first. Admins get all records. Other users
     * must name a key that they may write, or that they own and have a right on, and get its records without addresses.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public void listAuditEvents(io.github.secretsvc.v1.ListAuditEventsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListAuditEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAuditEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListUsage shows who last read which secrets, and when, as far as audit records are retained. Admins may ask about any
     * key, other users about those that they may write, or that they own and have a right on. Error: PERMISSION_DENIED.
     * </pre>
     */
    public void listUsage(io.github.secretsvc.v1.ListUsageRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListUsageResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListUsageMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * VerifyAudit checks every record of every tenant, and names edited, missing and reordered ones. Records cut off at the
     * end of a chain are found only with a head that was exported before. The last message has the result; the messages
     * before it show progress. Operators only. Errors: PERMISSION_DENIED, INVALID_ARGUMENT (not a head of this service).
     * </pre>
     */
    public void verifyAudit(io.github.secretsvc.v1.VerifyAuditRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.VerifyAuditResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getVerifyAuditMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CloseAuditChain records that the journal of an unfinished chain is lost, for example with its machine, and after which
     * record. VerifyAudit no longer reports the chain as unfinished while that is its last record. Operators only. Errors:
     * PERMISSION_DENIED, INVALID_ARGUMENT (not the name of a chain that has a journal), NOT_FOUND, FAILED_PRECONDITION (its
     * process runs).
     * </pre>
     */
    public void closeAuditChain(io.github.secretsvc.v1.CloseAuditChainRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CloseAuditChainResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCloseAuditChainMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AuditService.
   * <pre>
   * AuditService shows who did what. Every decision is recorded before its effect leaves the service.
   * </pre>
   */
  public static final class AuditServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AuditServiceBlockingV2Stub> {
    private AuditServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuditServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuditServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * ListAuditEvents pages through the records of the caller's tenant, newest first. Admins get all records. Other users
     * must name a key that they may write, or that they own and have a right on, and get its records without addresses.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListAuditEventsResponse listAuditEvents(io.github.secretsvc.v1.ListAuditEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAuditEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListUsage shows who last read which secrets, and when, as far as audit records are retained. Admins may ask about any
     * key, other users about those that they may write, or that they own and have a right on. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListUsageResponse listUsage(io.github.secretsvc.v1.ListUsageRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListUsageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * VerifyAudit checks every record of every tenant, and names edited, missing and reordered ones. Records cut off at the
     * end of a chain are found only with a head that was exported before. The last message has the result; the messages
     * before it show progress. Operators only. Errors: PERMISSION_DENIED, INVALID_ARGUMENT (not a head of this service).
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, io.github.secretsvc.v1.VerifyAuditResponse>
        verifyAudit(io.github.secretsvc.v1.VerifyAuditRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getVerifyAuditMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CloseAuditChain records that the journal of an unfinished chain is lost, for example with its machine, and after which
     * record. VerifyAudit no longer reports the chain as unfinished while that is its last record. Operators only. Errors:
     * PERMISSION_DENIED, INVALID_ARGUMENT (not the name of a chain that has a journal), NOT_FOUND, FAILED_PRECONDITION (its
     * process runs).
     * </pre>
     */
    public io.github.secretsvc.v1.CloseAuditChainResponse closeAuditChain(io.github.secretsvc.v1.CloseAuditChainRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCloseAuditChainMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AuditService.
   * <pre>
   * AuditService shows who did what. Every decision is recorded before its effect leaves the service.
   * </pre>
   */
  public static final class AuditServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AuditServiceBlockingStub> {
    private AuditServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuditServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuditServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListAuditEvents pages through the records of the caller's tenant, newest first. Admins get all records. Other users
     * must name a key that they may write, or that they own and have a right on, and get its records without addresses.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListAuditEventsResponse listAuditEvents(io.github.secretsvc.v1.ListAuditEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAuditEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListUsage shows who last read which secrets, and when, as far as audit records are retained. Admins may ask about any
     * key, other users about those that they may write, or that they own and have a right on. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListUsageResponse listUsage(io.github.secretsvc.v1.ListUsageRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListUsageMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * VerifyAudit checks every record of every tenant, and names edited, missing and reordered ones. Records cut off at the
     * end of a chain are found only with a head that was exported before. The last message has the result; the messages
     * before it show progress. Operators only. Errors: PERMISSION_DENIED, INVALID_ARGUMENT (not a head of this service).
     * </pre>
     */
    public java.util.Iterator<io.github.secretsvc.v1.VerifyAuditResponse> verifyAudit(
        io.github.secretsvc.v1.VerifyAuditRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getVerifyAuditMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CloseAuditChain records that the journal of an unfinished chain is lost, for example with its machine, and after which
     * record. VerifyAudit no longer reports the chain as unfinished while that is its last record. Operators only. Errors:
     * PERMISSION_DENIED, INVALID_ARGUMENT (not the name of a chain that has a journal), NOT_FOUND, FAILED_PRECONDITION (its
     * process runs).
     * </pre>
     */
    public io.github.secretsvc.v1.CloseAuditChainResponse closeAuditChain(io.github.secretsvc.v1.CloseAuditChainRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCloseAuditChainMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AuditService.
   * <pre>
   * AuditService shows who did what. Every decision is recorded before its effect leaves the service.
   * </pre>
   */
  public static final class AuditServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AuditServiceFutureStub> {
    private AuditServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AuditServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AuditServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListAuditEvents pages through the records of the caller's tenant, newest first. Admins get all records. Other users
     * must name a key that they may write, or that they own and have a right on, and get its records without addresses.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListAuditEventsResponse> listAuditEvents(
        io.github.secretsvc.v1.ListAuditEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAuditEventsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListUsage shows who last read which secrets, and when, as far as audit records are retained. Admins may ask about any
     * key, other users about those that they may write, or that they own and have a right on. Error: PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListUsageResponse> listUsage(
        io.github.secretsvc.v1.ListUsageRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListUsageMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CloseAuditChain records that the journal of an unfinished chain is lost, for example with its machine, and after which
     * record. VerifyAudit no longer reports the chain as unfinished while that is its last record. Operators only. Errors:
     * PERMISSION_DENIED, INVALID_ARGUMENT (not the name of a chain that has a journal), NOT_FOUND, FAILED_PRECONDITION (its
     * process runs).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.CloseAuditChainResponse> closeAuditChain(
        io.github.secretsvc.v1.CloseAuditChainRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCloseAuditChainMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_AUDIT_EVENTS = 0;
  private static final int METHODID_LIST_USAGE = 1;
  private static final int METHODID_VERIFY_AUDIT = 2;
  private static final int METHODID_CLOSE_AUDIT_CHAIN = 3;

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
        case METHODID_LIST_AUDIT_EVENTS:
          serviceImpl.listAuditEvents((io.github.secretsvc.v1.ListAuditEventsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListAuditEventsResponse>) responseObserver);
          break;
        case METHODID_LIST_USAGE:
          serviceImpl.listUsage((io.github.secretsvc.v1.ListUsageRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListUsageResponse>) responseObserver);
          break;
        case METHODID_VERIFY_AUDIT:
          serviceImpl.verifyAudit((io.github.secretsvc.v1.VerifyAuditRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.VerifyAuditResponse>) responseObserver);
          break;
        case METHODID_CLOSE_AUDIT_CHAIN:
          serviceImpl.closeAuditChain((io.github.secretsvc.v1.CloseAuditChainRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CloseAuditChainResponse>) responseObserver);
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
          getListAuditEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListAuditEventsRequest,
              io.github.secretsvc.v1.ListAuditEventsResponse>(
                service, METHODID_LIST_AUDIT_EVENTS)))
        .addMethod(
          getListUsageMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListUsageRequest,
              io.github.secretsvc.v1.ListUsageResponse>(
                service, METHODID_LIST_USAGE)))
        .addMethod(
          getVerifyAuditMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              io.github.secretsvc.v1.VerifyAuditRequest,
              io.github.secretsvc.v1.VerifyAuditResponse>(
                service, METHODID_VERIFY_AUDIT)))
        .addMethod(
          getCloseAuditChainMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.CloseAuditChainRequest,
              io.github.secretsvc.v1.CloseAuditChainResponse>(
                service, METHODID_CLOSE_AUDIT_CHAIN)))
        .build();
  }

  private static abstract class AuditServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AuditServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.secretsvc.v1.AuditServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AuditService");
    }
  }

  private static final class AuditServiceFileDescriptorSupplier
      extends AuditServiceBaseDescriptorSupplier {
    AuditServiceFileDescriptorSupplier() {}
  }

  private static final class AuditServiceMethodDescriptorSupplier
      extends AuditServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AuditServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (AuditServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AuditServiceFileDescriptorSupplier())
              .addMethod(getListAuditEventsMethod())
              .addMethod(getListUsageMethod())
              .addMethod(getVerifyAuditMethod())
              .addMethod(getCloseAuditChainMethod())
              .build();
        }
      }
    }
    return result;
  }
}
