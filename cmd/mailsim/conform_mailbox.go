package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/mailbox"
)

// mailboxHelp says in which ways a mailbox can be read.
const mailboxHelp = "maildir:`PATH` (with {local}, {domain}, {address}), imap://USER:PASSWORD@HOST/FOLDER, imaps://..., or a server of ours that the target delivers to, sink:HOST:PORT or lmtp-sink:HOST:PORT"

// parseMailbox reads how a mailbox of the target is read. What is returned may be an
// io.Closer.
func parseMailbox(s string, insecure bool) (conformance.Mailbox, error) {
	kind, rest, _ := strings.Cut(s, ":")
	switch kind {
	case "maildir":
		return parseMaildir(rest)
	case "imap", "imaps":
		return parseIMAP(s, insecure)
	case "sink", "lmtp-sink":
		if rest == "" {
			return nil, fmt.Errorf("--mailbox %s: where to listen is missing, such as %s:127.0.0.1:2600", s, kind)
		}
		sink, err := mailbox.NewSink(rest, kind == "lmtp-sink")
		if err != nil {
			return nil, environment(fmt.Errorf("--mailbox: %w", err))
		}
		return sink, nil
	}
	kinds := []string{"maildir", "imap", "imaps", "sink", "lmtp-sink"}
	return nil, fmt.Errorf("--mailbox %q: unknown kind %q%s; there are %s", s, kind, meant(kind, kinds), strings.Join(kinds, ", "))
}

// parseMaildir reads the path of Maildirs, which may hold {address}, {local} and
// {domain}. What stands before them has to be there: a wrong path would look like mail
// that never arrives.
func parseMaildir(path string) (conformance.Mailbox, error) {
	if path == "" {
		return nil, errors.New("--mailbox maildir: the path is missing, such as maildir:/var/mail/{local}")
	}
	fixed, _, open := strings.Cut(path, "{")
	if open {
		fixed = fixed[:strings.LastIndexByte(fixed, '/')+1]
	}
	if fixed != "" {
		info, err := os.Stat(fixed)
		switch {
		case err != nil:
			return nil, fmt.Errorf("--mailbox: %w", err)
		case !info.IsDir():
			return nil, fmt.Errorf("--mailbox: %s is no directory", fixed)
		}
	}
	return mailbox.Maildir(path), nil
}

// parseIMAP reads imap://user:password@host:port/folder. Without a user each mailbox
// is opened by its address. Passwords go out in the clear to this machine alone.
func parseIMAP(s string, insecure bool) (conformance.Mailbox, error) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.User == nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("--mailbox: an IMAP mailbox is imap://USER:PASSWORD@HOST[:PORT][/FOLDER]; without USER each mailbox is opened by its address")
	}
	password, _ := u.User.Password()
	port := u.Port()
	if port == "" {
		port = map[string]string{"imap": "143", "imaps": "993"}[u.Scheme]
	}
	ip := net.ParseIP(u.Hostname())
	return &mailbox.IMAP{
		Addr: net.JoinHostPort(u.Hostname(), port), Implicit: u.Scheme == "imaps",
		Clear: u.Scheme == "imap" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()),
		TLS:   &tls.Config{ServerName: u.Hostname(), InsecureSkipVerify: insecure},
		User:  u.User.Username(), Password: password, Folder: strings.Trim(u.Path, "/"),
	}, nil
}
