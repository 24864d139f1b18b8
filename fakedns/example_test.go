package fakedns_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/miekg/dns"

	"github.com/mailsim/mailsim/fakedns"
)

func Example() {
	w := fakedns.NewWorld()
	if err := w.Load("zones", 1, `
		$TTL 300
		example.org.      MX 10 mx1.example.org.
		mx1.example.org.  A  192.0.2.10
	`); err != nil {
		fmt.Println(err)
		return
	}
	r := fakedns.NewResolver(w)
	ctx := context.Background()
	mxs, err := r.LookupMX(ctx, "example.org")
	fmt.Println(mxs[0].Pref, mxs[0].Host, err)
	addrs, err := r.LookupNetIP(ctx, "ip", "mx1.example.org")
	fmt.Println(addrs, err)
	_, err = r.LookupMX(ctx, "example.net")
	fmt.Println(err, errors.Is(err, fakedns.ErrNXDomain))
	// Output:
	// 10 mx1.example.org. <nil>
	// [192.0.2.10] <nil>
	// lookup example.net: no such host true
}

func ExampleWorld_Load() {
	err := fakedns.NewWorld().Load("mail.yaml", 12, "example.org. MX mx1.example.org.\nmx1.example.org. A 192.0.2.300\n")
	fmt.Println(err)
	// Output:
	// mail.yaml:12:17: "mx1.example.org." is not an MX preference: want a number from 0 to 65535 and a host
	// mail.yaml:13:20: "192.0.2.300" is not an IPv4 address
}

func ExampleWorld_Fail() {
	w := fakedns.NewWorld()
	if err := w.Add("example.org. MX 10 mx1.example.org."); err != nil {
		fmt.Println(err)
		return
	}
	w.Fail(fakedns.Failure{Kind: fakedns.FailServfail, Name: "example.org", Type: "MX", Times: 1})
	r := fakedns.NewResolver(w)
	for range 2 {
		_, err := r.LookupMX(context.Background(), "example.org")
		fmt.Println(err)
	}
	// Output:
	// lookup example.org: server failure (SERVFAIL)
	// <nil>
}

func ExampleServer() {
	w := fakedns.NewWorld()
	if err := w.Add("example.org. 300 TXT hello"); err != nil {
		fmt.Println(err)
		return
	}
	s := &fakedns.Server{World: w}
	if err := s.Listen("127.0.0.1:0"); err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Serve(ctx) }()

	r := fakedns.NewResolver(fakedns.Client{Addr: s.Addr().String()})
	rrs, err := r.Lookup(ctx, "example.org", dns.TypeTXT)
	fmt.Println(rrs, err)
	stop()
	fmt.Println(<-done)
	// Output:
	// [example.org.	300	IN	TXT	"hello"] <nil>
	// <nil>
}
