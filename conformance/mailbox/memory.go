package mailbox

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
)

// Memory keeps what is delivered to it. The zero value is empty. Its methods may be
// called from any goroutine.
type Memory struct {
	mu    sync.Mutex
	boxes map[string][][]byte
	size  int
}

// memoryMost is how many octets are kept: older messages make room.
const memoryMost = 256 << 20

// Deliver puts a message, with line ends CRLF, into the mailbox of an address.
func (m *Memory) Deliver(address string, octets []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.boxes == nil {
		m.boxes = map[string][][]byte{}
	}
	key := strings.ToLower(address)
	m.boxes[key] = append(m.boxes[key], octets)
	m.size += len(octets)
	for m.size > memoryMost && len(m.boxes[key]) > 1 {
		m.size -= len(m.boxes[key][0])
		m.boxes[key] = slices.Delete(m.boxes[key], 0, 1)
	}
}

// Find returns the messages that hold text.
func (m *Memory) Find(_ context.Context, address, text string) ([][]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found [][]byte
	for _, octets := range m.boxes[strings.ToLower(address)] {
		if bytes.Contains(octets, []byte(text)) {
			found = append(found, octets)
		}
	}
	return found, nil
}
