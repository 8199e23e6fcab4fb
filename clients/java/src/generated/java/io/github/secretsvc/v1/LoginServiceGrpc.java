package io.github.secretsvc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * LoginService lets people sign in: with the account of their company, with a passkey, or once with a token. Each login
 * gives a session: a token of kind SESSION that ends by itself. Calls that need no token are limited for each address.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class LoginServiceGrpc {

  private LoginServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "secret.v1.LoginService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListLoginMethodsRequest,
      io.github.secretsvc.v1.ListLoginMethodsResponse> getListLoginMethodsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListLoginMethods",
      requestType = io.github.secretsvc.v1.ListLoginMethodsRequest.class,
      responseType = io.github.secretsvc.v1.ListLoginMethodsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListLoginMethodsRequest,
      io.github.secretsvc.v1.ListLoginMethodsResponse> getListLoginMethodsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListLoginMethodsRequest, io.github.secretsvc.v1.ListLoginMethodsResponse> getListLoginMethodsMethod;
    if ((getListLoginMethodsMethod = LoginServiceGrpc.getListLoginMethodsMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getListLoginMethodsMethod = LoginServiceGrpc.getListLoginMethodsMethod) == null) {
          LoginServiceGrpc.getListLoginMethodsMethod = getListLoginMethodsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListLoginMethodsRequest, io.github.secretsvc.v1.ListLoginMethodsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListLoginMethods"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListLoginMethodsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListLoginMethodsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("ListLoginMethods"))
              .build();
        }
      }
    }
    return getListLoginMethodsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginLoginRequest,
      io.github.secretsvc.v1.BeginLoginResponse> getBeginLoginMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BeginLogin",
      requestType = io.github.secretsvc.v1.BeginLoginRequest.class,
      responseType = io.github.secretsvc.v1.BeginLoginResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginLoginRequest,
      io.github.secretsvc.v1.BeginLoginResponse> getBeginLoginMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginLoginRequest, io.github.secretsvc.v1.BeginLoginResponse> getBeginLoginMethod;
    if ((getBeginLoginMethod = LoginServiceGrpc.getBeginLoginMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getBeginLoginMethod = LoginServiceGrpc.getBeginLoginMethod) == null) {
          LoginServiceGrpc.getBeginLoginMethod = getBeginLoginMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.BeginLoginRequest, io.github.secretsvc.v1.BeginLoginResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BeginLogin"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.BeginLoginRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.BeginLoginResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("BeginLogin"))
              .build();
        }
      }
    }
    return getBeginLoginMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.FinishLoginRequest,
      io.github.secretsvc.v1.FinishLoginResponse> getFinishLoginMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "FinishLogin",
      requestType = io.github.secretsvc.v1.FinishLoginRequest.class,
      responseType = io.github.secretsvc.v1.FinishLoginResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.FinishLoginRequest,
      io.github.secretsvc.v1.FinishLoginResponse> getFinishLoginMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.FinishLoginRequest, io.github.secretsvc.v1.FinishLoginResponse> getFinishLoginMethod;
    if ((getFinishLoginMethod = LoginServiceGrpc.getFinishLoginMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getFinishLoginMethod = LoginServiceGrpc.getFinishLoginMethod) == null) {
          LoginServiceGrpc.getFinishLoginMethod = getFinishLoginMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.FinishLoginRequest, io.github.secretsvc.v1.FinishLoginResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "FinishLogin"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.FinishLoginRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.FinishLoginResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("FinishLogin"))
              .build();
        }
      }
    }
    return getFinishLoginMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.OpenSessionRequest,
      io.github.secretsvc.v1.OpenSessionResponse> getOpenSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "OpenSession",
      requestType = io.github.secretsvc.v1.OpenSessionRequest.class,
      responseType = io.github.secretsvc.v1.OpenSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.OpenSessionRequest,
      io.github.secretsvc.v1.OpenSessionResponse> getOpenSessionMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.OpenSessionRequest, io.github.secretsvc.v1.OpenSessionResponse> getOpenSessionMethod;
    if ((getOpenSessionMethod = LoginServiceGrpc.getOpenSessionMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getOpenSessionMethod = LoginServiceGrpc.getOpenSessionMethod) == null) {
          LoginServiceGrpc.getOpenSessionMethod = getOpenSessionMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.OpenSessionRequest, io.github.secretsvc.v1.OpenSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "OpenSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.OpenSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.OpenSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("OpenSession"))
              .build();
        }
      }
    }
    return getOpenSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.EndSessionRequest,
      io.github.secretsvc.v1.EndSessionResponse> getEndSessionMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "EndSession",
      requestType = io.github.secretsvc.v1.EndSessionRequest.class,
      responseType = io.github.secretsvc.v1.EndSessionResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.EndSessionRequest,
      io.github.secretsvc.v1.EndSessionResponse> getEndSessionMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.EndSessionRequest, io.github.secretsvc.v1.EndSessionResponse> getEndSessionMethod;
    if ((getEndSessionMethod = LoginServiceGrpc.getEndSessionMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getEndSessionMethod = LoginServiceGrpc.getEndSessionMethod) == null) {
          LoginServiceGrpc.getEndSessionMethod = getEndSessionMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.EndSessionRequest, io.github.secretsvc.v1.EndSessionResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "EndSession"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.EndSessionRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.EndSessionResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("EndSession"))
              .build();
        }
      }
    }
    return getEndSessionMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.CreateHandoffRequest,
      io.github.secretsvc.v1.CreateHandoffResponse> getCreateHandoffMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateHandoff",
      requestType = io.github.secretsvc.v1.CreateHandoffRequest.class,
      responseType = io.github.secretsvc.v1.CreateHandoffResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.CreateHandoffRequest,
      io.github.secretsvc.v1.CreateHandoffResponse> getCreateHandoffMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.CreateHandoffRequest, io.github.secretsvc.v1.CreateHandoffResponse> getCreateHandoffMethod;
    if ((getCreateHandoffMethod = LoginServiceGrpc.getCreateHandoffMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getCreateHandoffMethod = LoginServiceGrpc.getCreateHandoffMethod) == null) {
          LoginServiceGrpc.getCreateHandoffMethod = getCreateHandoffMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.CreateHandoffRequest, io.github.secretsvc.v1.CreateHandoffResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateHandoff"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CreateHandoffRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CreateHandoffResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("CreateHandoff"))
              .build();
        }
      }
    }
    return getCreateHandoffMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginPasskeyLoginRequest,
      io.github.secretsvc.v1.BeginPasskeyLoginResponse> getBeginPasskeyLoginMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BeginPasskeyLogin",
      requestType = io.github.secretsvc.v1.BeginPasskeyLoginRequest.class,
      responseType = io.github.secretsvc.v1.BeginPasskeyLoginResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginPasskeyLoginRequest,
      io.github.secretsvc.v1.BeginPasskeyLoginResponse> getBeginPasskeyLoginMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginPasskeyLoginRequest, io.github.secretsvc.v1.BeginPasskeyLoginResponse> getBeginPasskeyLoginMethod;
    if ((getBeginPasskeyLoginMethod = LoginServiceGrpc.getBeginPasskeyLoginMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getBeginPasskeyLoginMethod = LoginServiceGrpc.getBeginPasskeyLoginMethod) == null) {
          LoginServiceGrpc.getBeginPasskeyLoginMethod = getBeginPasskeyLoginMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.BeginPasskeyLoginRequest, io.github.secretsvc.v1.BeginPasskeyLoginResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BeginPasskeyLogin"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.BeginPasskeyLoginRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.BeginPasskeyLoginResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("BeginPasskeyLogin"))
              .build();
        }
      }
    }
    return getBeginPasskeyLoginMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.FinishPasskeyLoginRequest,
      io.github.secretsvc.v1.FinishPasskeyLoginResponse> getFinishPasskeyLoginMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "FinishPasskeyLogin",
      requestType = io.github.secretsvc.v1.FinishPasskeyLoginRequest.class,
      responseType = io.github.secretsvc.v1.FinishPasskeyLoginResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.FinishPasskeyLoginRequest,
      io.github.secretsvc.v1.FinishPasskeyLoginResponse> getFinishPasskeyLoginMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.FinishPasskeyLoginRequest, io.github.secretsvc.v1.FinishPasskeyLoginResponse> getFinishPasskeyLoginMethod;
    if ((getFinishPasskeyLoginMethod = LoginServiceGrpc.getFinishPasskeyLoginMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getFinishPasskeyLoginMethod = LoginServiceGrpc.getFinishPasskeyLoginMethod) == null) {
          LoginServiceGrpc.getFinishPasskeyLoginMethod = getFinishPasskeyLoginMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.FinishPasskeyLoginRequest, io.github.secretsvc.v1.FinishPasskeyLoginResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "FinishPasskeyLogin"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.FinishPasskeyLoginRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.FinishPasskeyLoginResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("FinishPasskeyLogin"))
              .build();
        }
      }
    }
    return getFinishPasskeyLoginMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginPasskeyRegistrationRequest,
      io.github.secretsvc.v1.BeginPasskeyRegistrationResponse> getBeginPasskeyRegistrationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BeginPasskeyRegistration",
      requestType = io.github.secretsvc.v1.BeginPasskeyRegistrationRequest.class,
      responseType = io.github.secretsvc.v1.BeginPasskeyRegistrationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginPasskeyRegistrationRequest,
      io.github.secretsvc.v1.BeginPasskeyRegistrationResponse> getBeginPasskeyRegistrationMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginPasskeyRegistrationRequest, io.github.secretsvc.v1.BeginPasskeyRegistrationResponse> getBeginPasskeyRegistrationMethod;
    if ((getBeginPasskeyRegistrationMethod = LoginServiceGrpc.getBeginPasskeyRegistrationMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getBeginPasskeyRegistrationMethod = LoginServiceGrpc.getBeginPasskeyRegistrationMethod) == null) {
          LoginServiceGrpc.getBeginPasskeyRegistrationMethod = getBeginPasskeyRegistrationMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.BeginPasskeyRegistrationRequest, io.github.secretsvc.v1.BeginPasskeyRegistrationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BeginPasskeyRegistration"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.BeginPasskeyRegistrationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.BeginPasskeyRegistrationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("BeginPasskeyRegistration"))
              .build();
        }
      }
    }
    return getBeginPasskeyRegistrationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.FinishPasskeyRegistrationRequest,
      io.github.secretsvc.v1.FinishPasskeyRegistrationResponse> getFinishPasskeyRegistrationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "FinishPasskeyRegistration",
      requestType = io.github.secretsvc.v1.FinishPasskeyRegistrationRequest.class,
      responseType = io.github.secretsvc.v1.FinishPasskeyRegistrationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.FinishPasskeyRegistrationRequest,
      io.github.secretsvc.v1.FinishPasskeyRegistrationResponse> getFinishPasskeyRegistrationMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.FinishPasskeyRegistrationRequest, io.github.secretsvc.v1.FinishPasskeyRegistrationResponse> getFinishPasskeyRegistrationMethod;
    if ((getFinishPasskeyRegistrationMethod = LoginServiceGrpc.getFinishPasskeyRegistrationMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getFinishPasskeyRegistrationMethod = LoginServiceGrpc.getFinishPasskeyRegistrationMethod) == null) {
          LoginServiceGrpc.getFinishPasskeyRegistrationMethod = getFinishPasskeyRegistrationMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.FinishPasskeyRegistrationRequest, io.github.secretsvc.v1.FinishPasskeyRegistrationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "FinishPasskeyRegistration"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.FinishPasskeyRegistrationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.FinishPasskeyRegistrationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("FinishPasskeyRegistration"))
              .build();
        }
      }
    }
    return getFinishPasskeyRegistrationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginInvitationRequest,
      io.github.secretsvc.v1.BeginInvitationResponse> getBeginInvitationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "BeginInvitation",
      requestType = io.github.secretsvc.v1.BeginInvitationRequest.class,
      responseType = io.github.secretsvc.v1.BeginInvitationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginInvitationRequest,
      io.github.secretsvc.v1.BeginInvitationResponse> getBeginInvitationMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.BeginInvitationRequest, io.github.secretsvc.v1.BeginInvitationResponse> getBeginInvitationMethod;
    if ((getBeginInvitationMethod = LoginServiceGrpc.getBeginInvitationMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getBeginInvitationMethod = LoginServiceGrpc.getBeginInvitationMethod) == null) {
          LoginServiceGrpc.getBeginInvitationMethod = getBeginInvitationMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.BeginInvitationRequest, io.github.secretsvc.v1.BeginInvitationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "BeginInvitation"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.BeginInvitationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.BeginInvitationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("BeginInvitation"))
              .build();
        }
      }
    }
    return getBeginInvitationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.AcceptInvitationRequest,
      io.github.secretsvc.v1.AcceptInvitationResponse> getAcceptInvitationMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "AcceptInvitation",
      requestType = io.github.secretsvc.v1.AcceptInvitationRequest.class,
      responseType = io.github.secretsvc.v1.AcceptInvitationResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.AcceptInvitationRequest,
      io.github.secretsvc.v1.AcceptInvitationResponse> getAcceptInvitationMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.AcceptInvitationRequest, io.github.secretsvc.v1.AcceptInvitationResponse> getAcceptInvitationMethod;
    if ((getAcceptInvitationMethod = LoginServiceGrpc.getAcceptInvitationMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getAcceptInvitationMethod = LoginServiceGrpc.getAcceptInvitationMethod) == null) {
          LoginServiceGrpc.getAcceptInvitationMethod = getAcceptInvitationMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.AcceptInvitationRequest, io.github.secretsvc.v1.AcceptInvitationResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "AcceptInvitation"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.AcceptInvitationRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.AcceptInvitationResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("AcceptInvitation"))
              .build();
        }
      }
    }
    return getAcceptInvitationMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListPasskeysRequest,
      io.github.secretsvc.v1.ListPasskeysResponse> getListPasskeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPasskeys",
      requestType = io.github.secretsvc.v1.ListPasskeysRequest.class,
      responseType = io.github.secretsvc.v1.ListPasskeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListPasskeysRequest,
      io.github.secretsvc.v1.ListPasskeysResponse> getListPasskeysMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListPasskeysRequest, io.github.secretsvc.v1.ListPasskeysResponse> getListPasskeysMethod;
    if ((getListPasskeysMethod = LoginServiceGrpc.getListPasskeysMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getListPasskeysMethod = LoginServiceGrpc.getListPasskeysMethod) == null) {
          LoginServiceGrpc.getListPasskeysMethod = getListPasskeysMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListPasskeysRequest, io.github.secretsvc.v1.ListPasskeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPasskeys"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListPasskeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListPasskeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("ListPasskeys"))
              .build();
        }
      }
    }
    return getListPasskeysMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemovePasskeyRequest,
      io.github.secretsvc.v1.RemovePasskeyResponse> getRemovePasskeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemovePasskey",
      requestType = io.github.secretsvc.v1.RemovePasskeyRequest.class,
      responseType = io.github.secretsvc.v1.RemovePasskeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemovePasskeyRequest,
      io.github.secretsvc.v1.RemovePasskeyResponse> getRemovePasskeyMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemovePasskeyRequest, io.github.secretsvc.v1.RemovePasskeyResponse> getRemovePasskeyMethod;
    if ((getRemovePasskeyMethod = LoginServiceGrpc.getRemovePasskeyMethod) == null) {
      synchronized (LoginServiceGrpc.class) {
        if ((getRemovePasskeyMethod = LoginServiceGrpc.getRemovePasskeyMethod) == null) {
          LoginServiceGrpc.getRemovePasskeyMethod = getRemovePasskeyMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.RemovePasskeyRequest, io.github.secretsvc.v1.RemovePasskeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemovePasskey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RemovePasskeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RemovePasskeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new LoginServiceMethodDescriptorSupplier("RemovePasskey"))
              .build();
        }
      }
    }
    return getRemovePasskeyMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static LoginServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<LoginServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<LoginServiceStub>() {
        @java.lang.Override
        public LoginServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new LoginServiceStub(channel, callOptions);
        }
      };
    return LoginServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static LoginServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<LoginServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<LoginServiceBlockingV2Stub>() {
        @java.lang.Override
        public LoginServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new LoginServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return LoginServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static LoginServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<LoginServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<LoginServiceBlockingStub>() {
        @java.lang.Override
        public LoginServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new LoginServiceBlockingStub(channel, callOptions);
        }
      };
    return LoginServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static LoginServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<LoginServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<LoginServiceFutureStub>() {
        @java.lang.Override
        public LoginServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new LoginServiceFutureStub(channel, callOptions);
        }
      };
    return LoginServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * LoginService lets people sign in: with the account of their company, with a passkey, or once with a token. Each login
   * gives a session: a token of kind SESSION that ends by itself. Calls that need no token are limited for each address.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * ListLoginMethods returns how people may sign in here. Needs no token.
     * </pre>
     */
    default void listLoginMethods(io.github.secretsvc.v1.ListLoginMethodsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListLoginMethodsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListLoginMethodsMethod(), responseObserver);
    }

    /**
     * <pre>
     * BeginLogin begins the login of a program such as `oo login`. The person then opens the URL in a browser and approves.
     * Needs no token. Errors: INVALID_ARGUMENT, NOT_FOUND (no such login method), FAILED_PRECONDITION (there is none, or the
     * device login is off).
     * </pre>
     */
    default void beginLogin(io.github.secretsvc.v1.BeginLoginRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginLoginResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBeginLoginMethod(), responseObserver);
    }

    /**
     * <pre>
     * FinishLogin returns the session of a login that was approved. It works once. Needs no token. Errors:
     * INVALID_ARGUMENT, UNAUTHENTICATED (wrong verifier or code), FAILED_PRECONDITION (LOGIN_PENDING, LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (SLOW_DOWN), PERMISSION_DENIED (LOGIN_DENIED).
     * </pre>
     */
    default void finishLogin(io.github.secretsvc.v1.FinishLoginRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.FinishLoginResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getFinishLoginMethod(), responseObserver);
    }

    /**
     * <pre>
     * OpenSession opens a session for a web page of the service: for a token, a code of one use, or the login that the
     * browser has just finished. It sets a cookie, and works only over Connect. Needs no token. Errors: INVALID_ARGUMENT,
     * UNAUTHENTICATED (wrong token or code), FAILED_PRECONDITION (LOGIN_EXPIRED, or no browser may sign in at this address),
     * PERMISSION_DENIED.
     * </pre>
     */
    default void openSession(io.github.secretsvc.v1.OpenSessionRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.OpenSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getOpenSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * EndSession ends the caller's session, or all sessions of a user. Calls that start after the response are refused; on
     * other processes of the service within a second. Only admins may name another user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED, FAILED_PRECONDITION (the credential of the call is not a session), DATA_LOSS.
     * </pre>
     */
    default void endSession(io.github.secretsvc.v1.EndSessionRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.EndSessionResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getEndSessionMethod(), responseObserver);
    }

    /**
     * <pre>
     * CreateHandoff makes a code, valid once and for 60 seconds, with which a browser signs in as the caller, with the same
     * grants. Errors: FAILED_PRECONDITION (the caller is a principal of a token issuer, or no browser may sign in at this
     * address).
     * </pre>
     */
    default void createHandoff(io.github.secretsvc.v1.CreateHandoffRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CreateHandoffResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateHandoffMethod(), responseObserver);
    }

    /**
     * <pre>
     * BeginPasskeyLogin returns the options to ask a browser for a passkey. Needs no token. Error: FAILED_PRECONDITION (no
     * passkeys at this address).
     * </pre>
     */
    default void beginPasskeyLogin(io.github.secretsvc.v1.BeginPasskeyLoginRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginPasskeyLoginResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBeginPasskeyLoginMethod(), responseObserver);
    }

    /**
     * <pre>
     * FinishPasskeyLogin checks the answer of the passkey, and returns a code for OpenSession. It works once. Needs no token.
     * Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED), DATA_LOSS.
     * </pre>
     */
    default void finishPasskeyLogin(io.github.secretsvc.v1.FinishPasskeyLoginRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.FinishPasskeyLoginResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getFinishPasskeyLoginMethod(), responseObserver);
    }

    /**
     * <pre>
     * BeginPasskeyRegistration returns the options with which a browser makes a passkey of the caller. Errors:
     * PERMISSION_DENIED, FAILED_PRECONDITION (no passkeys at this address, or a caller who may not have one).
     * </pre>
     */
    default void beginPasskeyRegistration(io.github.secretsvc.v1.BeginPasskeyRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginPasskeyRegistrationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBeginPasskeyRegistrationMethod(), responseObserver);
    }

    /**
     * <pre>
     * FinishPasskeyRegistration stores the passkey that was made. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION
     * (LOGIN_EXPIRED), PERMISSION_DENIED, ALREADY_EXISTS, RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    default void finishPasskeyRegistration(io.github.secretsvc.v1.FinishPasskeyRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.FinishPasskeyRegistrationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getFinishPasskeyRegistrationMethod(), responseObserver);
    }

    /**
     * <pre>
     * BeginInvitation returns the options with which a browser makes the first passkey of an invited user. Needs no token.
     * Error: FAILED_PRECONDITION (LOGIN_EXPIRED, or no passkeys at this address).
     * </pre>
     */
    default void beginInvitation(io.github.secretsvc.v1.BeginInvitationRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginInvitationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getBeginInvitationMethod(), responseObserver);
    }

    /**
     * <pre>
     * AcceptInvitation stores the first passkey of an invited user, and returns a code for OpenSession. It works once. Needs
     * no token. Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    default void acceptInvitation(io.github.secretsvc.v1.AcceptInvitationRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.AcceptInvitationResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getAcceptInvitationMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListPasskeys returns the passkeys of the caller, or for admins those of any user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED.
     * </pre>
     */
    default void listPasskeys(io.github.secretsvc.v1.ListPasskeysRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListPasskeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPasskeysMethod(), responseObserver);
    }

    /**
     * <pre>
     * RemovePasskey removes a passkey of the caller, or for admins of any user, and ends the sessions that began with it. With
     * the id "invitation" it takes back the invitation of the user instead. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, DATA_LOSS.
     * </pre>
     */
    default void removePasskey(io.github.secretsvc.v1.RemovePasskeyRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemovePasskeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemovePasskeyMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service LoginService.
   * <pre>
   * LoginService lets people sign in: with the account of their company, with a passkey, or once with a token. Each login
   * gives a session: a token of kind SESSION that ends by itself. Calls that need no token are limited for each address.
   * </pre>
   */
  public static abstract class LoginServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return LoginServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service LoginService.
   * <pre>
   * LoginService lets people sign in: with the account of their company, with a passkey, or once with a token. Each login
   * gives a session: a token of kind SESSION that ends by itself. Calls that need no token are limited for each address.
   * </pre>
   */
  public static final class LoginServiceStub
      extends io.grpc.stub.AbstractAsyncStub<LoginServiceStub> {
    private LoginServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected LoginServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new LoginServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListLoginMethods returns how people may sign in here. Needs no token.
     * </pre>
     */
    public void listLoginMethods(io.github.secretsvc.v1.ListLoginMethodsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListLoginMethodsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListLoginMethodsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * BeginLogin begins the login of a program such as `oo login`. The person then opens the URL in a browser and approves.
     * Needs no token. Errors: INVALID_ARGUMENT, NOT_FOUND (no such login method), FAILED_PRECONDITION (there is none, or the
     * device login is off).
     * </pre>
     */
    public void beginLogin(io.github.secretsvc.v1.BeginLoginRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginLoginResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBeginLoginMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * FinishLogin returns the session of a login that was approved. It works once. Needs no token. Errors:
     * INVALID_ARGUMENT, UNAUTHENTICATED (wrong verifier or code), FAILED_PRECONDITION (LOGIN_PENDING, LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (SLOW_DOWN), PERMISSION_DENIED (LOGIN_DENIED).
     * </pre>
     */
    public void finishLogin(io.github.secretsvc.v1.FinishLoginRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.FinishLoginResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getFinishLoginMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * OpenSession opens a session for a web page of the service: for a token, a code of one use, or the login that the
     * browser has just finished. It sets a cookie, and works only over Connect. Needs no token. Errors: INVALID_ARGUMENT,
     * UNAUTHENTICATED (wrong token or code), FAILED_PRECONDITION (LOGIN_EXPIRED, or no browser may sign in at this address),
     * PERMISSION_DENIED.
     * </pre>
     */
    public void openSession(io.github.secretsvc.v1.OpenSessionRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.OpenSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getOpenSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * EndSession ends the caller's session, or all sessions of a user. Calls that start after the response are refused; on
     * other processes of the service within a second. Only admins may name another user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED, FAILED_PRECONDITION (the credential of the call is not a session), DATA_LOSS.
     * </pre>
     */
    public void endSession(io.github.secretsvc.v1.EndSessionRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.EndSessionResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getEndSessionMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CreateHandoff makes a code, valid once and for 60 seconds, with which a browser signs in as the caller, with the same
     * grants. Errors: FAILED_PRECONDITION (the caller is a principal of a token issuer, or no browser may sign in at this
     * address).
     * </pre>
     */
    public void createHandoff(io.github.secretsvc.v1.CreateHandoffRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CreateHandoffResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateHandoffMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * BeginPasskeyLogin returns the options to ask a browser for a passkey. Needs no token. Error: FAILED_PRECONDITION (no
     * passkeys at this address).
     * </pre>
     */
    public void beginPasskeyLogin(io.github.secretsvc.v1.BeginPasskeyLoginRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginPasskeyLoginResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBeginPasskeyLoginMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * FinishPasskeyLogin checks the answer of the passkey, and returns a code for OpenSession. It works once. Needs no token.
     * Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED), DATA_LOSS.
     * </pre>
     */
    public void finishPasskeyLogin(io.github.secretsvc.v1.FinishPasskeyLoginRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.FinishPasskeyLoginResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getFinishPasskeyLoginMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * BeginPasskeyRegistration returns the options with which a browser makes a passkey of the caller. Errors:
     * PERMISSION_DENIED, FAILED_PRECONDITION (no passkeys at this address, or a caller who may not have one).
     * </pre>
     */
    public void beginPasskeyRegistration(io.github.secretsvc.v1.BeginPasskeyRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginPasskeyRegistrationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBeginPasskeyRegistrationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * FinishPasskeyRegistration stores the passkey that was made. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION
     * (LOGIN_EXPIRED), PERMISSION_DENIED, ALREADY_EXISTS, RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    public void finishPasskeyRegistration(io.github.secretsvc.v1.FinishPasskeyRegistrationRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.FinishPasskeyRegistrationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getFinishPasskeyRegistrationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * BeginInvitation returns the options with which a browser makes the first passkey of an invited user. Needs no token.
     * Error: FAILED_PRECONDITION (LOGIN_EXPIRED, or no passkeys at this address).
     * </pre>
     */
    public void beginInvitation(io.github.secretsvc.v1.BeginInvitationRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginInvitationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getBeginInvitationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * AcceptInvitation stores the first passkey of an invited user, and returns a code for OpenSession. It works once. Needs
     * no token. Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    public void acceptInvitation(io.github.secretsvc.v1.AcceptInvitationRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.AcceptInvitationResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getAcceptInvitationMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListPasskeys returns the passkeys of the caller, or for admins those of any user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED.
     * </pre>
     */
    public void listPasskeys(io.github.secretsvc.v1.ListPasskeysRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListPasskeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPasskeysMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RemovePasskey removes a passkey of the caller, or for admins of any user, and ends the sessions that began with it. With
     * the id "invitation" it takes back the invitation of the user instead. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, DATA_LOSS.
     * </pre>
     */
    public void removePasskey(io.github.secretsvc.v1.RemovePasskeyRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemovePasskeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemovePasskeyMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service LoginService.
   * <pre>
   * LoginService lets people sign in: with the account of their company, with a passkey, or once with a token. Each login
   * gives a session: a token of kind SESSION that ends by itself. Calls that need no token are limited for each address.
   * </pre>
   */
  public static final class LoginServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<LoginServiceBlockingV2Stub> {
    private LoginServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected LoginServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new LoginServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * ListLoginMethods returns how people may sign in here. Needs no token.
     * </pre>
     */
    public io.github.secretsvc.v1.ListLoginMethodsResponse listLoginMethods(io.github.secretsvc.v1.ListLoginMethodsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListLoginMethodsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BeginLogin begins the login of a program such as `oo login`. The person then opens the URL in a browser and approves.
     * Needs no token. Errors: INVALID_ARGUMENT, NOT_FOUND (no such login method), FAILED_PRECONDITION (there is none, or the
     * device login is off).
     * </pre>
     */
    public io.github.secretsvc.v1.BeginLoginResponse beginLogin(io.github.secretsvc.v1.BeginLoginRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBeginLoginMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * FinishLogin returns the session of a login that was approved. It works once. Needs no token. Errors:
     * INVALID_ARGUMENT, UNAUTHENTICATED (wrong verifier or code), FAILED_PRECONDITION (LOGIN_PENDING, LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (SLOW_DOWN), PERMISSION_DENIED (LOGIN_DENIED).
     * </pre>
     */
    public io.github.secretsvc.v1.FinishLoginResponse finishLogin(io.github.secretsvc.v1.FinishLoginRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getFinishLoginMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * OpenSession opens a session for a web page of the service: for a token, a code of one use, or the login that the
     * browser has just finished. It sets a cookie, and works only over Connect. Needs no token. Errors: INVALID_ARGUMENT,
     * UNAUTHENTICATED (wrong token or code), FAILED_PRECONDITION (LOGIN_EXPIRED, or no browser may sign in at this address),
     * PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.OpenSessionResponse openSession(io.github.secretsvc.v1.OpenSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getOpenSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * EndSession ends the caller's session, or all sessions of a user. Calls that start after the response are refused; on
     * other processes of the service within a second. Only admins may name another user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED, FAILED_PRECONDITION (the credential of the call is not a session), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.EndSessionResponse endSession(io.github.secretsvc.v1.EndSessionRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getEndSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateHandoff makes a code, valid once and for 60 seconds, with which a browser signs in as the caller, with the same
     * grants. Errors: FAILED_PRECONDITION (the caller is a principal of a token issuer, or no browser may sign in at this
     * address).
     * </pre>
     */
    public io.github.secretsvc.v1.CreateHandoffResponse createHandoff(io.github.secretsvc.v1.CreateHandoffRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateHandoffMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BeginPasskeyLogin returns the options to ask a browser for a passkey. Needs no token. Error: FAILED_PRECONDITION (no
     * passkeys at this address).
     * </pre>
     */
    public io.github.secretsvc.v1.BeginPasskeyLoginResponse beginPasskeyLogin(io.github.secretsvc.v1.BeginPasskeyLoginRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBeginPasskeyLoginMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * FinishPasskeyLogin checks the answer of the passkey, and returns a code for OpenSession. It works once. Needs no token.
     * Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.FinishPasskeyLoginResponse finishPasskeyLogin(io.github.secretsvc.v1.FinishPasskeyLoginRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getFinishPasskeyLoginMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BeginPasskeyRegistration returns the options with which a browser makes a passkey of the caller. Errors:
     * PERMISSION_DENIED, FAILED_PRECONDITION (no passkeys at this address, or a caller who may not have one).
     * </pre>
     */
    public io.github.secretsvc.v1.BeginPasskeyRegistrationResponse beginPasskeyRegistration(io.github.secretsvc.v1.BeginPasskeyRegistrationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBeginPasskeyRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * FinishPasskeyRegistration stores the passkey that was made. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION
     * (LOGIN_EXPIRED), PERMISSION_DENIED, ALREADY_EXISTS, RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.FinishPasskeyRegistrationResponse finishPasskeyRegistration(io.github.secretsvc.v1.FinishPasskeyRegistrationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getFinishPasskeyRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BeginInvitation returns the options with which a browser makes the first passkey of an invited user. Needs no token.
     * Error: FAILED_PRECONDITION (LOGIN_EXPIRED, or no passkeys at this address).
     * </pre>
     */
    public io.github.secretsvc.v1.BeginInvitationResponse beginInvitation(io.github.secretsvc.v1.BeginInvitationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getBeginInvitationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * AcceptInvitation stores the first passkey of an invited user, and returns a code for OpenSession. It works once. Needs
     * no token. Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.AcceptInvitationResponse acceptInvitation(io.github.secretsvc.v1.AcceptInvitationRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getAcceptInvitationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListPasskeys returns the passkeys of the caller, or for admins those of any user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListPasskeysResponse listPasskeys(io.github.secretsvc.v1.ListPasskeysRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPasskeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemovePasskey removes a passkey of the caller, or for admins of any user, and ends the sessions that began with it. With
     * the id "invitation" it takes back the invitation of the user instead. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RemovePasskeyResponse removePasskey(io.github.secretsvc.v1.RemovePasskeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemovePasskeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service LoginService.
   * <pre>
   * LoginService lets people sign in: with the account of their company, with a passkey, or once with a token. Each login
   * gives a session: a token of kind SESSION that ends by itself. Calls that need no token are limited for each address.
   * </pre>
   */
  public static final class LoginServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<LoginServiceBlockingStub> {
    private LoginServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected LoginServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new LoginServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListLoginMethods returns how people may sign in here. Needs no token.
     * </pre>
     */
    public io.github.secretsvc.v1.ListLoginMethodsResponse listLoginMethods(io.github.secretsvc.v1.ListLoginMethodsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListLoginMethodsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BeginLogin begins the login of a program such as `oo login`. The person then opens the URL in a browser and approves.
     * Needs no token. Errors: INVALID_ARGUMENT, NOT_FOUND (no such login method), FAILED_PRECONDITION (there is none, or the
     * device login is off).
     * </pre>
     */
    public io.github.secretsvc.v1.BeginLoginResponse beginLogin(io.github.secretsvc.v1.BeginLoginRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBeginLoginMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * FinishLogin returns the session of a login that was approved. It works once. Needs no token. Errors:
     * INVALID_ARGUMENT, UNAUTHENTICATED (wrong verifier or code), FAILED_PRECONDITION (LOGIN_PENDING, LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (SLOW_DOWN), PERMISSION_DENIED (LOGIN_DENIED).
     * </pre>
     */
    public io.github.secretsvc.v1.FinishLoginResponse finishLogin(io.github.secretsvc.v1.FinishLoginRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getFinishLoginMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * OpenSession opens a session for a web page of the service: for a token, a code of one use, or the login that the
     * browser has just finished. It sets a cookie, and works only over Connect. Needs no token. Errors: INVALID_ARGUMENT,
     * UNAUTHENTICATED (wrong token or code), FAILED_PRECONDITION (LOGIN_EXPIRED, or no browser may sign in at this address),
     * PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.OpenSessionResponse openSession(io.github.secretsvc.v1.OpenSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getOpenSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * EndSession ends the caller's session, or all sessions of a user. Calls that start after the response are refused; on
     * other processes of the service within a second. Only admins may name another user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED, FAILED_PRECONDITION (the credential of the call is not a session), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.EndSessionResponse endSession(io.github.secretsvc.v1.EndSessionRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getEndSessionMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateHandoff makes a code, valid once and for 60 seconds, with which a browser signs in as the caller, with the same
     * grants. Errors: FAILED_PRECONDITION (the caller is a principal of a token issuer, or no browser may sign in at this
     * address).
     * </pre>
     */
    public io.github.secretsvc.v1.CreateHandoffResponse createHandoff(io.github.secretsvc.v1.CreateHandoffRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateHandoffMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BeginPasskeyLogin returns the options to ask a browser for a passkey. Needs no token. Error: FAILED_PRECONDITION (no
     * passkeys at this address).
     * </pre>
     */
    public io.github.secretsvc.v1.BeginPasskeyLoginResponse beginPasskeyLogin(io.github.secretsvc.v1.BeginPasskeyLoginRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBeginPasskeyLoginMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * FinishPasskeyLogin checks the answer of the passkey, and returns a code for OpenSession. It works once. Needs no token.
     * Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.FinishPasskeyLoginResponse finishPasskeyLogin(io.github.secretsvc.v1.FinishPasskeyLoginRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getFinishPasskeyLoginMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BeginPasskeyRegistration returns the options with which a browser makes a passkey of the caller. Errors:
     * PERMISSION_DENIED, FAILED_PRECONDITION (no passkeys at this address, or a caller who may not have one).
     * </pre>
     */
    public io.github.secretsvc.v1.BeginPasskeyRegistrationResponse beginPasskeyRegistration(io.github.secretsvc.v1.BeginPasskeyRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBeginPasskeyRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * FinishPasskeyRegistration stores the passkey that was made. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION
     * (LOGIN_EXPIRED), PERMISSION_DENIED, ALREADY_EXISTS, RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.FinishPasskeyRegistrationResponse finishPasskeyRegistration(io.github.secretsvc.v1.FinishPasskeyRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getFinishPasskeyRegistrationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * BeginInvitation returns the options with which a browser makes the first passkey of an invited user. Needs no token.
     * Error: FAILED_PRECONDITION (LOGIN_EXPIRED, or no passkeys at this address).
     * </pre>
     */
    public io.github.secretsvc.v1.BeginInvitationResponse beginInvitation(io.github.secretsvc.v1.BeginInvitationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getBeginInvitationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * AcceptInvitation stores the first passkey of an invited user, and returns a code for OpenSession. It works once. Needs
     * no token. Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.AcceptInvitationResponse acceptInvitation(io.github.secretsvc.v1.AcceptInvitationRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getAcceptInvitationMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListPasskeys returns the passkeys of the caller, or for admins those of any user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListPasskeysResponse listPasskeys(io.github.secretsvc.v1.ListPasskeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPasskeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemovePasskey removes a passkey of the caller, or for admins of any user, and ends the sessions that began with it. With
     * the id "invitation" it takes back the invitation of the user instead. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RemovePasskeyResponse removePasskey(io.github.secretsvc.v1.RemovePasskeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemovePasskeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service LoginService.
   * <pre>
   * LoginService lets people sign in: with the account of their company, with a passkey, or once with a token. Each login
   * gives a session: a token of kind SESSION that ends by itself. Calls that need no token are limited for each address.
   * </pre>
   */
  public static final class LoginServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<LoginServiceFutureStub> {
    private LoginServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected LoginServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new LoginServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * ListLoginMethods returns how people may sign in here. Needs no token.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListLoginMethodsResponse> listLoginMethods(
        io.github.secretsvc.v1.ListLoginMethodsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListLoginMethodsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * BeginLogin begins the login of a program such as `oo login`. The person then opens the URL in a browser and approves.
     * Needs no token. Errors: INVALID_ARGUMENT, NOT_FOUND (no such login method), FAILED_PRECONDITION (there is none, or the
     * device login is off).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.BeginLoginResponse> beginLogin(
        io.github.secretsvc.v1.BeginLoginRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBeginLoginMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * FinishLogin returns the session of a login that was approved. It works once. Needs no token. Errors:
     * INVALID_ARGUMENT, UNAUTHENTICATED (wrong verifier or code), FAILED_PRECONDITION (LOGIN_PENDING, LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (SLOW_DOWN), PERMISSION_DENIED (LOGIN_DENIED).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.FinishLoginResponse> finishLogin(
        io.github.secretsvc.v1.FinishLoginRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getFinishLoginMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * OpenSession opens a session for a web page of the service: for a token, a code of one use, or the login that the
     * browser has just finished. It sets a cookie, and works only over Connect. Needs no token. Errors: INVALID_ARGUMENT,
     * UNAUTHENTICATED (wrong token or code), FAILED_PRECONDITION (LOGIN_EXPIRED, or no browser may sign in at this address),
     * PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.OpenSessionResponse> openSession(
        io.github.secretsvc.v1.OpenSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getOpenSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * EndSession ends the caller's session, or all sessions of a user. Calls that start after the response are refused; on
     * other processes of the service within a second. Only admins may name another user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED, FAILED_PRECONDITION (the credential of the call is not a session), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.EndSessionResponse> endSession(
        io.github.secretsvc.v1.EndSessionRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getEndSessionMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CreateHandoff makes a code, valid once and for 60 seconds, with which a browser signs in as the caller, with the same
     * grants. Errors: FAILED_PRECONDITION (the caller is a principal of a token issuer, or no browser may sign in at this
     * address).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.CreateHandoffResponse> createHandoff(
        io.github.secretsvc.v1.CreateHandoffRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateHandoffMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * BeginPasskeyLogin returns the options to ask a browser for a passkey. Needs no token. Error: FAILED_PRECONDITION (no
     * passkeys at this address).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.BeginPasskeyLoginResponse> beginPasskeyLogin(
        io.github.secretsvc.v1.BeginPasskeyLoginRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBeginPasskeyLoginMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * FinishPasskeyLogin checks the answer of the passkey, and returns a code for OpenSession. It works once. Needs no token.
     * Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.FinishPasskeyLoginResponse> finishPasskeyLogin(
        io.github.secretsvc.v1.FinishPasskeyLoginRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getFinishPasskeyLoginMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * BeginPasskeyRegistration returns the options with which a browser makes a passkey of the caller. Errors:
     * PERMISSION_DENIED, FAILED_PRECONDITION (no passkeys at this address, or a caller who may not have one).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.BeginPasskeyRegistrationResponse> beginPasskeyRegistration(
        io.github.secretsvc.v1.BeginPasskeyRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBeginPasskeyRegistrationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * FinishPasskeyRegistration stores the passkey that was made. Errors: INVALID_ARGUMENT, FAILED_PRECONDITION
     * (LOGIN_EXPIRED), PERMISSION_DENIED, ALREADY_EXISTS, RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.FinishPasskeyRegistrationResponse> finishPasskeyRegistration(
        io.github.secretsvc.v1.FinishPasskeyRegistrationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getFinishPasskeyRegistrationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * BeginInvitation returns the options with which a browser makes the first passkey of an invited user. Needs no token.
     * Error: FAILED_PRECONDITION (LOGIN_EXPIRED, or no passkeys at this address).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.BeginInvitationResponse> beginInvitation(
        io.github.secretsvc.v1.BeginInvitationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getBeginInvitationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * AcceptInvitation stores the first passkey of an invited user, and returns a code for OpenSession. It works once. Needs
     * no token. Errors: INVALID_ARGUMENT, UNAUTHENTICATED (the answer does not verify), FAILED_PRECONDITION (LOGIN_EXPIRED),
     * RESOURCE_EXHAUSTED (too many passkeys), ABORTED, DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.AcceptInvitationResponse> acceptInvitation(
        io.github.secretsvc.v1.AcceptInvitationRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getAcceptInvitationMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListPasskeys returns the passkeys of the caller, or for admins those of any user. Errors: NOT_FOUND (no such user),
     * PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListPasskeysResponse> listPasskeys(
        io.github.secretsvc.v1.ListPasskeysRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPasskeysMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * RemovePasskey removes a passkey of the caller, or for admins of any user, and ends the sessions that began with it. With
     * the id "invitation" it takes back the invitation of the user instead. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED, DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.RemovePasskeyResponse> removePasskey(
        io.github.secretsvc.v1.RemovePasskeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemovePasskeyMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_LOGIN_METHODS = 0;
  private static final int METHODID_BEGIN_LOGIN = 1;
  private static final int METHODID_FINISH_LOGIN = 2;
  private static final int METHODID_OPEN_SESSION = 3;
  private static final int METHODID_END_SESSION = 4;
  private static final int METHODID_CREATE_HANDOFF = 5;
  private static final int METHODID_BEGIN_PASSKEY_LOGIN = 6;
  private static final int METHODID_FINISH_PASSKEY_LOGIN = 7;
  private static final int METHODID_BEGIN_PASSKEY_REGISTRATION = 8;
  private static final int METHODID_FINISH_PASSKEY_REGISTRATION = 9;
  private static final int METHODID_BEGIN_INVITATION = 10;
  private static final int METHODID_ACCEPT_INVITATION = 11;
  private static final int METHODID_LIST_PASSKEYS = 12;
  private static final int METHODID_REMOVE_PASSKEY = 13;

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
        case METHODID_LIST_LOGIN_METHODS:
          serviceImpl.listLoginMethods((io.github.secretsvc.v1.ListLoginMethodsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListLoginMethodsResponse>) responseObserver);
          break;
        case METHODID_BEGIN_LOGIN:
          serviceImpl.beginLogin((io.github.secretsvc.v1.BeginLoginRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginLoginResponse>) responseObserver);
          break;
        case METHODID_FINISH_LOGIN:
          serviceImpl.finishLogin((io.github.secretsvc.v1.FinishLoginRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.FinishLoginResponse>) responseObserver);
          break;
        case METHODID_OPEN_SESSION:
          serviceImpl.openSession((io.github.secretsvc.v1.OpenSessionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.OpenSessionResponse>) responseObserver);
          break;
        case METHODID_END_SESSION:
          serviceImpl.endSession((io.github.secretsvc.v1.EndSessionRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.EndSessionResponse>) responseObserver);
          break;
        case METHODID_CREATE_HANDOFF:
          serviceImpl.createHandoff((io.github.secretsvc.v1.CreateHandoffRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CreateHandoffResponse>) responseObserver);
          break;
        case METHODID_BEGIN_PASSKEY_LOGIN:
          serviceImpl.beginPasskeyLogin((io.github.secretsvc.v1.BeginPasskeyLoginRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginPasskeyLoginResponse>) responseObserver);
          break;
        case METHODID_FINISH_PASSKEY_LOGIN:
          serviceImpl.finishPasskeyLogin((io.github.secretsvc.v1.FinishPasskeyLoginRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.FinishPasskeyLoginResponse>) responseObserver);
          break;
        case METHODID_BEGIN_PASSKEY_REGISTRATION:
          serviceImpl.beginPasskeyRegistration((io.github.secretsvc.v1.BeginPasskeyRegistrationRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginPasskeyRegistrationResponse>) responseObserver);
          break;
        case METHODID_FINISH_PASSKEY_REGISTRATION:
          serviceImpl.finishPasskeyRegistration((io.github.secretsvc.v1.FinishPasskeyRegistrationRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.FinishPasskeyRegistrationResponse>) responseObserver);
          break;
        case METHODID_BEGIN_INVITATION:
          serviceImpl.beginInvitation((io.github.secretsvc.v1.BeginInvitationRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.BeginInvitationResponse>) responseObserver);
          break;
        case METHODID_ACCEPT_INVITATION:
          serviceImpl.acceptInvitation((io.github.secretsvc.v1.AcceptInvitationRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.AcceptInvitationResponse>) responseObserver);
          break;
        case METHODID_LIST_PASSKEYS:
          serviceImpl.listPasskeys((io.github.secretsvc.v1.ListPasskeysRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListPasskeysResponse>) responseObserver);
          break;
        case METHODID_REMOVE_PASSKEY:
          serviceImpl.removePasskey((io.github.secretsvc.v1.RemovePasskeyRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemovePasskeyResponse>) responseObserver);
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
          getListLoginMethodsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListLoginMethodsRequest,
              io.github.secretsvc.v1.ListLoginMethodsResponse>(
                service, METHODID_LIST_LOGIN_METHODS)))
        .addMethod(
          getBeginLoginMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.BeginLoginRequest,
              io.github.secretsvc.v1.BeginLoginResponse>(
                service, METHODID_BEGIN_LOGIN)))
        .addMethod(
          getFinishLoginMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.FinishLoginRequest,
              io.github.secretsvc.v1.FinishLoginResponse>(
                service, METHODID_FINISH_LOGIN)))
        .addMethod(
          getOpenSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.OpenSessionRequest,
              io.github.secretsvc.v1.OpenSessionResponse>(
                service, METHODID_OPEN_SESSION)))
        .addMethod(
          getEndSessionMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.EndSessionRequest,
              io.github.secretsvc.v1.EndSessionResponse>(
                service, METHODID_END_SESSION)))
        .addMethod(
          getCreateHandoffMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.CreateHandoffRequest,
              io.github.secretsvc.v1.CreateHandoffResponse>(
                service, METHODID_CREATE_HANDOFF)))
        .addMethod(
          getBeginPasskeyLoginMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.BeginPasskeyLoginRequest,
              io.github.secretsvc.v1.BeginPasskeyLoginResponse>(
                service, METHODID_BEGIN_PASSKEY_LOGIN)))
        .addMethod(
          getFinishPasskeyLoginMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.FinishPasskeyLoginRequest,
              io.github.secretsvc.v1.FinishPasskeyLoginResponse>(
                service, METHODID_FINISH_PASSKEY_LOGIN)))
        .addMethod(
          getBeginPasskeyRegistrationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.BeginPasskeyRegistrationRequest,
              io.github.secretsvc.v1.BeginPasskeyRegistrationResponse>(
                service, METHODID_BEGIN_PASSKEY_REGISTRATION)))
        .addMethod(
          getFinishPasskeyRegistrationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.FinishPasskeyRegistrationRequest,
              io.github.secretsvc.v1.FinishPasskeyRegistrationResponse>(
                service, METHODID_FINISH_PASSKEY_REGISTRATION)))
        .addMethod(
          getBeginInvitationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.BeginInvitationRequest,
              io.github.secretsvc.v1.BeginInvitationResponse>(
                service, METHODID_BEGIN_INVITATION)))
        .addMethod(
          getAcceptInvitationMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.AcceptInvitationRequest,
              io.github.secretsvc.v1.AcceptInvitationResponse>(
                service, METHODID_ACCEPT_INVITATION)))
        .addMethod(
          getListPasskeysMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListPasskeysRequest,
              io.github.secretsvc.v1.ListPasskeysResponse>(
                service, METHODID_LIST_PASSKEYS)))
        .addMethod(
          getRemovePasskeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.RemovePasskeyRequest,
              io.github.secretsvc.v1.RemovePasskeyResponse>(
                service, METHODID_REMOVE_PASSKEY)))
        .build();
  }

  private static abstract class LoginServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    LoginServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.secretsvc.v1.LoginServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("LoginService");
    }
  }

  private static final class LoginServiceFileDescriptorSupplier
      extends LoginServiceBaseDescriptorSupplier {
    LoginServiceFileDescriptorSupplier() {}
  }

  private static final class LoginServiceMethodDescriptorSupplier
      extends LoginServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    LoginServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (LoginServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new LoginServiceFileDescriptorSupplier())
              .addMethod(getListLoginMethodsMethod())
              .addMethod(getBeginLoginMethod())
              .addMethod(getFinishLoginMethod())
              .addMethod(getOpenSessionMethod())
              .addMethod(getEndSessionMethod())
              .addMethod(getCreateHandoffMethod())
              .addMethod(getBeginPasskeyLoginMethod())
              .addMethod(getFinishPasskeyLoginMethod())
              .addMethod(getBeginPasskeyRegistrationMethod())
              .addMethod(getFinishPasskeyRegistrationMethod())
              .addMethod(getBeginInvitationMethod())
              .addMethod(getAcceptInvitationMethod())
              .addMethod(getListPasskeysMethod())
              .addMethod(getRemovePasskeyMethod())
              .build();
        }
      }
    }
    return result;
  }
}
