//go:build e2e

package keyring

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// The Secret Service API as far as authctl's keyring library uses it.
const (
	busName    = "org.freedesktop.secrets"
	root       = dbus.ObjectPath("/org/freedesktop/secrets")
	login      = root + "/collection/login"
	promptPath = root + "/prompt/1"
	noPrompt   = dbus.ObjectPath("/")
	service    = "org.freedesktop.Secret.Service"
	collection = "org.freedesktop.Secret.Collection"
	prompt     = "org.freedesktop.Secret.Prompt"
)

// answer is what the person at the prompt does.
type answer int

const (
	dismisses answer = iota
	neverAnswers
)

// secretService is a Secret Service whose person does not help: it prompts
// for what the test says, and keeps nothing.
type secretService struct {
	conn         *dbus.Conn
	person       answer
	promptUnlock bool // else the collection is open and creating an item prompts
	prompts      chan struct{}
	known        sync.Map // the callers (dbus.Sender) that had an answer
	strangers    atomic.Int32
}

type boxed struct {
	Session     dbus.ObjectPath
	Parameters  []byte
	Value       []byte
	ContentType string
}

// pretend puts the service on the session bus of d.
func (d *desk) pretend(s *secretService) {
	d.t.Helper()
	conn, err := dbus.Connect(d.address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = conn.Close() })
	s.conn, s.prompts = conn, make(chan struct{}, 100)
	_, err = prop.Export(conn, root, prop.Map{service: {"Collections": {Value: []dbus.ObjectPath{login}}}})
	must(d.t, err)
	_, err = prop.Export(conn, login, prop.Map{collection: {"Locked": {Value: s.promptUnlock}}})
	must(d.t, err)
	must(d.t, conn.ExportMethodTable(map[string]any{"OpenSession": s.openSession, "Unlock": s.unlock, "ReadAlias": s.readAlias}, root, service))
	must(d.t, conn.ExportMethodTable(map[string]any{"SearchItems": s.searchItems, "CreateItem": s.createItem}, login, collection))
	must(d.t, conn.ExportMethodTable(map[string]any{"Prompt": s.prompt}, promptPath, prompt))
	must(d.t, conn.ExportMethodTable(map[string]any{"Close": func() *dbus.Error { return nil }}, root+"/session/1", "org.freedesktop.Secret.Session"))
	if reply, err := conn.RequestName(busName, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		d.t.Fatal("the name is taken", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// readAlias takes its time: a caller that does not wait for the answer is not known yet.
func (s *secretService) readAlias(_ string, sender dbus.Sender) (dbus.ObjectPath, *dbus.Error) {
	time.Sleep(20 * time.Millisecond)
	s.known.Store(sender, true)
	return login, nil
}

// openSession counts the callers of whom gnome-keyring can die: those whose
// first call this is.
func (s *secretService) openSession(_ string, _ dbus.Variant, sender dbus.Sender) (dbus.Variant, dbus.ObjectPath, *dbus.Error) {
	if _, known := s.known.Load(sender); !known {
		s.strangers.Add(1)
	}
	return dbus.MakeVariant(""), root + "/session/1", nil
}

func (s *secretService) unlock(objects []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	if s.promptUnlock {
		return []dbus.ObjectPath{}, promptPath, nil
	}
	return objects, noPrompt, nil
}

func (s *secretService) searchItems(map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	return []dbus.ObjectPath{}, nil
}

func (s *secretService) createItem(map[string]dbus.Variant, boxed, bool) (dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	return noPrompt, promptPath, nil
}

func (s *secretService) prompt(string) *dbus.Error {
	s.prompts <- struct{}{}
	if s.person == dismisses {
		_ = s.conn.Emit(promptPath, prompt+".Completed", true, dbus.MakeVariant([]dbus.ObjectPath{}))
	}
	return nil
}
