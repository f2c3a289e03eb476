package app

import (
	"testing"

	"authctl/internal/config"
	"authctl/internal/store"
)

// logoutApp keeps its records in a folder of the test's.
func logoutApp(t *testing.T) (*App, *stores) {
	t.Helper()
	a := &App{Sys: Host(), Settings: config.Settings{Store: store.KindFile, StoreChosen: true, StateDir: t.TempDir()}}
	s, err := a.Stores()
	if err != nil {
		t.Fatal(err)
	}
	return a, s
}

// A logout that is cut off leaves no pointer to a session that is gone.
func TestForgetTakesPointersFirst(t *testing.T) {
	a, s := logoutApp(t)
	ctx := t.Context()
	for key, r := range map[string]store.Record{"a": {Profile: "p", Grant: "token_exchange"}, "b": {Profile: "p", Session: "a"}} {
		if err := s.Put(ctx, key, r); err != nil {
			t.Fatal(err)
		}
	}
	list, err := a.records(ctx, "p")
	if err != nil {
		t.Fatal(err)
	}
	if list = pointersFirst(list); len(list) != 2 || list[0].Key != "b" {
		t.Errorf("%+v", list)
	}
}

// What another logout has taken meanwhile is neither revoked nor counted again.
func TestForgetOfWhatIsGone(t *testing.T) {
	a, _ := logoutApp(t)
	var done Forgotten
	if err := a.forget(t.Context(), store.Entry{Key: "gone", Record: store.Record{Profile: "p"}}, true, &done); err != nil || done.Records != 0 {
		t.Errorf("%v %+v", err, done)
	}
}
