package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"
)

// dialTimeout is for one address; a host may have several.
const dialTimeout = 10 * time.Second

// dialer resolves names itself and connects to an address that it has checked,
// so that no second lookup can give another answer.
type dialer struct {
	policy policy
	lookup func(context.Context, string) ([]netip.Addr, error)
}

func (d dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("reading the address %q: %w", address, err)
	}
	if err := d.policy.checkPort(port, host); err != nil {
		return nil, err
	}
	addrs, err := d.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	n := net.Dialer{Timeout: dialTimeout, ControlContext: d.control}
	var failures []error
	for _, a := range addrs {
		conn, err := n.DialContext(ctx, network, net.JoinHostPort(a.String(), port))
		if err == nil {
			return conn, nil
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, errors.Join(failures...)
}

// resolve returns the addresses of host if none of them is refused: a name that
// leads both outside and inside is not trusted at all.
func (d dialer) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	addrs := []netip.Addr{}
	if a, err := netip.ParseAddr(host); err == nil {
		addrs = append(addrs, a)
	} else if addrs, err = d.lookup(ctx, host); err != nil {
		return nil, fmt.Errorf("looking up %q: %w", host, err)
	}
	for i, a := range addrs {
		if err := d.policy.checkAddr(a, host); err != nil {
			return nil, err
		}
		addrs[i] = a.Unmap()
	}
	if len(addrs) == 0 {
		return nil, fmt.Errorf("looking up %q: it has no address", host)
	}
	return addrs, nil
}

// control looks at the address just before the connection is made, whatever way
// led there.
func (d dialer) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" {
		return &Refused{Reason: ReasonForm, Address: strconv.Quote(address), Detail: "only TCP to an IP address is used"}
	}
	if err := d.policy.checkPort(strconv.Itoa(int(to.Port())), to.Addr().String()); err != nil {
		return err
	}
	return d.policy.checkAddr(to.Addr(), to.Addr().String())
}
