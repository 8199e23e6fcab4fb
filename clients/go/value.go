package secretsvc

import (
	"fmt"
	"io"
)

const redacted = "[redacted]"

// Value is the value of a secret, or empty. It prints as "[redacted]", also within other structs; only Reveal returns it.
type Value struct {
	// A function, not a string: in unexported fields fmt may not call String, and shows only the address of a function.
	reveal func() string
}

// Text makes a Value to save. An empty text is also a value, but the service refuses it.
func Text(text string) Value {
	return Value{reveal: func() string { return text }}
}

// IsPresent reports whether there is a value.
func (v Value) IsPresent() bool { return v.reveal != nil }

// Reveal returns the text itself; empty when there is no value.
func (v Value) Reveal() string {
	if v.reveal == nil {
		return ""
	}
	return v.reveal()
}

// String never shows the value.
func (v Value) String() string {
	if v.reveal == nil {
		return ""
	}
	return redacted
}

// Format never shows the value, with any verb.
func (v Value) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, v.String()) }

// MarshalText never shows the value: JSON, YAML and slog show "[redacted]".
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
