package secretsvc

import (
	"fmt"
	"io"
)

const redacted = "[redacted]"

// Value is the value of a secret, text or bytes, or empty. It prints as "[redacted]", also within other structs; only
// Reveal and RevealBytes return it.
type Value struct {
	// A function, not a string: in unexported fields fmt may not call String, and shows only the address of a function.
	reveal  func() string
	isBytes bool
}

// Text makes a Value to save. An empty text is also a value, but the service refuses it.
func Text(text string) Value {
	return Value{reveal: func() string { return text }}
}

// Bytes makes a Value to save that need not be text.
func Bytes(content []byte) Value {
	text := string(content)
	return Value{reveal: func() string { return text }, isBytes: true}
}

// IsBytes reports whether the value was saved as bytes.
func (v Value) IsBytes() bool { return v.isBytes }

// IsPresent reports whether there is a value.
func (v Value) IsPresent() bool { return v.reveal != nil }

// Reveal returns the text itself; empty when there is no value. Of a value that is bytes it returns these as a string,
// which need not be UTF-8: see IsBytes.
func (v Value) Reveal() string {
	if v.reveal == nil {
		return ""
	}
	return v.reveal()
}

// RevealBytes returns the bytes; those of a text are UTF-8. Nil when there is no value.
func (v Value) RevealBytes() []byte {
	if v.reveal == nil {
		return nil
	}
	return []byte(v.reveal())
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
