package cmd

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"

	"authctl/internal/app"
)

// TestMain lets the scripts run this test binary as authctl.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"authctl": func() { os.Exit(Main(context.Background(), app.Host(), os.Args[1:])) },
	})
}

// TestScripts runs the program as a user meets it. $VECTORS are published
// tokens and keys; no script has a HOME that exists.
func TestScripts(t *testing.T) {
	vectors, err := filepath.Abs("testdata/vectors")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("VECTORS", vectors)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"convert": convert},
	})
}

// convert FORM IN OUT rewrites a PEM file as other programs leave it behind.
func convert(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: convert crlf|utf16le|utf16be|bom|der|bag|cut IN OUT")
	}
	data := []byte(ts.ReadFile(args[1]))
	switch args[0] {
	case "crlf":
		data = bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))
	case "utf16le", "utf16be":
		data = toUTF16(data, args[0] == "utf16be")
	case "bom":
		data = append([]byte("\xef\xbb\xbf"), data...)
	case "der":
		block, _ := pem.Decode(data)
		data = block.Bytes
	case "bag":
		data = append([]byte("Bag Attributes\n    localKeyID: 01 00 00 00 \nsubject=C = DK, CN = example\n\n"), data...)
	case "cut":
		data = bytes.TrimRight(data, "\n")
	default:
		ts.Fatalf("unknown form %s", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), data, 0o600))
}

func toUTF16(data []byte, big bool) []byte {
	var order binary.AppendByteOrder = binary.LittleEndian
	if big {
		order = binary.BigEndian
	}
	out := order.AppendUint16(nil, 0xFEFF)
	for _, unit := range utf16.Encode([]rune(string(data))) {
		out = order.AppendUint16(out, unit)
	}
	return out
}
