package fetch

import (
	"fmt"
	"net/http"
	"slices"
	"sync"

	"freshet/connectors"
)

// keepPools is how many pools are remembered before all are forgotten; clients keep
// theirs.
const keepPools = 200

// pool is a pool of connections and the way of requests to it.
type pool struct {
	transport *http.Transport
	way       http.RoundTripper
}

// pools gives clients that may reach the same networks and ports one pool of
// connections: a host then has as many open as it is paced for, however many clients
// a source makes. Others never share one, because a connection is only checked when
// it is made.
type pools struct {
	mu  sync.Mutex
	all map[string]pool
}

// of returns the pool of clients with these options, making it if there is none.
func (p *pools) of(h connectors.HTTPOptions, connections int, open func() pool) pool {
	var reach []string
	for _, network := range h.AllowPrivate {
		reach = append(reach, network.String())
	}
	for _, port := range h.AllowPorts {
		reach = append(reach, fmt.Sprint(port))
	}
	slices.Sort(reach)
	key := fmt.Sprint(slices.Compact(reach), connections)
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, ok := p.all[key]; ok {
		return t
	}
	if p.all == nil || len(p.all) >= keepPools {
		p.all = map[string]pool{}
	}
	t := open()
	p.all[key] = t
	return t
}
