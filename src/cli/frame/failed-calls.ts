import { ConnectError, type Interceptor } from "@connectrpc/connect";

/** What a call that failed was, for a message that fits. */
export interface FailedCall {
  /** It changes nothing, whatever came of it. */
  readonly isRead: boolean;
  /** The proxy that it went through. */
  readonly proxy: string | undefined;
}

const failedCalls = new WeakMap<Error, FailedCall>();
const readNames = /^(List|Get|WhoAmI|Explain|IsSecure|Watch|Verify|Encrypt|Decrypt|Head)/;

/** Remembers of each call that fails what it was. */
export function rememberFailures(proxy: string | undefined): Interceptor {
  return (next) => async (request) => {
    try {
      return await next(request);
    } catch (error) {
      const failure = ConnectError.from(error);
      failedCalls.set(failure, { isRead: readNames.test(request.method.name), proxy });
      throw failure;
    }
  };
}

/** What is known of a failed call. */
export function failedCallOf(error: Error): FailedCall | undefined {
  return failedCalls.get(error);
}
