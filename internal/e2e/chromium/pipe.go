//go:build e2e

package chromium

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"
)

// callLimit is how long the browser may take to answer one command.
const callLimit = 20 * time.Second

// pipe is the DevTools protocol over --remote-debugging-pipe: JSON messages
// that end with a zero byte.
type pipe struct {
	to      *os.File
	mu      sync.Mutex
	serial  int
	waiting map[int]chan message
	events  func(method string, params json.RawMessage)
}

type message struct {
	ID     int             `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *struct {
		Message string `json:"message"`
	} `json:"error"`
}

func newPipe(to, from *os.File, events func(string, json.RawMessage)) *pipe {
	p := &pipe{to: to, waiting: map[int]chan message{}, events: events}
	go p.read(from)
	return p
}

func (p *pipe) read(from *os.File) {
	in := bufio.NewReader(from)
	for {
		raw, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(raw[:len(raw)-1], &m) != nil {
			continue
		}
		if m.ID == 0 {
			p.events(m.Method, m.Params)
			continue
		}
		p.mu.Lock()
		answer := p.waiting[m.ID]
		delete(p.waiting, m.ID)
		p.mu.Unlock()
		if answer != nil {
			answer <- m
		}
	}
}

// call sends one command to a session ("" for the browser) and decodes its result.
func (p *pipe) call(session, method string, params, result any) error {
	answer := make(chan message, 1)
	p.mu.Lock()
	p.serial++
	id := p.serial
	p.waiting[id] = answer
	p.mu.Unlock()
	command := map[string]any{"id": id, "method": method, "params": params}
	if session != "" {
		command["sessionId"] = session
	}
	raw, err := json.Marshal(command)
	if err != nil {
		return err
	}
	if _, err := p.to.Write(append(raw, 0)); err != nil {
		return err
	}
	select {
	case m := <-answer:
		if m.Error != nil {
			return fmt.Errorf("%s: %s", method, m.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(m.Result, result)
	case <-time.After(callLimit):
		return fmt.Errorf("%s: no answer within %s", method, callLimit)
	}
}
