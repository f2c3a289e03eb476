package host

import "golang.org/x/sys/windows"

// Escapes has the consoles of this process take escape sequences, which Windows
// leaves off until a program asks, and is false where one does not (before 10).
func Escapes() bool {
	for _, of := range []uint32{windows.STD_OUTPUT_HANDLE, windows.STD_ERROR_HANDLE} {
		var mode uint32
		h, err := windows.GetStdHandle(of)
		if err != nil || windows.GetConsoleMode(h, &mode) != nil {
			continue // no console: a file or a pipe
		}
		if windows.SetConsoleMode(h, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) != nil {
			return false
		}
	}
	return true
}
