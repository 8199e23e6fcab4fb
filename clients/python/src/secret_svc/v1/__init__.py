"""The contract of the service as generated code: messages (``*_pb2``) and gRPC stubs (``*_pb2_grpc``)."""
