package io.github.secretsvc.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * IdentityService manages the users and tokens of a tenant. Only operators may name a tenant other than their own. A token
 * that is narrowed by grants may call only WhoAmI.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class IdentityServiceGrpc {

  private IdentityServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "secret.v1.IdentityService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.WhoAmIRequest,
      io.github.secretsvc.v1.WhoAmIResponse> getWhoAmIMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WhoAmI",
      requestType = io.github.secretsvc.v1.WhoAmIRequest.class,
      responseType = io.github.secretsvc.v1.WhoAmIResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.WhoAmIRequest,
      io.github.secretsvc.v1.WhoAmIResponse> getWhoAmIMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.WhoAmIRequest, io.github.secretsvc.v1.WhoAmIResponse> getWhoAmIMethod;
    if ((getWhoAmIMethod = IdentityServiceGrpc.getWhoAmIMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getWhoAmIMethod = IdentityServiceGrpc.getWhoAmIMethod) == null) {
          IdentityServiceGrpc.getWhoAmIMethod = getWhoAmIMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.WhoAmIRequest, io.github.secretsvc.v1.WhoAmIResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WhoAmI"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.WhoAmIRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.WhoAmIResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("WhoAmI"))
              .build();
        }
      }
    }
    return getWhoAmIMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.SaveUsersRequest,
      io.github.secretsvc.v1.SaveUsersResponse> getSaveUsersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SaveUsers",
      requestType = io.github.secretsvc.v1.SaveUsersRequest.class,
      responseType = io.github.secretsvc.v1.SaveUsersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.SaveUsersRequest,
      io.github.secretsvc.v1.SaveUsersResponse> getSaveUsersMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.SaveUsersRequest, io.github.secretsvc.v1.SaveUsersResponse> getSaveUsersMethod;
    if ((getSaveUsersMethod = IdentityServiceGrpc.getSaveUsersMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getSaveUsersMethod = IdentityServiceGrpc.getSaveUsersMethod) == null) {
          IdentityServiceGrpc.getSaveUsersMethod = getSaveUsersMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.SaveUsersRequest, io.github.secretsvc.v1.SaveUsersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SaveUsers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.SaveUsersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.SaveUsersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("SaveUsers"))
              .build();
        }
      }
    }
    return getSaveUsersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListUsersRequest,
      io.github.secretsvc.v1.ListUsersResponse> getListUsersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListUsers",
      requestType = io.github.secretsvc.v1.ListUsersRequest.class,
      responseType = io.github.secretsvc.v1.ListUsersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListUsersRequest,
      io.github.secretsvc.v1.ListUsersResponse> getListUsersMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListUsersRequest, io.github.secretsvc.v1.ListUsersResponse> getListUsersMethod;
    if ((getListUsersMethod = IdentityServiceGrpc.getListUsersMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getListUsersMethod = IdentityServiceGrpc.getListUsersMethod) == null) {
          IdentityServiceGrpc.getListUsersMethod = getListUsersMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListUsersRequest, io.github.secretsvc.v1.ListUsersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListUsers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListUsersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListUsersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("ListUsers"))
              .build();
        }
      }
    }
    return getListUsersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemoveUsersRequest,
      io.github.secretsvc.v1.RemoveUsersResponse> getRemoveUsersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemoveUsers",
      requestType = io.github.secretsvc.v1.RemoveUsersRequest.class,
      responseType = io.github.secretsvc.v1.RemoveUsersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemoveUsersRequest,
      io.github.secretsvc.v1.RemoveUsersResponse> getRemoveUsersMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemoveUsersRequest, io.github.secretsvc.v1.RemoveUsersResponse> getRemoveUsersMethod;
    if ((getRemoveUsersMethod = IdentityServiceGrpc.getRemoveUsersMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getRemoveUsersMethod = IdentityServiceGrpc.getRemoveUsersMethod) == null) {
          IdentityServiceGrpc.getRemoveUsersMethod = getRemoveUsersMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.RemoveUsersRequest, io.github.secretsvc.v1.RemoveUsersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemoveUsers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RemoveUsersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RemoveUsersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("RemoveUsers"))
              .build();
        }
      }
    }
    return getRemoveUsersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListNamesRequest,
      io.github.secretsvc.v1.ListNamesResponse> getListNamesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListNames",
      requestType = io.github.secretsvc.v1.ListNamesRequest.class,
      responseType = io.github.secretsvc.v1.ListNamesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListNamesRequest,
      io.github.secretsvc.v1.ListNamesResponse> getListNamesMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListNamesRequest, io.github.secretsvc.v1.ListNamesResponse> getListNamesMethod;
    if ((getListNamesMethod = IdentityServiceGrpc.getListNamesMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getListNamesMethod = IdentityServiceGrpc.getListNamesMethod) == null) {
          IdentityServiceGrpc.getListNamesMethod = getListNamesMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListNamesRequest, io.github.secretsvc.v1.ListNamesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListNames"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListNamesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListNamesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("ListNames"))
              .build();
        }
      }
    }
    return getListNamesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.LinkUserRequest,
      io.github.secretsvc.v1.LinkUserResponse> getLinkUserMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "LinkUser",
      requestType = io.github.secretsvc.v1.LinkUserRequest.class,
      responseType = io.github.secretsvc.v1.LinkUserResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.LinkUserRequest,
      io.github.secretsvc.v1.LinkUserResponse> getLinkUserMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.LinkUserRequest, io.github.secretsvc.v1.LinkUserResponse> getLinkUserMethod;
    if ((getLinkUserMethod = IdentityServiceGrpc.getLinkUserMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getLinkUserMethod = IdentityServiceGrpc.getLinkUserMethod) == null) {
          IdentityServiceGrpc.getLinkUserMethod = getLinkUserMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.LinkUserRequest, io.github.secretsvc.v1.LinkUserResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "LinkUser"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.LinkUserRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.LinkUserResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("LinkUser"))
              .build();
        }
      }
    }
    return getLinkUserMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.InviteUserRequest,
      io.github.secretsvc.v1.InviteUserResponse> getInviteUserMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "InviteUser",
      requestType = io.github.secretsvc.v1.InviteUserRequest.class,
      responseType = io.github.secretsvc.v1.InviteUserResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.InviteUserRequest,
      io.github.secretsvc.v1.InviteUserResponse> getInviteUserMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.InviteUserRequest, io.github.secretsvc.v1.InviteUserResponse> getInviteUserMethod;
    if ((getInviteUserMethod = IdentityServiceGrpc.getInviteUserMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getInviteUserMethod = IdentityServiceGrpc.getInviteUserMethod) == null) {
          IdentityServiceGrpc.getInviteUserMethod = getInviteUserMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.InviteUserRequest, io.github.secretsvc.v1.InviteUserResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "InviteUser"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.InviteUserRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.InviteUserResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("InviteUser"))
              .build();
        }
      }
    }
    return getInviteUserMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListTenantsRequest,
      io.github.secretsvc.v1.ListTenantsResponse> getListTenantsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTenants",
      requestType = io.github.secretsvc.v1.ListTenantsRequest.class,
      responseType = io.github.secretsvc.v1.ListTenantsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListTenantsRequest,
      io.github.secretsvc.v1.ListTenantsResponse> getListTenantsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListTenantsRequest, io.github.secretsvc.v1.ListTenantsResponse> getListTenantsMethod;
    if ((getListTenantsMethod = IdentityServiceGrpc.getListTenantsMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getListTenantsMethod = IdentityServiceGrpc.getListTenantsMethod) == null) {
          IdentityServiceGrpc.getListTenantsMethod = getListTenantsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListTenantsRequest, io.github.secretsvc.v1.ListTenantsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTenants"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListTenantsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListTenantsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("ListTenants"))
              .build();
        }
      }
    }
    return getListTenantsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.CreateTokenRequest,
      io.github.secretsvc.v1.CreateTokenResponse> getCreateTokenMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateToken",
      requestType = io.github.secretsvc.v1.CreateTokenRequest.class,
      responseType = io.github.secretsvc.v1.CreateTokenResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.CreateTokenRequest,
      io.github.secretsvc.v1.CreateTokenResponse> getCreateTokenMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.CreateTokenRequest, io.github.secretsvc.v1.CreateTokenResponse> getCreateTokenMethod;
    if ((getCreateTokenMethod = IdentityServiceGrpc.getCreateTokenMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getCreateTokenMethod = IdentityServiceGrpc.getCreateTokenMethod) == null) {
          IdentityServiceGrpc.getCreateTokenMethod = getCreateTokenMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.CreateTokenRequest, io.github.secretsvc.v1.CreateTokenResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateToken"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CreateTokenRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.CreateTokenResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("CreateToken"))
              .build();
        }
      }
    }
    return getCreateTokenMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListTokensRequest,
      io.github.secretsvc.v1.ListTokensResponse> getListTokensMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListTokens",
      requestType = io.github.secretsvc.v1.ListTokensRequest.class,
      responseType = io.github.secretsvc.v1.ListTokensResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListTokensRequest,
      io.github.secretsvc.v1.ListTokensResponse> getListTokensMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListTokensRequest, io.github.secretsvc.v1.ListTokensResponse> getListTokensMethod;
    if ((getListTokensMethod = IdentityServiceGrpc.getListTokensMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getListTokensMethod = IdentityServiceGrpc.getListTokensMethod) == null) {
          IdentityServiceGrpc.getListTokensMethod = getListTokensMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListTokensRequest, io.github.secretsvc.v1.ListTokensResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListTokens"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListTokensRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListTokensResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("ListTokens"))
              .build();
        }
      }
    }
    return getListTokensMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.RevokeTokenRequest,
      io.github.secretsvc.v1.RevokeTokenResponse> getRevokeTokenMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RevokeToken",
      requestType = io.github.secretsvc.v1.RevokeTokenRequest.class,
      responseType = io.github.secretsvc.v1.RevokeTokenResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.RevokeTokenRequest,
      io.github.secretsvc.v1.RevokeTokenResponse> getRevokeTokenMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.RevokeTokenRequest, io.github.secretsvc.v1.RevokeTokenResponse> getRevokeTokenMethod;
    if ((getRevokeTokenMethod = IdentityServiceGrpc.getRevokeTokenMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getRevokeTokenMethod = IdentityServiceGrpc.getRevokeTokenMethod) == null) {
          IdentityServiceGrpc.getRevokeTokenMethod = getRevokeTokenMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.RevokeTokenRequest, io.github.secretsvc.v1.RevokeTokenResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RevokeToken"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RevokeTokenRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RevokeTokenResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("RevokeToken"))
              .build();
        }
      }
    }
    return getRevokeTokenMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.GetQuotasRequest,
      io.github.secretsvc.v1.GetQuotasResponse> getGetQuotasMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetQuotas",
      requestType = io.github.secretsvc.v1.GetQuotasRequest.class,
      responseType = io.github.secretsvc.v1.GetQuotasResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.GetQuotasRequest,
      io.github.secretsvc.v1.GetQuotasResponse> getGetQuotasMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.GetQuotasRequest, io.github.secretsvc.v1.GetQuotasResponse> getGetQuotasMethod;
    if ((getGetQuotasMethod = IdentityServiceGrpc.getGetQuotasMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getGetQuotasMethod = IdentityServiceGrpc.getGetQuotasMethod) == null) {
          IdentityServiceGrpc.getGetQuotasMethod = getGetQuotasMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.GetQuotasRequest, io.github.secretsvc.v1.GetQuotasResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetQuotas"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.GetQuotasRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.GetQuotasResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("GetQuotas"))
              .build();
        }
      }
    }
    return getGetQuotasMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.SetQuotasRequest,
      io.github.secretsvc.v1.SetQuotasResponse> getSetQuotasMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SetQuotas",
      requestType = io.github.secretsvc.v1.SetQuotasRequest.class,
      responseType = io.github.secretsvc.v1.SetQuotasResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.SetQuotasRequest,
      io.github.secretsvc.v1.SetQuotasResponse> getSetQuotasMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.SetQuotasRequest, io.github.secretsvc.v1.SetQuotasResponse> getSetQuotasMethod;
    if ((getSetQuotasMethod = IdentityServiceGrpc.getSetQuotasMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getSetQuotasMethod = IdentityServiceGrpc.getSetQuotasMethod) == null) {
          IdentityServiceGrpc.getSetQuotasMethod = getSetQuotasMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.SetQuotasRequest, io.github.secretsvc.v1.SetQuotasResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SetQuotas"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.SetQuotasRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.SetQuotasResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("SetQuotas"))
              .build();
        }
      }
    }
    return getSetQuotasMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.SavePermitsRequest,
      io.github.secretsvc.v1.SavePermitsResponse> getSavePermitsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SavePermits",
      requestType = io.github.secretsvc.v1.SavePermitsRequest.class,
      responseType = io.github.secretsvc.v1.SavePermitsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.SavePermitsRequest,
      io.github.secretsvc.v1.SavePermitsResponse> getSavePermitsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.SavePermitsRequest, io.github.secretsvc.v1.SavePermitsResponse> getSavePermitsMethod;
    if ((getSavePermitsMethod = IdentityServiceGrpc.getSavePermitsMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getSavePermitsMethod = IdentityServiceGrpc.getSavePermitsMethod) == null) {
          IdentityServiceGrpc.getSavePermitsMethod = getSavePermitsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.SavePermitsRequest, io.github.secretsvc.v1.SavePermitsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SavePermits"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.SavePermitsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.SavePermitsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("SavePermits"))
              .build();
        }
      }
    }
    return getSavePermitsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListPermitsRequest,
      io.github.secretsvc.v1.ListPermitsResponse> getListPermitsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListPermits",
      requestType = io.github.secretsvc.v1.ListPermitsRequest.class,
      responseType = io.github.secretsvc.v1.ListPermitsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListPermitsRequest,
      io.github.secretsvc.v1.ListPermitsResponse> getListPermitsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ListPermitsRequest, io.github.secretsvc.v1.ListPermitsResponse> getListPermitsMethod;
    if ((getListPermitsMethod = IdentityServiceGrpc.getListPermitsMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getListPermitsMethod = IdentityServiceGrpc.getListPermitsMethod) == null) {
          IdentityServiceGrpc.getListPermitsMethod = getListPermitsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ListPermitsRequest, io.github.secretsvc.v1.ListPermitsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListPermits"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListPermitsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ListPermitsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("ListPermits"))
              .build();
        }
      }
    }
    return getListPermitsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemovePermitsRequest,
      io.github.secretsvc.v1.RemovePermitsResponse> getRemovePermitsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RemovePermits",
      requestType = io.github.secretsvc.v1.RemovePermitsRequest.class,
      responseType = io.github.secretsvc.v1.RemovePermitsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemovePermitsRequest,
      io.github.secretsvc.v1.RemovePermitsResponse> getRemovePermitsMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.RemovePermitsRequest, io.github.secretsvc.v1.RemovePermitsResponse> getRemovePermitsMethod;
    if ((getRemovePermitsMethod = IdentityServiceGrpc.getRemovePermitsMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getRemovePermitsMethod = IdentityServiceGrpc.getRemovePermitsMethod) == null) {
          IdentityServiceGrpc.getRemovePermitsMethod = getRemovePermitsMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.RemovePermitsRequest, io.github.secretsvc.v1.RemovePermitsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RemovePermits"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RemovePermitsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.RemovePermitsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("RemovePermits"))
              .build();
        }
      }
    }
    return getRemovePermitsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<io.github.secretsvc.v1.ApplyTeamRequest,
      io.github.secretsvc.v1.ApplyTeamResponse> getApplyTeamMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ApplyTeam",
      requestType = io.github.secretsvc.v1.ApplyTeamRequest.class,
      responseType = io.github.secretsvc.v1.ApplyTeamResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<io.github.secretsvc.v1.ApplyTeamRequest,
      io.github.secretsvc.v1.ApplyTeamResponse> getApplyTeamMethod() {
    io.grpc.MethodDescriptor<io.github.secretsvc.v1.ApplyTeamRequest, io.github.secretsvc.v1.ApplyTeamResponse> getApplyTeamMethod;
    if ((getApplyTeamMethod = IdentityServiceGrpc.getApplyTeamMethod) == null) {
      synchronized (IdentityServiceGrpc.class) {
        if ((getApplyTeamMethod = IdentityServiceGrpc.getApplyTeamMethod) == null) {
          IdentityServiceGrpc.getApplyTeamMethod = getApplyTeamMethod =
              io.grpc.MethodDescriptor.<io.github.secretsvc.v1.ApplyTeamRequest, io.github.secretsvc.v1.ApplyTeamResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ApplyTeam"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ApplyTeamRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  io.github.secretsvc.v1.ApplyTeamResponse.getDefaultInstance()))
              .setSchemaDescriptor(new IdentityServiceMethodDescriptorSupplier("ApplyTeam"))
              .build();
        }
      }
    }
    return getApplyTeamMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static IdentityServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<IdentityServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<IdentityServiceStub>() {
        @java.lang.Override
        public IdentityServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new IdentityServiceStub(channel, callOptions);
        }
      };
    return IdentityServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static IdentityServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<IdentityServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<IdentityServiceBlockingV2Stub>() {
        @java.lang.Override
        public IdentityServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new IdentityServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return IdentityServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static IdentityServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<IdentityServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<IdentityServiceBlockingStub>() {
        @java.lang.Override
        public IdentityServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new IdentityServiceBlockingStub(channel, callOptions);
        }
      };
    return IdentityServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static IdentityServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<IdentityServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<IdentityServiceFutureStub>() {
        @java.lang.Override
        public IdentityServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new IdentityServiceFutureStub(channel, callOptions);
        }
      };
    return IdentityServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * IdentityService manages the users and tokens of a tenant. Only operators may name a tenant other than their own. A token
   * that is narrowed by grants may call only WhoAmI.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * WhoAmI returns what the service knows about the caller.
     * </pre>
     */
    default void whoAmI(io.github.secretsvc.v1.WhoAmIRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.WhoAmIResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWhoAmIMethod(), responseObserver);
    }

    /**
     * <pre>
     * SaveUsers creates and updates users: all of them, or none. Admins only. Only operators may set the operator flag.
     * Errors: PERMISSION_DENIED, ALREADY_EXISTS (the slug is a role or that of a removed user), FAILED_PRECONDITION (the last
     * admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    default void saveUsers(io.github.secretsvc.v1.SaveUsersRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SaveUsersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSaveUsersMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListUsers pages through the users of a tenant, ordered by slug. Admins only. Error: PERMISSION_DENIED.
     * </pre>
     */
    default void listUsers(io.github.secretsvc.v1.ListUsersRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListUsersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListUsersMethod(), responseObserver);
    }

    /**
     * <pre>
     * RemoveUsers removes users and revokes their tokens: all of them, or none. Admins only. The last admin of a tenant
     * cannot be removed. Secrets keep the names of removed users in their lists. Errors: NOT_FOUND, PERMISSION_DENIED,
     * FAILED_PRECONDITION (the last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    default void removeUsers(io.github.secretsvc.v1.RemoveUsersRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemoveUsersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemoveUsersMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListNames pages through the names of users and roles, for access lists. With SECRET_SVC_DIRECTORY=admins only admins
     * may call it. Principals of token issuers may not. Error: PERMISSION_DENIED.
     * </pre>
     */
    default void listNames(io.github.secretsvc.v1.ListNamesRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListNamesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListNamesMethod(), responseObserver);
    }

    /**
     * <pre>
     * LinkUser binds a user to an account of a login provider, or undoes it. Then they sign in as this user. Admins only.
     * Errors: NOT_FOUND, PERMISSION_DENIED, ALREADY_EXISTS (the account is bound to another user), FAILED_PRECONDITION (the
     * last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    default void linkUser(io.github.secretsvc.v1.LinkUserRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.LinkUserResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getLinkUserMethod(), responseObserver);
    }

    /**
     * <pre>
     * InviteUser makes a link, valid once and for 24 hours, with which a user makes a passkey to sign in with. It replaces
     * an earlier invitation of the user. Admins only. Errors: NOT_FOUND (no such user), PERMISSION_DENIED,
     * FAILED_PRECONDITION (the service cannot serve passkeys at its address), ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    default void inviteUser(io.github.secretsvc.v1.InviteUserRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.InviteUserResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getInviteUserMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListTenants pages through all tenants, ordered by name. Operators only. Error: PERMISSION_DENIED.
     * </pre>
     */
    default void listTenants(io.github.secretsvc.v1.ListTenantsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListTenantsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTenantsMethod(), responseObserver);
    }

    /**
     * <pre>
     * CreateToken makes a token for the caller, or for admins for any user of the tenant. The token is shown only once.
     * Errors: NOT_FOUND (no such user), PERMISSION_DENIED, RESOURCE_EXHAUSTED (too many live tokens), DATA_LOSS.
     * </pre>
     */
    default void createToken(io.github.secretsvc.v1.CreateTokenRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CreateTokenResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateTokenMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListTokens pages through the caller's own tokens, or for admins through those of any user. It never shows the tokens
     * themselves.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    default void listTokens(io.github.secretsvc.v1.ListTokensRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListTokensResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListTokensMethod(), responseObserver);
    }

    /**
     * <pre>
     * RevokeToken ends a token. Calls that start after the response are refused; on other processes of the service within a
     * second. Errors: NOT_FOUND, PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    default void revokeToken(io.github.secretsvc.v1.RevokeTokenRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RevokeTokenResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRevokeTokenMethod(), responseObserver);
    }

    /**
     * <pre>
     * GetQuotas returns what a tenant and one of its users have and may have. Admins only; operators may name any tenant.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    default void getQuotas(io.github.secretsvc.v1.GetQuotasRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.GetQuotasResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetQuotasMethod(), responseObserver);
    }

    /**
     * <pre>
     * SetQuotas gives a tenant limits of its own, in place of those in the settings of the service. Operators only: an admin
     * does not set the limits of their own tenant. Errors: PERMISSION_DENIED, ABORTED (too many concurrent writers).
     * </pre>
     */
    default void setQuotas(io.github.secretsvc.v1.SetQuotasRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SetQuotasResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSetQuotasMethod(), responseObserver);
    }

    /**
     * <pre>
     * SavePermits lets users or roles create keys that match a pattern: all permits of the request, or none. Permits that are
     * there already stay. Admins only. Errors: PERMISSION_DENIED, INVALID_ARGUMENT, ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    default void savePermits(io.github.secretsvc.v1.SavePermitsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SavePermitsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSavePermitsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ListPermits returns all permits of a tenant, or those of one name, ordered by name and pattern. Callers who are not
     * admins get their own and those of their roles. Error: PERMISSION_DENIED.
     * </pre>
     */
    default void listPermits(io.github.secretsvc.v1.ListPermitsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListPermitsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListPermitsMethod(), responseObserver);
    }

    /**
     * <pre>
     * RemovePermits takes permits away: all of the request, or none. Secrets that were created under them stay as they are.
     * Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    default void removePermits(io.github.secretsvc.v1.RemovePermitsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemovePermitsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRemovePermitsMethod(), responseObserver);
    }

    /**
     * <pre>
     * ApplyTeam makes users and permits of a tenant as a file has them: all of it, or nothing. It makes no tokens. What
     * prune names is taken away when the request does not name it: users and permits are removed, tokens revoked. The caller, users
     * who log in at a provider, and the last admin are spared, with their tokens. Admins only. Errors: as SaveUsers and SavePermits.
     * </pre>
     */
    default void applyTeam(io.github.secretsvc.v1.ApplyTeamRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ApplyTeamResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getApplyTeamMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service IdentityService.
   * <pre>
   * IdentityService manages the users and tokens of a tenant. Only operators may name a tenant other than their own. A token
   * that is narrowed by grants may call only WhoAmI.
   * </pre>
   */
  public static abstract class IdentityServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return IdentityServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service IdentityService.
   * <pre>
   * IdentityService manages the users and tokens of a tenant. Only operators may name a tenant other than their own. A token
   * that is narrowed by grants may call only WhoAmI.
   * </pre>
   */
  public static final class IdentityServiceStub
      extends io.grpc.stub.AbstractAsyncStub<IdentityServiceStub> {
    private IdentityServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected IdentityServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new IdentityServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * WhoAmI returns what the service knows about the caller.
     * </pre>
     */
    public void whoAmI(io.github.secretsvc.v1.WhoAmIRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.WhoAmIResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getWhoAmIMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * SaveUsers creates and updates users: all of them, or none. Admins only. Only operators may set the operator flag.
     * Errors: PERMISSION_DENIED, ALREADY_EXISTS (the slug is a role or that of a removed user), FAILED_PRECONDITION (the last
     * admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public void saveUsers(io.github.secretsvc.v1.SaveUsersRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SaveUsersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSaveUsersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListUsers pages through the users of a tenant, ordered by slug. Admins only. Error: PERMISSION_DENIED.
     * </pre>
     */
    public void listUsers(io.github.secretsvc.v1.ListUsersRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListUsersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListUsersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RemoveUsers removes users and revokes their tokens: all of them, or none. Admins only. The last admin of a tenant
     * cannot be removed. Secrets keep the names of removed users in their lists. Errors: NOT_FOUND, PERMISSION_DENIED,
     * FAILED_PRECONDITION (the last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public void removeUsers(io.github.secretsvc.v1.RemoveUsersRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemoveUsersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemoveUsersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListNames pages through the names of users and roles, for access lists. With SECRET_SVC_DIRECTORY=admins only admins
     * may call it. Principals of token issuers may not. Error: PERMISSION_DENIED.
     * </pre>
     */
    public void listNames(io.github.secretsvc.v1.ListNamesRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListNamesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListNamesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * LinkUser binds a user to an account of a login provider, or undoes it. Then they sign in as this user. Admins only.
     * Errors: NOT_FOUND, PERMISSION_DENIED, ALREADY_EXISTS (the account is bound to another user), FAILED_PRECONDITION (the
     * last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public void linkUser(io.github.secretsvc.v1.LinkUserRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.LinkUserResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getLinkUserMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * InviteUser makes a link, valid once and for 24 hours, with which a user makes a passkey to sign in with. It replaces
     * an earlier invitation of the user. Admins only. Errors: NOT_FOUND (no such user), PERMISSION_DENIED,
     * FAILED_PRECONDITION (the service cannot serve passkeys at its address), ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    public void inviteUser(io.github.secretsvc.v1.InviteUserRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.InviteUserResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getInviteUserMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListTenants pages through all tenants, ordered by name. Operators only. Error: PERMISSION_DENIED.
     * </pre>
     */
    public void listTenants(io.github.secretsvc.v1.ListTenantsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListTenantsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTenantsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * CreateToken makes a token for the caller, or for admins for any user of the tenant. The token is shown only once.
     * Errors: NOT_FOUND (no such user), PERMISSION_DENIED, RESOURCE_EXHAUSTED (too many live tokens), DATA_LOSS.
     * </pre>
     */
    public void createToken(io.github.secretsvc.v1.CreateTokenRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CreateTokenResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateTokenMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListTokens pages through the caller's own tokens, or for admins through those of any user. It never shows the tokens
     * themselves.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public void listTokens(io.github.secretsvc.v1.ListTokensRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListTokensResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListTokensMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RevokeToken ends a token. Calls that start after the response are refused; on other processes of the service within a
     * second. Errors: NOT_FOUND, PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    public void revokeToken(io.github.secretsvc.v1.RevokeTokenRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RevokeTokenResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRevokeTokenMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * GetQuotas returns what a tenant and one of its users have and may have. Admins only; operators may name any tenant.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public void getQuotas(io.github.secretsvc.v1.GetQuotasRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.GetQuotasResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetQuotasMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * SetQuotas gives a tenant limits of its own, in place of those in the settings of the service. Operators only: an admin
     * does not set the limits of their own tenant. Errors: PERMISSION_DENIED, ABORTED (too many concurrent writers).
     * </pre>
     */
    public void setQuotas(io.github.secretsvc.v1.SetQuotasRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SetQuotasResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSetQuotasMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * SavePermits lets users or roles create keys that match a pattern: all permits of the request, or none. Permits that are
     * there already stay. Admins only. Errors: PERMISSION_DENIED, INVALID_ARGUMENT, ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    public void savePermits(io.github.secretsvc.v1.SavePermitsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SavePermitsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSavePermitsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ListPermits returns all permits of a tenant, or those of one name, ordered by name and pattern. Callers who are not
     * admins get their own and those of their roles. Error: PERMISSION_DENIED.
     * </pre>
     */
    public void listPermits(io.github.secretsvc.v1.ListPermitsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListPermitsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListPermitsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * RemovePermits takes permits away: all of the request, or none. Secrets that were created under them stay as they are.
     * Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public void removePermits(io.github.secretsvc.v1.RemovePermitsRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemovePermitsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRemovePermitsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * ApplyTeam makes users and permits of a tenant as a file has them: all of it, or nothing. It makes no tokens. What
     * prune names is taken away when the request does not name it: users and permits are removed, tokens revoked. The caller, users
     * who log in at a provider, and the last admin are spared, with their tokens. Admins only. Errors: as SaveUsers and SavePermits.
     * </pre>
     */
    public void applyTeam(io.github.secretsvc.v1.ApplyTeamRequest request,
        io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ApplyTeamResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getApplyTeamMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service IdentityService.
   * <pre>
   * IdentityService manages the users and tokens of a tenant. Only operators may name a tenant other than their own. A token
   * that is narrowed by grants may call only WhoAmI.
   * </pre>
   */
  public static final class IdentityServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<IdentityServiceBlockingV2Stub> {
    private IdentityServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected IdentityServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new IdentityServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * WhoAmI returns what the service knows about the caller.
     * </pre>
     */
    public io.github.secretsvc.v1.WhoAmIResponse whoAmI(io.github.secretsvc.v1.WhoAmIRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getWhoAmIMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SaveUsers creates and updates users: all of them, or none. Admins only. Only operators may set the operator flag.
     * Errors: PERMISSION_DENIED, ALREADY_EXISTS (the slug is a role or that of a removed user), FAILED_PRECONDITION (the last
     * admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.SaveUsersResponse saveUsers(io.github.secretsvc.v1.SaveUsersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSaveUsersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListUsers pages through the users of a tenant, ordered by slug. Admins only. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListUsersResponse listUsers(io.github.secretsvc.v1.ListUsersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListUsersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemoveUsers removes users and revokes their tokens: all of them, or none. Admins only. The last admin of a tenant
     * cannot be removed. Secrets keep the names of removed users in their lists. Errors: NOT_FOUND, PERMISSION_DENIED,
     * FAILED_PRECONDITION (the last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RemoveUsersResponse removeUsers(io.github.secretsvc.v1.RemoveUsersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemoveUsersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListNames pages through the names of users and roles, for access lists. With SECRET_SVC_DIRECTORY=admins only admins
     * may call it. Principals of token issuers may not. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListNamesResponse listNames(io.github.secretsvc.v1.ListNamesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListNamesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * LinkUser binds a user to an account of a login provider, or undoes it. Then they sign in as this user. Admins only.
     * Errors: NOT_FOUND, PERMISSION_DENIED, ALREADY_EXISTS (the account is bound to another user), FAILED_PRECONDITION (the
     * last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.LinkUserResponse linkUser(io.github.secretsvc.v1.LinkUserRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getLinkUserMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * InviteUser makes a link, valid once and for 24 hours, with which a user makes a passkey to sign in with. It replaces
     * an earlier invitation of the user. Admins only. Errors: NOT_FOUND (no such user), PERMISSION_DENIED,
     * FAILED_PRECONDITION (the service cannot serve passkeys at its address), ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.InviteUserResponse inviteUser(io.github.secretsvc.v1.InviteUserRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getInviteUserMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListTenants pages through all tenants, ordered by name. Operators only. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListTenantsResponse listTenants(io.github.secretsvc.v1.ListTenantsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTenantsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateToken makes a token for the caller, or for admins for any user of the tenant. The token is shown only once.
     * Errors: NOT_FOUND (no such user), PERMISSION_DENIED, RESOURCE_EXHAUSTED (too many live tokens), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.CreateTokenResponse createToken(io.github.secretsvc.v1.CreateTokenRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListTokens pages through the caller's own tokens, or for admins through those of any user. It never shows the tokens
     * themselves.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListTokensResponse listTokens(io.github.secretsvc.v1.ListTokensRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListTokensMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RevokeToken ends a token. Calls that start after the response are refused; on other processes of the service within a
     * second. Errors: NOT_FOUND, PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RevokeTokenResponse revokeToken(io.github.secretsvc.v1.RevokeTokenRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRevokeTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetQuotas returns what a tenant and one of its users have and may have. Admins only; operators may name any tenant.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.GetQuotasResponse getQuotas(io.github.secretsvc.v1.GetQuotasRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetQuotasMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SetQuotas gives a tenant limits of its own, in place of those in the settings of the service. Operators only: an admin
     * does not set the limits of their own tenant. Errors: PERMISSION_DENIED, ABORTED (too many concurrent writers).
     * </pre>
     */
    public io.github.secretsvc.v1.SetQuotasResponse setQuotas(io.github.secretsvc.v1.SetQuotasRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSetQuotasMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SavePermits lets users or roles create keys that match a pattern: all permits of the request, or none. Permits that are
     * there already stay. Admins only. Errors: PERMISSION_DENIED, INVALID_ARGUMENT, ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.SavePermitsResponse savePermits(io.github.secretsvc.v1.SavePermitsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSavePermitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListPermits returns all permits of a tenant, or those of one name, ordered by name and pattern. Callers who are not
     * admins get their own and those of their roles. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListPermitsResponse listPermits(io.github.secretsvc.v1.ListPermitsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListPermitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemovePermits takes permits away: all of the request, or none. Secrets that were created under them stay as they are.
     * Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RemovePermitsResponse removePermits(io.github.secretsvc.v1.RemovePermitsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRemovePermitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ApplyTeam makes users and permits of a tenant as a file has them: all of it, or nothing. It makes no tokens. What
     * prune names is taken away when the request does not name it: users and permits are removed, tokens revoked. The caller, users
     * who log in at a provider, and the last admin are spared, with their tokens. Admins only. Errors: as SaveUsers and SavePermits.
     * </pre>
     */
    public io.github.secretsvc.v1.ApplyTeamResponse applyTeam(io.github.secretsvc.v1.ApplyTeamRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getApplyTeamMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service IdentityService.
   * <pre>
   * IdentityService manages the users and tokens of a tenant. Only operators may name a tenant other than their own. A token
   * that is narrowed by grants may call only WhoAmI.
   * </pre>
   */
  public static final class IdentityServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<IdentityServiceBlockingStub> {
    private IdentityServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected IdentityServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new IdentityServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * WhoAmI returns what the service knows about the caller.
     * </pre>
     */
    public io.github.secretsvc.v1.WhoAmIResponse whoAmI(io.github.secretsvc.v1.WhoAmIRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getWhoAmIMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SaveUsers creates and updates users: all of them, or none. Admins only. Only operators may set the operator flag.
     * Errors: PERMISSION_DENIED, ALREADY_EXISTS (the slug is a role or that of a removed user), FAILED_PRECONDITION (the last
     * admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.SaveUsersResponse saveUsers(io.github.secretsvc.v1.SaveUsersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSaveUsersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListUsers pages through the users of a tenant, ordered by slug. Admins only. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListUsersResponse listUsers(io.github.secretsvc.v1.ListUsersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListUsersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemoveUsers removes users and revokes their tokens: all of them, or none. Admins only. The last admin of a tenant
     * cannot be removed. Secrets keep the names of removed users in their lists. Errors: NOT_FOUND, PERMISSION_DENIED,
     * FAILED_PRECONDITION (the last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RemoveUsersResponse removeUsers(io.github.secretsvc.v1.RemoveUsersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemoveUsersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListNames pages through the names of users and roles, for access lists. With SECRET_SVC_DIRECTORY=admins only admins
     * may call it. Principals of token issuers may not. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListNamesResponse listNames(io.github.secretsvc.v1.ListNamesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListNamesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * LinkUser binds a user to an account of a login provider, or undoes it. Then they sign in as this user. Admins only.
     * Errors: NOT_FOUND, PERMISSION_DENIED, ALREADY_EXISTS (the account is bound to another user), FAILED_PRECONDITION (the
     * last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.LinkUserResponse linkUser(io.github.secretsvc.v1.LinkUserRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getLinkUserMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * InviteUser makes a link, valid once and for 24 hours, with which a user makes a passkey to sign in with. It replaces
     * an earlier invitation of the user. Admins only. Errors: NOT_FOUND (no such user), PERMISSION_DENIED,
     * FAILED_PRECONDITION (the service cannot serve passkeys at its address), ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.InviteUserResponse inviteUser(io.github.secretsvc.v1.InviteUserRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getInviteUserMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListTenants pages through all tenants, ordered by name. Operators only. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListTenantsResponse listTenants(io.github.secretsvc.v1.ListTenantsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTenantsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * CreateToken makes a token for the caller, or for admins for any user of the tenant. The token is shown only once.
     * Errors: NOT_FOUND (no such user), PERMISSION_DENIED, RESOURCE_EXHAUSTED (too many live tokens), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.CreateTokenResponse createToken(io.github.secretsvc.v1.CreateTokenRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListTokens pages through the caller's own tokens, or for admins through those of any user. It never shows the tokens
     * themselves.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListTokensResponse listTokens(io.github.secretsvc.v1.ListTokensRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListTokensMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RevokeToken ends a token. Calls that start after the response are refused; on other processes of the service within a
     * second. Errors: NOT_FOUND, PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RevokeTokenResponse revokeToken(io.github.secretsvc.v1.RevokeTokenRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRevokeTokenMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * GetQuotas returns what a tenant and one of its users have and may have. Admins only; operators may name any tenant.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.GetQuotasResponse getQuotas(io.github.secretsvc.v1.GetQuotasRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetQuotasMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SetQuotas gives a tenant limits of its own, in place of those in the settings of the service. Operators only: an admin
     * does not set the limits of their own tenant. Errors: PERMISSION_DENIED, ABORTED (too many concurrent writers).
     * </pre>
     */
    public io.github.secretsvc.v1.SetQuotasResponse setQuotas(io.github.secretsvc.v1.SetQuotasRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSetQuotasMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * SavePermits lets users or roles create keys that match a pattern: all permits of the request, or none. Permits that are
     * there already stay. Admins only. Errors: PERMISSION_DENIED, INVALID_ARGUMENT, ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.SavePermitsResponse savePermits(io.github.secretsvc.v1.SavePermitsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSavePermitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ListPermits returns all permits of a tenant, or those of one name, ordered by name and pattern. Callers who are not
     * admins get their own and those of their roles. Error: PERMISSION_DENIED.
     * </pre>
     */
    public io.github.secretsvc.v1.ListPermitsResponse listPermits(io.github.secretsvc.v1.ListPermitsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListPermitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * RemovePermits takes permits away: all of the request, or none. Secrets that were created under them stay as they are.
     * Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public io.github.secretsvc.v1.RemovePermitsResponse removePermits(io.github.secretsvc.v1.RemovePermitsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRemovePermitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * ApplyTeam makes users and permits of a tenant as a file has them: all of it, or nothing. It makes no tokens. What
     * prune names is taken away when the request does not name it: users and permits are removed, tokens revoked. The caller, users
     * who log in at a provider, and the last admin are spared, with their tokens. Admins only. Errors: as SaveUsers and SavePermits.
     * </pre>
     */
    public io.github.secretsvc.v1.ApplyTeamResponse applyTeam(io.github.secretsvc.v1.ApplyTeamRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getApplyTeamMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service IdentityService.
   * <pre>
   * IdentityService manages the users and tokens of a tenant. Only operators may name a tenant other than their own. A token
   * that is narrowed by grants may call only WhoAmI.
   * </pre>
   */
  public static final class IdentityServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<IdentityServiceFutureStub> {
    private IdentityServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected IdentityServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new IdentityServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * WhoAmI returns what the service knows about the caller.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.WhoAmIResponse> whoAmI(
        io.github.secretsvc.v1.WhoAmIRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getWhoAmIMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * SaveUsers creates and updates users: all of them, or none. Admins only. Only operators may set the operator flag.
     * Errors: PERMISSION_DENIED, ALREADY_EXISTS (the slug is a role or that of a removed user), FAILED_PRECONDITION (the last
     * admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.SaveUsersResponse> saveUsers(
        io.github.secretsvc.v1.SaveUsersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSaveUsersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListUsers pages through the users of a tenant, ordered by slug. Admins only. Error: PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListUsersResponse> listUsers(
        io.github.secretsvc.v1.ListUsersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListUsersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * RemoveUsers removes users and revokes their tokens: all of them, or none. Admins only. The last admin of a tenant
     * cannot be removed. Secrets keep the names of removed users in their lists. Errors: NOT_FOUND, PERMISSION_DENIED,
     * FAILED_PRECONDITION (the last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.RemoveUsersResponse> removeUsers(
        io.github.secretsvc.v1.RemoveUsersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemoveUsersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListNames pages through the names of users and roles, for access lists. With SECRET_SVC_DIRECTORY=admins only admins
     * may call it. Principals of token issuers may not. Error: PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListNamesResponse> listNames(
        io.github.secretsvc.v1.ListNamesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListNamesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * LinkUser binds a user to an account of a login provider, or undoes it. Then they sign in as this user. Admins only.
     * Errors: NOT_FOUND, PERMISSION_DENIED, ALREADY_EXISTS (the account is bound to another user), FAILED_PRECONDITION (the
     * last admin), ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.LinkUserResponse> linkUser(
        io.github.secretsvc.v1.LinkUserRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getLinkUserMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * InviteUser makes a link, valid once and for 24 hours, with which a user makes a passkey to sign in with. It replaces
     * an earlier invitation of the user. Admins only. Errors: NOT_FOUND (no such user), PERMISSION_DENIED,
     * FAILED_PRECONDITION (the service cannot serve passkeys at its address), ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.InviteUserResponse> inviteUser(
        io.github.secretsvc.v1.InviteUserRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getInviteUserMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListTenants pages through all tenants, ordered by name. Operators only. Error: PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListTenantsResponse> listTenants(
        io.github.secretsvc.v1.ListTenantsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTenantsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * CreateToken makes a token for the caller, or for admins for any user of the tenant. The token is shown only once.
     * Errors: NOT_FOUND (no such user), PERMISSION_DENIED, RESOURCE_EXHAUSTED (too many live tokens), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.CreateTokenResponse> createToken(
        io.github.secretsvc.v1.CreateTokenRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateTokenMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListTokens pages through the caller's own tokens, or for admins through those of any user. It never shows the tokens
     * themselves.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListTokensResponse> listTokens(
        io.github.secretsvc.v1.ListTokensRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListTokensMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * RevokeToken ends a token. Calls that start after the response are refused; on other processes of the service within a
     * second. Errors: NOT_FOUND, PERMISSION_DENIED, DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.RevokeTokenResponse> revokeToken(
        io.github.secretsvc.v1.RevokeTokenRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRevokeTokenMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * GetQuotas returns what a tenant and one of its users have and may have. Admins only; operators may name any tenant.
     * Error: PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.GetQuotasResponse> getQuotas(
        io.github.secretsvc.v1.GetQuotasRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetQuotasMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * SetQuotas gives a tenant limits of its own, in place of those in the settings of the service. Operators only: an admin
     * does not set the limits of their own tenant. Errors: PERMISSION_DENIED, ABORTED (too many concurrent writers).
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.SetQuotasResponse> setQuotas(
        io.github.secretsvc.v1.SetQuotasRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSetQuotasMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * SavePermits lets users or roles create keys that match a pattern: all permits of the request, or none. Permits that are
     * there already stay. Admins only. Errors: PERMISSION_DENIED, INVALID_ARGUMENT, ABORTED (too many concurrent writers),
     * DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.SavePermitsResponse> savePermits(
        io.github.secretsvc.v1.SavePermitsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSavePermitsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ListPermits returns all permits of a tenant, or those of one name, ordered by name and pattern. Callers who are not
     * admins get their own and those of their roles. Error: PERMISSION_DENIED.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ListPermitsResponse> listPermits(
        io.github.secretsvc.v1.ListPermitsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListPermitsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * RemovePermits takes permits away: all of the request, or none. Secrets that were created under them stay as they are.
     * Admins only. Errors: NOT_FOUND, PERMISSION_DENIED, ABORTED (too many concurrent writers), DATA_LOSS.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.RemovePermitsResponse> removePermits(
        io.github.secretsvc.v1.RemovePermitsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRemovePermitsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * ApplyTeam makes users and permits of a tenant as a file has them: all of it, or nothing. It makes no tokens. What
     * prune names is taken away when the request does not name it: users and permits are removed, tokens revoked. The caller, users
     * who log in at a provider, and the last admin are spared, with their tokens. Admins only. Errors: as SaveUsers and SavePermits.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<io.github.secretsvc.v1.ApplyTeamResponse> applyTeam(
        io.github.secretsvc.v1.ApplyTeamRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getApplyTeamMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_WHO_AM_I = 0;
  private static final int METHODID_SAVE_USERS = 1;
  private static final int METHODID_LIST_USERS = 2;
  private static final int METHODID_REMOVE_USERS = 3;
  private static final int METHODID_LIST_NAMES = 4;
  private static final int METHODID_LINK_USER = 5;
  private static final int METHODID_INVITE_USER = 6;
  private static final int METHODID_LIST_TENANTS = 7;
  private static final int METHODID_CREATE_TOKEN = 8;
  private static final int METHODID_LIST_TOKENS = 9;
  private static final int METHODID_REVOKE_TOKEN = 10;
  private static final int METHODID_GET_QUOTAS = 11;
  private static final int METHODID_SET_QUOTAS = 12;
  private static final int METHODID_SAVE_PERMITS = 13;
  private static final int METHODID_LIST_PERMITS = 14;
  private static final int METHODID_REMOVE_PERMITS = 15;
  private static final int METHODID_APPLY_TEAM = 16;

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
        case METHODID_WHO_AM_I:
          serviceImpl.whoAmI((io.github.secretsvc.v1.WhoAmIRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.WhoAmIResponse>) responseObserver);
          break;
        case METHODID_SAVE_USERS:
          serviceImpl.saveUsers((io.github.secretsvc.v1.SaveUsersRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SaveUsersResponse>) responseObserver);
          break;
        case METHODID_LIST_USERS:
          serviceImpl.listUsers((io.github.secretsvc.v1.ListUsersRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListUsersResponse>) responseObserver);
          break;
        case METHODID_REMOVE_USERS:
          serviceImpl.removeUsers((io.github.secretsvc.v1.RemoveUsersRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemoveUsersResponse>) responseObserver);
          break;
        case METHODID_LIST_NAMES:
          serviceImpl.listNames((io.github.secretsvc.v1.ListNamesRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListNamesResponse>) responseObserver);
          break;
        case METHODID_LINK_USER:
          serviceImpl.linkUser((io.github.secretsvc.v1.LinkUserRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.LinkUserResponse>) responseObserver);
          break;
        case METHODID_INVITE_USER:
          serviceImpl.inviteUser((io.github.secretsvc.v1.InviteUserRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.InviteUserResponse>) responseObserver);
          break;
        case METHODID_LIST_TENANTS:
          serviceImpl.listTenants((io.github.secretsvc.v1.ListTenantsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListTenantsResponse>) responseObserver);
          break;
        case METHODID_CREATE_TOKEN:
          serviceImpl.createToken((io.github.secretsvc.v1.CreateTokenRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.CreateTokenResponse>) responseObserver);
          break;
        case METHODID_LIST_TOKENS:
          serviceImpl.listTokens((io.github.secretsvc.v1.ListTokensRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListTokensResponse>) responseObserver);
          break;
        case METHODID_REVOKE_TOKEN:
          serviceImpl.revokeToken((io.github.secretsvc.v1.RevokeTokenRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RevokeTokenResponse>) responseObserver);
          break;
        case METHODID_GET_QUOTAS:
          serviceImpl.getQuotas((io.github.secretsvc.v1.GetQuotasRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.GetQuotasResponse>) responseObserver);
          break;
        case METHODID_SET_QUOTAS:
          serviceImpl.setQuotas((io.github.secretsvc.v1.SetQuotasRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SetQuotasResponse>) responseObserver);
          break;
        case METHODID_SAVE_PERMITS:
          serviceImpl.savePermits((io.github.secretsvc.v1.SavePermitsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.SavePermitsResponse>) responseObserver);
          break;
        case METHODID_LIST_PERMITS:
          serviceImpl.listPermits((io.github.secretsvc.v1.ListPermitsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ListPermitsResponse>) responseObserver);
          break;
        case METHODID_REMOVE_PERMITS:
          serviceImpl.removePermits((io.github.secretsvc.v1.RemovePermitsRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.RemovePermitsResponse>) responseObserver);
          break;
        case METHODID_APPLY_TEAM:
          serviceImpl.applyTeam((io.github.secretsvc.v1.ApplyTeamRequest) request,
              (io.grpc.stub.StreamObserver<io.github.secretsvc.v1.ApplyTeamResponse>) responseObserver);
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
          getWhoAmIMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.WhoAmIRequest,
              io.github.secretsvc.v1.WhoAmIResponse>(
                service, METHODID_WHO_AM_I)))
        .addMethod(
          getSaveUsersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.SaveUsersRequest,
              io.github.secretsvc.v1.SaveUsersResponse>(
                service, METHODID_SAVE_USERS)))
        .addMethod(
          getListUsersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListUsersRequest,
              io.github.secretsvc.v1.ListUsersResponse>(
                service, METHODID_LIST_USERS)))
        .addMethod(
          getRemoveUsersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.RemoveUsersRequest,
              io.github.secretsvc.v1.RemoveUsersResponse>(
                service, METHODID_REMOVE_USERS)))
        .addMethod(
          getListNamesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListNamesRequest,
              io.github.secretsvc.v1.ListNamesResponse>(
                service, METHODID_LIST_NAMES)))
        .addMethod(
          getLinkUserMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.LinkUserRequest,
              io.github.secretsvc.v1.LinkUserResponse>(
                service, METHODID_LINK_USER)))
        .addMethod(
          getInviteUserMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.InviteUserRequest,
              io.github.secretsvc.v1.InviteUserResponse>(
                service, METHODID_INVITE_USER)))
        .addMethod(
          getListTenantsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListTenantsRequest,
              io.github.secretsvc.v1.ListTenantsResponse>(
                service, METHODID_LIST_TENANTS)))
        .addMethod(
          getCreateTokenMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.CreateTokenRequest,
              io.github.secretsvc.v1.CreateTokenResponse>(
                service, METHODID_CREATE_TOKEN)))
        .addMethod(
          getListTokensMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListTokensRequest,
              io.github.secretsvc.v1.ListTokensResponse>(
                service, METHODID_LIST_TOKENS)))
        .addMethod(
          getRevokeTokenMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.RevokeTokenRequest,
              io.github.secretsvc.v1.RevokeTokenResponse>(
                service, METHODID_REVOKE_TOKEN)))
        .addMethod(
          getGetQuotasMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.GetQuotasRequest,
              io.github.secretsvc.v1.GetQuotasResponse>(
                service, METHODID_GET_QUOTAS)))
        .addMethod(
          getSetQuotasMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.SetQuotasRequest,
              io.github.secretsvc.v1.SetQuotasResponse>(
                service, METHODID_SET_QUOTAS)))
        .addMethod(
          getSavePermitsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.SavePermitsRequest,
              io.github.secretsvc.v1.SavePermitsResponse>(
                service, METHODID_SAVE_PERMITS)))
        .addMethod(
          getListPermitsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ListPermitsRequest,
              io.github.secretsvc.v1.ListPermitsResponse>(
                service, METHODID_LIST_PERMITS)))
        .addMethod(
          getRemovePermitsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.RemovePermitsRequest,
              io.github.secretsvc.v1.RemovePermitsResponse>(
                service, METHODID_REMOVE_PERMITS)))
        .addMethod(
          getApplyTeamMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              io.github.secretsvc.v1.ApplyTeamRequest,
              io.github.secretsvc.v1.ApplyTeamResponse>(
                service, METHODID_APPLY_TEAM)))
        .build();
  }

  private static abstract class IdentityServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    IdentityServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return io.github.secretsvc.v1.IdentityServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("IdentityService");
    }
  }

  private static final class IdentityServiceFileDescriptorSupplier
      extends IdentityServiceBaseDescriptorSupplier {
    IdentityServiceFileDescriptorSupplier() {}
  }

  private static final class IdentityServiceMethodDescriptorSupplier
      extends IdentityServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    IdentityServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (IdentityServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new IdentityServiceFileDescriptorSupplier())
              .addMethod(getWhoAmIMethod())
              .addMethod(getSaveUsersMethod())
              .addMethod(getListUsersMethod())
              .addMethod(getRemoveUsersMethod())
              .addMethod(getListNamesMethod())
              .addMethod(getLinkUserMethod())
              .addMethod(getInviteUserMethod())
              .addMethod(getListTenantsMethod())
              .addMethod(getCreateTokenMethod())
              .addMethod(getListTokensMethod())
              .addMethod(getRevokeTokenMethod())
              .addMethod(getGetQuotasMethod())
              .addMethod(getSetQuotasMethod())
              .addMethod(getSavePermitsMethod())
              .addMethod(getListPermitsMethod())
              .addMethod(getRemovePermitsMethod())
              .addMethod(getApplyTeamMethod())
              .build();
        }
      }
    }
    return result;
  }
}
