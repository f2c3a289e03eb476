package curl

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
)

// answer is the head of the response that curl got last.
type answer struct {
	status    int    // 0: none yet
	nonce     string // DPoP-Nonce (RFC 9449 8.2)
	challenge string // every WWW-Authenticate, lower case
	location  bool
}

// wantsNonce is the resource server's use_dpop_nonce (RFC 9449 9).
func (a answer) wantsNonce() bool {
	return a.status == 401 && a.nonce != "" && strings.Contains(a.challenge, "use_dpop_nonce")
}

// heads reads what curl writes for -D: the head of every response of a run,
// each line as it came, trailers after the body.
type heads struct {
	follows bool // curl follows redirects: a 3xx with Location is not the end
	now     answer
	inHead  bool
	sink    func(line []byte)
	final   func(answer)
}

// read runs until curl has ended.
func (h *heads) read(from io.Reader) answer {
	in := bufio.NewReaderSize(from, 64<<10)
	for {
		line, err := in.ReadSlice('\n')
		if len(line) > 0 {
			h.sink(line)
			h.line(string(line))
		}
		for errors.Is(err, bufio.ErrBufferFull) { // the rest of a huge line says nothing we need
			line, err = in.ReadSlice('\n')
			h.sink(line)
		}
		if err != nil {
			return h.now
		}
	}
}

func (h *heads) line(l string) {
	l = strings.TrimRight(l, "\r\n")
	if strings.HasPrefix(l, "HTTP/") {
		h.now, h.inHead = answer{}, true
		if f := strings.Fields(l); len(f) > 1 {
			h.now.status, _ = strconv.Atoi(f[1])
		}
		return
	}
	if !h.inHead {
		return
	}
	if l == "" {
		h.inHead = false
		if h.isFinal() {
			h.final(h.now)
		}
		return
	}
	name, value, _ := strings.Cut(l, ":")
	value = strings.TrimSpace(value)
	switch strings.ToLower(name) {
	case "dpop-nonce":
		h.now.nonce = value
	case "www-authenticate":
		h.now.challenge += strings.ToLower(value) + "\n"
	case "location":
		h.now.location = value != ""
	}
}

func (h *heads) isFinal() bool {
	redirect := h.follows && h.now.location && h.now.status >= 300 && h.now.status < 400
	return h.now.status >= 200 && !redirect
}
