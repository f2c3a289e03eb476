package profile

import (
	"reflect"
	"testing"

	"authctl/internal/secret"
)

// TestRefsMissesNone fills every Ref that the type can hold, wherever a new
// one may be added, and counts what comes out.
func TestRefsMissesNone(t *testing.T) {
	var p Profile
	want := fill(reflect.ValueOf(&p).Elem())
	if got := p.Refs(); len(got) != want || want < 20 {
		t.Errorf("%d references of %d: %v", len(got), want, got)
	}
	if got := (&Profile{}).Refs(); len(got) != 0 {
		t.Errorf("an empty profile: %v", got)
	}
}

func fill(v reflect.Value) (n int) {
	if v.Type() == reflect.TypeFor[secret.Ref]() {
		v.Set(reflect.ValueOf(secret.Ref{Kind: secret.Env, Name: "X"}))
		return 1
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			n += fill(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return fill(v.Elem())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Struct {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			return fill(v.Index(0))
		}
	}
	return n
}
