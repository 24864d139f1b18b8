package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/mailsim/mailsim/conformance"
	"github.com/mailsim/mailsim/conformance/mailbox"
)

// parseMailbox reads KIND:REST, how a mailbox of the target is read.
func parseMailbox(s string) (conformance.Mailbox, error) {
	kind, rest, _ := strings.Cut(s, ":")
	switch kind {
	case "maildir":
		return parseMaildir(rest)
	}
	return nil, fmt.Errorf("--mailbox %q: unknown kind %q%s; there is maildir:PATH", s, kind, meant(kind, []string{"maildir"}))
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
