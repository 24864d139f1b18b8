package mailbox_test

import (
	"context"
	"fmt"

	"github.com/mailsim/mailsim/conformance/mailbox"
)

// A server that is tested in its own process can deliver into a Memory.
func Example() {
	var box mailbox.Memory
	box.Deliver("Bob@example.org", []byte("Subject: hello\r\n\r\nmarker-1\r\n"))
	found, err := box.Find(context.Background(), "bob@example.org", "marker-1")
	fmt.Println(len(found), err)
	// Output: 1 <nil>
}
