package secretsvc

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	secretv1 "github.com/secret-svc/secret-svc/clients/go/gen/secret/v1"
)

// State is what the metadata "expires" and "rotation_interval" ask for.
type State = secretv1.SecretState

// View is how much of each secret a list shows.
type View = secretv1.SecretView

// Outcome is what a save did with an item.
type Outcome = secretv1.SaveOutcome

// Secret is a stored secret, as far as the caller may see it. Printing it never shows the value.
type Secret struct {
	ID    string
	Key   string
	Value Value

	Readers           []string
	Writers           []string
	Deleters          []string
	CanChangeReaders  []string
	CanChangeWriters  []string
	CanChangeDeleters []string
	Metadata          map[string]string

	Version   uint32
	Owner     string
	CreatedBy string
	UpdatedBy string
	State     State
	// Times that the view does not show are zero, and so is the expiry of a secret without one.
	CreatedAt      time.Time
	UpdatedAt      time.Time
	ValueChangedAt time.Time
	ExpireAt       time.Time
}

// Reveal returns the value; empty when it was not requested (see Value.IsPresent), which cannot happen after Get and GetMany.
func (s Secret) Reveal() string { return s.Value.Reveal() }

// RevealBytes returns the bytes of the value; those of a text are UTF-8. Nil when the value was not requested.
func (s Secret) RevealBytes() []byte { return s.Value.RevealBytes() }

// SecretInput is what to store for one secret. On update, absent fields stay unchanged. Printing it never shows the value.
type SecretInput struct {
	// Key names the secret; ID does when there is no key.
	ID  string
	Key string
	// Value is needed to create: Text("…") or Bytes(…).
	Value Value
	// Encrypted says that the value is a sealed text.
	Encrypted bool
	// Checksum of the text of the value, in hexadecimal; ChecksumAlgorithm is CRC32 when empty.
	Checksum          string
	ChecksumAlgorithm string

	// Empty lists and metadata keep what is stored; Clear empties it.
	Readers           []string
	Writers           []string
	Deleters          []string
	CanChangeReaders  []string
	CanChangeWriters  []string
	CanChangeDeleters []string
	Metadata          map[string]string
	// Clear has the JSON names of lists to empty, such as "canChangeReaders", and "metadata".
	Clear []string

	// IfVersion is the version it must be at, 0 for "must not exist": new(uint32(3)). Nil for any.
	IfVersion *uint32
	// Owner can be set by admins only.
	Owner string
}

// Removal names a secret to remove within a save.
type Removal struct {
	Key string
	// IfVersion is the version it must be at; nil for any.
	IfVersion *uint32
}

// SaveResult is the outcome of one item of a save.
type SaveResult struct {
	Key     string
	ID      string
	Outcome Outcome
	Version uint32
	// ChangedFields has the JSON names of what changed.
	ChangedFields []string
	ListChanges   []ListChange
	// MissingRight is set when a plan says FORBIDDEN.
	MissingRight string
}

// ListChange is the difference between a stored access list and the new one.
type ListChange struct {
	List    string
	Added   []string
	Removed []string
}

// RemovedSecret is a secret that was removed.
type RemovedSecret struct {
	Key     string
	ID      string
	Version uint32
}

func secretFromProto(p *secretv1.Secret) Secret {
	secret := Secret{
		ID: p.GetId(), Key: p.GetKey(),
		Readers: p.GetReaders(), Writers: p.GetWriters(), Deleters: p.GetDeleters(),
		CanChangeReaders:  p.GetCanChangeReaders(),
		CanChangeWriters:  p.GetCanChangeWriters(),
		CanChangeDeleters: p.GetCanChangeDeleters(),
		Metadata:          p.GetMetadata(),
		Version:           p.GetVersion(), Owner: p.GetOwner(), State: p.GetState(),
		CreatedBy: p.GetCreatedBy(), UpdatedBy: p.GetUpdatedBy(),
		CreatedAt: timeFromProto(p.GetCreatedAt()), UpdatedAt: timeFromProto(p.GetUpdatedAt()),
		ValueChangedAt: timeFromProto(p.GetValueChangedAt()), ExpireAt: timeFromProto(p.GetExpireAt()),
	}
	switch {
	case p.ValueBytes != nil:
		secret.Value = Bytes(p.GetValueBytes())
	case p.Value != nil:
		secret.Value = Text(p.GetValue())
	}
	return secret
}

func timeFromProto(p *timestamppb.Timestamp) time.Time {
	if p == nil {
		return time.Time{}
	}
	return p.AsTime()
}

func (s SecretInput) toProto() *secretv1.SecretInput {
	p := &secretv1.SecretInput{
		Id: s.ID, Key: s.Key, Encrypted: s.Encrypted,
		Checksum: s.Checksum, ChecksumAlgorithm: s.ChecksumAlgorithm,
		Readers: s.Readers, Writers: s.Writers, Deleters: s.Deleters,
		CanChangeReaders: s.CanChangeReaders, CanChangeWriters: s.CanChangeWriters, CanChangeDeleters: s.CanChangeDeleters,
		Metadata: s.Metadata, Clear: s.Clear, IfVersion: s.IfVersion, Owner: s.Owner,
	}
	switch {
	case s.Value.IsBytes():
		p.ValueBytes = s.Value.RevealBytes()
	case s.Value.IsPresent():
		p.Value = new(s.Value.Reveal())
	}
	return p
}
