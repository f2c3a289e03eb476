package secretstore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/secret"
	"authctl/internal/shown"
)

// Messages of ssh-agent (draft-ietf-sshm-ssh-agent 3 and 6).
const (
	agentIdentities = 11
	agentSign       = 13
)

func errNoAgent() error {
	return fault.New(fault.Config, "what answers at SSH_AUTH_SOCK is no ssh-agent")
}

// agent asks ssh-agent for one thing and gives its answer, which is of the kind after ask.
func (r *Resolver) agent(ctx context.Context, ask byte, body []byte) ([]byte, error) {
	socket, _ := r.from.Env("SSH_AUTH_SOCK")
	if socket == "" {
		return nil, fault.New(fault.Config, "there is no ssh-agent: SSH_AUTH_SOCK is not set").Hint("start one: eval $(ssh-agent)")
	}
	limit, cancel := context.WithTimeout(ctx, commandLimit)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(limit, "unix", socket)
	if err != nil {
		return nil, fault.New(fault.Config, "ssh-agent does not answer at SSH_AUTH_SOCK: %w", err).Hint("start one: eval $(ssh-agent)")
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(limit, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	message := append(binary.BigEndian.AppendUint32(nil, uint32(1+len(body))), ask) //nolint:gosec // what is signed is small
	answer := make([]byte, 4)
	if _, err = conn.Write(append(message, body...)); err == nil {
		_, err = io.ReadFull(conn, answer)
	}
	if n := binary.BigEndian.Uint32(answer); err == nil {
		if n == 0 || n > maxFile {
			return nil, errNoAgent()
		}
		answer = make([]byte, n)
		_, err = io.ReadFull(conn, answer)
	}
	switch {
	case limit.Err() != nil && ctx.Err() == nil:
		return nil, fault.New(fault.Network, "ssh-agent did not answer within %s", commandLimit).Hint("does it wait for somebody to confirm, or for a PIN?")
	case ctx.Err() != nil: // the cause says which limit it was, if it was one
		return nil, fmt.Errorf("waiting for ssh-agent: %w", context.Cause(ctx))
	case err != nil:
		return nil, fault.New(fault.Config, "ssh-agent broke off: %w", err)
	case answer[0] != ask+1:
		return nil, fault.New(fault.Config, "ssh-agent refused").Hint("is it locked (ssh-add -X), or did somebody not confirm?")
	}
	return answer[1:], nil
}

// fromAgent is the public half of the one key that name is the comment or the fingerprint of.
func (r *Resolver) fromAgent(ctx context.Context, name string) (blob []byte, key *keys.Key, err error) {
	answer, err := r.agent(ctx, agentIdentities, nil)
	if err != nil {
		return nil, nil, err
	}
	list, err := keys.SSHStrings(answer[min(4, len(answer)):]) // after their number
	if err != nil || len(list)%2 != 0 {
		return nil, nil, errNoAgent()
	}
	var others []string
	found := 0
	for i := 0; i < len(list); i += 2 {
		id, comment := list[i], list[i+1]
		public, unfit := keys.FromSSH(id)
		if unfit != nil {
			continue
		}
		sum := sha256.Sum256(id)
		fingerprint := "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
		others = append(others, fmt.Sprintf("%s (%s, %s)", fingerprint, shown.Clean(string(comment)), public.Describe()))
		if name == fingerprint || name == string(comment) {
			found++
			blob, key = id, public
		}
	}
	if found == 1 {
		return blob, key, nil
	}
	f := fault.New(fault.Config, "ssh-agent:%s: ssh-agent has %d such keys", name, found)
	if len(others) == 0 {
		return nil, nil, f.Hint("ssh-add FILE, ssh-add -s PKCS11-MODULE for a card, or ssh-add -X if it is locked; it shows none that is used here (RSA, EC, Ed25519)")
	}
	return nil, nil, f.Hint("name one by its fingerprint; it has %s", strings.Join(others, ", "))
}

// signByAgent has ssh-agent hash and sign the message.
func (r *Resolver) signByAgent(ctx context.Context, name string, what secret.ToSign) ([]byte, error) {
	blob, key, err := r.fromAgent(ctx, name)
	if err != nil {
		return nil, err
	}
	flags, ok := map[string]uint32{"RS256": 2, "RS512": 4}[what.Alg] // RFC 8332; the agent has no SHA-384 and no PSS
	if !ok && (what.Alg[:2] == "RS" || what.Alg[:2] == "PS") {
		return nil, fault.New(fault.Config, "ssh-agent:%s cannot sign %s: with RSA keys ssh-agent has RS256 and RS512 alone", name, what.Alg).
			Hint("set the alg to RS512 or RS256 where the server takes it, or use signer:, or a key of another type; TLS 1.3 needs PSS")
	}
	body := appendString(appendString(nil, blob), what.Message)
	answer, err := r.agent(ctx, agentSign, binary.BigEndian.AppendUint32(body, flags))
	if err != nil {
		return nil, err
	}
	signature, err := keys.SSHSignature(answer)
	if err != nil {
		return nil, fault.New(fault.Config, "ssh-agent:%s: the %s key's signature: %w", name, key.Describe(), err)
	}
	return signature, nil
}

func appendString(b, s []byte) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...) //nolint:gosec // what is signed is small
}
