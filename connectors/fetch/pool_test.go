package fetch

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync/atomic"
	"testing"

	"freshet/connectors"
)

func TestClientsOfOneReachShareConnectionsAndOthersDoNot(t *testing.T) {
	var opened atomic.Int32
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("words")) }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	reach := connectors.HTTPOptions{AllowPrivate: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, AllowPorts: []int{port(t, s)}}
	larger, wider := reach, reach
	larger.MaxBytes, larger.Delay, larger.UserAgent = 1<<20, -1, "Other/1.0"
	wider.AllowPrivate = append(wider.AllowPrivate, netip.MustParsePrefix("10.0.0.0/8"))
	client := New(Options{Delay: -1})
	for i, c := range []struct {
		options connectors.HTTPOptions
		want    int32
	}{{reach, 1}, {larger, 1}, {wider, 2}, {reach, 2}} {
		if _, _, err := read(client(c.options), s.URL); err != nil {
			t.Fatal(err)
		}
		if got := opened.Load(); got != c.want {
			t.Errorf("after request %d, %d connections were opened, want %d", i+1, got, c.want)
		}
	}
	if _, _, err := read(client(connectors.HTTPOptions{AllowPorts: reach.AllowPorts}), s.URL); err == nil {
		t.Error("a client reached inside over a connection of another's")
	}
}
