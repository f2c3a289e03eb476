#!/usr/bin/env bash
# The tests that need nothing else, built for Windows and run by Wine: all packages, or those given.
cd "$(dirname "$0")/.."
source scripts/env.sh
set -o pipefail

source scripts/install.sh
needs wine wine wine wine64 x86_64-w64-mingw32-gcc gcc-mingw-w64-x86-64
command -v wine >/dev/null && command -v x86_64-w64-mingw32-gcc >/dev/null || exit 1
work=${XDG_CACHE_HOME:-$HOME/.cache}/authctl-e2e/wine
mkdir -p "$work"
export WINEPREFIX=$work/prefix WINEDEBUG=${WINEDEBUG:--all} WINEARCH=win64
system32=$WINEPREFIX/drive_c/windows/system32
[ -d "$system32" ] || wine wineboot -i >/dev/null 2>&1

# Go takes its random bytes from a library that Wine has since 9; before, SystemFunction036 gives them.
if [ ! -e "$system32/bcryptprimitives.dll" ]; then
	cat >"$work/prng.c" <<-'C'
		#include <windows.h>
		BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
		__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T left) {
			for (; left > 0;) {
				ULONG n = left > 65536 ? 65536 : (ULONG)left;
				if (!SystemFunction036(to, n)) return FALSE;
				to += n, left -= n;
			}
			return TRUE;
		}
	C
	x86_64-w64-mingw32-gcc -shared -O2 -s -o "$system32/bcryptprimitives.dll" "$work/prng.c" -ladvapi32
fi

# os.RemoveAll asks for FileDispositionInformationEx and falls back where that is unknown, but not at
# Wine's way to say so (STATUS_NOT_IMPLEMENTED): the tests' own folders would stay.
file=$(go env GOROOT)/src/internal/syscall/windows/at_windows.go
sed 's/^\tcase STATUS_INVALID_INFO_CLASS,/\tcase NTStatus(0xC0000002), STATUS_INVALID_INFO_CLASS,/' "$file" >"$work/at_windows.go"
printf '{"Replace":{"%s":"%s"}}\n' "$file" "$work/at_windows.go" >"$work/overlay.json"

[ $# -gt 0 ] || set -- $(GOOS=windows go list ./... | grep -v -e /e2e -e /internal/arch -e /internal/gen -e /internal/mutants)
GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -short -overlay "$work/overlay.json" -exec wine "$@"
