package secretsvc

import (
	"fmt"
	"io"
)

const redacted = "[redacted]"

// Value is the value of a secret, or none. It prints as "[redacted]", also within other structs; only Reveal tells it.
type Value struct {
	// A function and not a string: fmt shows the address of it where it may not call String, in unexported fields.
	reveal func() string
}

// Text makes a Value to save. An empty text is a value too, which the service refuses.
func Text(text string) Value {
	return Value{reveal: func() string { return text }}
}

// IsPresent tells whether there is a value.
func (v Value) IsPresent() bool { return v.reveal != nil }

// Reveal is the text itself; empty when there is none.
func (v Value) Reveal() string {
	if v.reveal == nil {
		return ""
	}
	return v.reveal()
}

// String never tells the value.
func (v Value) String() string {
	if v.reveal == nil {
		return ""
	}
	return redacted
}

// Format never tells the value, whatever the verb.
func (v Value) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, v.String()) }

// MarshalText never tells the value: JSON, YAML and slog show "[redacted]".
func (v Value) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
