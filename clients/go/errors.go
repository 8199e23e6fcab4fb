package secretsvc

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

// Reason is why a request was refused: secretv1.Reason_REASON_NOT_FOUND and the like.
type Reason = secretv1.Reason

// Error is a call that failed. It never holds a value or a token.
type Error struct {
	Code codes.Code
	// Reason is that of the first detail; REASON_UNSPECIFIED when the service did not answer.
	Reason  Reason
	Message string
	// Details has one entry for each failing item, the first 20 at most.
	Details []ErrorDetail
}

// ErrorDetail says what is wrong with one item of a request.
type ErrorDetail struct {
	Reason Reason
	// Index is the position of the item in the request, from 0.
	Index int
	Key   string
	// Field is the path of the field, with the names of the JSON form.
	Field string
	// Right is the one that the caller lacks.
	Right string
	// Limit was exceeded by Actual.
	Limit  uint64
	Actual uint64
}

func (e *Error) Error() string {
	if e.Reason == secretv1.Reason_REASON_UNSPECIFIED {
		return fmt.Sprintf("secret-svc: %s (%s)", e.Message, e.Code)
	}
	return fmt.Sprintf("secret-svc: %s (%s, %s)", e.Message, e.Code, e.Reason)
}

// GRPCStatus lets status.Code and status.FromError see the code.
func (e *Error) GRPCStatus() *status.Status { return status.New(e.Code, e.Message) }

// Is lets errors.Is find the errors of package context: a call that a deadline or its caller ended.
func (e *Error) Is(target error) bool {
	return (e.Code == codes.DeadlineExceeded && target == context.DeadlineExceeded) ||
		(e.Code == codes.Canceled && target == context.Canceled)
}

// ReasonOf is the reason of an error of this package, also a wrapped one; REASON_UNSPECIFIED of any other.
func ReasonOf(err error) Reason {
	if failure, ok := errors.AsType[*Error](err); ok {
		return failure.Reason
	}
	return secretv1.Reason_REASON_UNSPECIFIED
}

func errorFromCall(err error) *Error {
	answer := status.Convert(err)
	failure := &Error{Code: answer.Code(), Message: answer.Message()}
	for _, any := range answer.Details() {
		if detail, ok := any.(*secretv1.ErrorDetail); ok {
			failure.Details = append(failure.Details, ErrorDetail{
				Reason: detail.GetReason(), Index: int(detail.GetIndex()), Key: detail.GetKey(),
				Field: detail.GetField(), Right: detail.GetRight(), Limit: detail.GetLimit(), Actual: detail.GetActual(),
			})
		}
	}
	if len(failure.Details) > 0 {
		failure.Reason = failure.Details[0].Reason
	}
	return failure
}

// maxDetails is how many details the service puts into an error; errors made here do the same.
const maxDetails = 20

func notFound(details []ErrorDetail) *Error {
	message := fmt.Sprintf("there is no secret %s that you can read", details[0].Key)
	if len(details) > 1 {
		message = fmt.Sprintf("there are %d secrets that do not exist or that you cannot read, the first is %s", len(details), details[0].Key)
	}
	return &Error{
		Code: codes.NotFound, Reason: secretv1.Reason_REASON_NOT_FOUND, Message: message,
		Details: details[:min(len(details), maxDetails)],
	}
}

func unverified(failures []*secretv1.SecretError) *Error {
	failure := &Error{
		Code: codes.DataLoss, Reason: failures[0].GetReason(),
		Message: fmt.Sprintf("the stored document of %s cannot be shown", failures[0].GetKey()),
	}
	for _, item := range failures[:min(len(failures), maxDetails)] {
		failure.Details = append(failure.Details, ErrorDetail{Reason: item.GetReason(), Key: item.GetKey()})
	}
	return failure
}
