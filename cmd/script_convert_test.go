package cmd_test

import (
	"bytes"
	"encoding/binary"
	"encoding/pem"
	"os"
	"unicode/utf16"

	"github.com/rogpeppe/go-internal/testscript"
)

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
