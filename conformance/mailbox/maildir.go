// Package mailbox reads the mailboxes of servers under test, for conformance: Maildirs, IMAP, and a sink that the
// server delivers to.
package mailbox

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Maildir reads Maildirs. Its path may hold {address}, {local} and {domain}, of the
// address that is asked for.
type Maildir string

// maildirMost is how much of a message is read.
const maildirMost = 64 << 20

// Find returns the messages in new and cur that hold text, with line ends CRLF. A
// Maildir that is not there yet is empty.
func (m Maildir) Find(ctx context.Context, address, text string) ([][]byte, error) {
	local, domain := address, ""
	if at := strings.LastIndexByte(address, '@'); at >= 0 {
		local, domain = address[:at], address[at+1:]
	}
	// An address is hostile input too: it must not leave the place of mailboxes.
	local, domain = fileName(local), fileName(domain)
	dir := strings.NewReplacer("{address}", local+"@"+domain, "{local}", local, "{domain}", domain).Replace(string(m))
	var found [][]byte
	for _, sub := range []string{"new", "cur"} {
		entries, err := os.ReadDir(filepath.Join(dir, sub))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			octets, err := readMessage(filepath.Join(dir, sub, e.Name()))
			if errors.Is(err, fs.ErrNotExist) {
				continue // it was moved from new to cur meanwhile
			}
			if err != nil {
				return nil, err
			}
			if bytes.Contains(octets, []byte(text)) {
				found = append(found, octets)
			}
		}
	}
	return found, nil
}

// fileName is a part of an address as a name in a directory.
func fileName(s string) string {
	if s == "." || s == ".." {
		return "_"
	}
	return strings.ReplaceAll(s, "/", "_")
}

// readMessage reads a message and gives its lines the ends that they have on the wire.
func readMessage(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maildirMost {
		return nil, err
	}
	octets, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(octets, []byte("\r\n")) {
		return octets, nil
	}
	return bytes.ReplaceAll(octets, []byte("\n"), []byte("\r\n")), nil
}
