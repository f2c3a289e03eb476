package main

import (
	"net"
	"sync"
	"time"
)

// slow delays the first bytes of each connection by connecting and a handshake's round trip.
type slow struct{ net.Listener }

func (l slow) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	return &slowConn{Conn: c}, err
}

type slowConn struct {
	net.Conn
	once sync.Once
}

func (c *slowConn) Read(b []byte) (int, error) {
	c.once.Do(func() { time.Sleep(2 * roundTrip) })
	return c.Conn.Read(b)
}
