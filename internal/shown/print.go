package shown

import (
	"fmt"
	"io"
	"reflect"
)

// Fprintf writes a format of ours, whose arguments are cleaned: strings cut as
// Clean does it, errors and what names itself as a Line, an Address and what
// Screen.Paint made as they are.
// The error is the writer's.
func Fprintf(w io.Writer, format string, args ...any) error {
	clean(args)
	_, err := fmt.Fprintf(w, format, args...)
	return err
}

// Sprintf is the text that Fprintf writes.
func Sprintf(format string, args ...any) string {
	clean(args)
	return fmt.Sprintf(format, args...)
}

// clean works in place: go vet knows Fprintf for what it is only while args
// stays the variable that is handed on.
func clean(args []any) {
	for i, a := range args {
		args[i] = cleaned(a)
	}
}

func cleaned(a any) any {
	switch a := a.(type) {
	case nil, Address:
		return a
	case Painted:
		return a.text
	case string:
		return cut(plain(a))
	case Line:
		return a.String()
	}
	switch k := reflect.TypeOf(a).Kind(); {
	case k >= reflect.Bool && k <= reflect.Complex128:
		return a // a number, whose name would be a constant of ours
	case k == reflect.String:
		return cut(plain(fmt.Sprint(a)))
	default:
		return Line(fmt.Sprint(a)).String()
	}
}
