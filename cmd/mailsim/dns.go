package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/mailsim/mailsim/fakedns"
	"github.com/mailsim/mailsim/reports"
)

// dnsOptions are the flags of dns.
type dnsOptions struct {
	scenarioOptions
	listen      string
	allowRemote bool
	recursive   bool
	verbose     bool
}

func (p *program) dnsVerb() *cobra.Command {
	var o dnsOptions
	cmd := &cobra.Command{
		Use:   "dns FILE|example:NAME|-",
		Short: "Serve a zone file, or the dns of a scenario",
		Long: `Serve a zone file, or the dns of a scenario, over UDP and TCP until interrupted.

Of a scenario it serves what its nodes see: what stands under "dns", and the records that a run
adds for hosts and domains that no zone mentions. Of a matrix it is the first combination.`,
		Example: `  mailsim dns example.org.zone --listen 127.0.0.1:5353
  dig @127.0.0.1 -p 5353 MX example.org`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("dns serves one zone file or scenario; name it")
			}
			return p.serveDNS(cmd.Context(), args[0], &o)
		},
	}
	flags := cmd.Flags()
	o.scenarioOptions.register(flags)
	flags.StringVar(&o.listen, "listen", "127.0.0.1:5353", "`ADDRESS` and port to serve at; port 0 takes a free one")
	flags.BoolVar(&o.allowRemote, "allow-remote", false, "allow an address that others can reach")
	flags.BoolVar(&o.recursive, "recursive", false, "answer like a resolver that recurses")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "log every query")
	return cmd
}

// serveDNS is the verb.
func (p *program) serveDNS(ctx context.Context, name string, o *dnsOptions) error {
	if err := loopback(o.listen, o.allowRemote); err != nil {
		return err
	}
	world, err := p.world(name, o.scenarioOptions)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(p.err, nil))
	server := &fakedns.Server{World: world, Recursive: o.recursive, ErrorLog: log}
	if o.verbose {
		server.QueryLog = log
	}
	if err := server.Listen(o.listen); err != nil {
		return environment(err)
	}
	if _, err := fmt.Fprintf(p.out, "serving %d records at %s, UDP and TCP; interrupt to stop\n", len(world.Records()), server.Addr()); err != nil {
		return environment(err)
	}
	return environment(server.Serve(ctx))
}

// world reads a zone file or a scenario.
func (p *program) world(name string, o scenarioOptions) (*fakedns.World, error) {
	if !strings.HasPrefix(name, examplePrefix) {
		data, err := p.readInput(name)
		if err != nil {
			return nil, err
		}
		if !scenarioKey(data) {
			if len(o.params) > 0 || o.seed != 0 {
				return nil, fmt.Errorf("%s is a zone file: --param and --seed are for scenarios", name)
			}
			if name == "-" {
				name = "stdin"
			}
			world := fakedns.NewWorld()
			return world, world.Load(name, 1, string(data))
		}
		if name == "-" {
			// What was read is parsed again from the beginning.
			again := *p
			again.in = bytes.NewReader(data)
			p = &again
		}
	}
	list, err := p.load([]string{name}, o)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%s has no scenario", name)
	}
	return list[0].World()
}

// readInput reads a file, or standard input where name is "-".
func (p *program) readInput(name string) ([]byte, error) {
	if name == "-" {
		data, err := io.ReadAll(io.LimitReader(p.in, maxZone+1))
		return data, environment(err)
	}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a directory; name a zone file or a scenario", name)
	case info.Size() > maxZone:
		return nil, fmt.Errorf("%s has %d octets; the limit is %d", name, info.Size(), maxZone)
	}
	data, err := os.ReadFile(name)
	return data, environment(err)
}

// maxZone is the largest file that dns reads.
const maxZone = 64 << 20

// loopback refuses what is no address, and an address that others can reach.
func loopback(addr string, remote bool) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("--listen %s: %w; want an address like 127.0.0.1:5353", reports.Escape(addr), err)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("--listen %s: the port has to be a number from 0 (a free one) to 65535", reports.Escape(addr))
	}
	if remote || host == "localhost" {
		return nil
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil:
		return fmt.Errorf("--listen %s: the host has to be an IP address or localhost", reports.Escape(addr))
	case !ip.Unmap().IsLoopback():
		return fmt.Errorf("--listen %s: others could reach this address; add --allow-remote if they may", reports.Escape(addr))
	}
	return nil
}
