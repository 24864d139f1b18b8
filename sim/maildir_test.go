package sim

import (
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	other "github.com/emersion/go-maildir"
	"github.com/google/go-cmp/cmp"

	"github.com/mailsim/mailsim/sim/mail"
	"github.com/mailsim/mailsim/sim/trace"
)

// tree lists the files below a directory.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			all = append(all, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// inMaildirs is inBubble with mailboxes on disk.
func inMaildirs(t *testing.T, dir string, f func(b *bench), nodes ...NodeConfig) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, net: New(Config{Seed: 1, Maildir: dir})}
		for i, cfg := range nodes {
			cfg.Addrs = []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)})}
			if _, err := b.net.Add(cfg); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.net.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := b.net.Stop(); err != nil {
				t.Error(err)
			}
		}()
		f(b)
	})
}

// TestMaildir: what is delivered is there for any program that reads Maildirs, under
// the same names in each run.
func TestMaildir(t *testing.T) {
	const hostile = `"../x/y"@example.org`
	node := NodeConfig{
		Name: "store/1", Role: MDA, Host: "mx.example.org",
		Mailboxes: []string{"bob@example.org", "Bob@example.org", hostile, "*@all.example", "empty@example.org"},
	}
	var first []string
	for range 2 {
		dir := filepath.Join(t.TempDir(), "run")
		inMaildirs(t, dir, func(b *bench) {
			b.give("store/1", "a@example.net", "bob@example.org Bob@example.org "+hostile, plan)
			b.give("store/1", "a@example.net", "x@all.example y@all.example", plan)
			b.give("store/1", "a@example.net", "postmaster", plan)
			for _, box := range []string{"bob@example.org", "Bob@example.org", hostile} {
				if got := b.mailbox("store/1", box); len(got) != 1 || !strings.HasSuffix(got[0], plan) || !strings.HasPrefix(got[0], "Return-Path: <a@example.net>\r\nDelivered-To: "+box) {
					t.Errorf("%s: %q", box, got)
				}
			}
			b.want("all", 2, len(b.mailbox("store/1", "*@all.example")))
		}, node)
		files := tree(t, dir)
		if first == nil {
			first = files
		} else if diff := cmp.Diff(first, files); diff != "" {
			t.Errorf("another run has other files (-first +second):\n%s", diff)
		}
		var boxes []string
		for _, f := range files {
			boxes = append(boxes, filepath.Dir(f))
		}
		want := []string{
			"store%2F1/%22%2E.%2Fx%2Fy%22@example.org/new", "store%2F1/%2A@all.example/new", "store%2F1/%2A@all.example/new",
			"store%2F1/%42ob@example.org/new", "store%2F1/bob@example.org/new", "store%2F1/postmaster@mx.example.org/new",
		}
		want[0] = filepath.Join("store%2F1", FileName(hostile), "new")
		if diff := cmp.Diff(want, boxes); diff != "" {
			t.Errorf("files (-want +got):\n%s", diff)
		}
		if _, err := os.Stat(filepath.Join(dir, "store%2F1", "empty@example.org", "cur")); err != nil {
			t.Errorf("a mailbox without mail: %v", err)
		}
		readByOthers(t, filepath.Join(dir, "store%2F1"), len(files))
	}
}

// readByOthers reads Maildirs with a program that is not ours.
func readByOthers(t *testing.T, node string, want int) {
	t.Helper()
	boxes, err := os.ReadDir(node)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, box := range boxes {
		unseen, err := other.Dir(filepath.Join(node, box.Name())).Unseen()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range unseen {
			r, err := m.Open()
			if err != nil {
				t.Fatal(err)
			}
			octets, err := io.ReadAll(r)
			_ = r.Close()
			if err != nil || !strings.HasSuffix(string(octets), plan) {
				t.Errorf("%s: %q, %v", m.Filename(), octets, err)
			}
			at, err := os.Stat(m.Filename())
			if err != nil || at.ModTime().Year() != 2000 {
				t.Errorf("%s: its time is %v, want that of the bubble, %v", m.Filename(), at.ModTime(), err)
			}
			found++
		}
	}
	if found != want {
		t.Errorf("%d messages were found, want %d", found, want)
	}
}

// A reader may take a message to cur while the run goes on.
func TestMaildirMoved(t *testing.T) {
	dir := t.TempDir()
	inMaildirs(t, dir, func(b *bench) {
		b.give("mx", "a@example.net", "bob@example.org", plan)
		box := filepath.Join(dir, "mx", "bob@example.org")
		seen, err := other.Dir(box).Unseen()
		if err != nil || len(seen) != 1 {
			t.Fatalf("%d messages, %v", len(seen), err)
		}
		b.want("bob", 1, len(b.mailbox("mx", "bob@example.org")))
		if err := seen[0].Remove(); err != nil {
			t.Fatal(err)
		}
		stored := b.net.Node("mx").Mailbox("bob@example.org")
		if _, err := mail.ReadAll(stored[0].Content); err == nil {
			t.Error("a message that somebody removed can be read")
		}
	}, mxNode())
}

// A run begins with empty mailboxes.
func TestMaildirInUse(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "mx", "somebody@example.org")
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	n := New(Config{Maildir: dir})
	defer n.Stop()
	cfg := mxNode()
	cfg.Addrs = []netip.Addr{netip.MustParseAddr("192.0.2.1")}
	want := "add node mx: mailboxes: " + filepath.Join(dir, "mx") + " holds somebody@example.org already, and a run begins with empty mailboxes: name a directory that is empty or not there"
	if _, err := n.Add(cfg); err == nil || err.Error() != want {
		t.Errorf("want %s\ngot %v", want, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	n = New(Config{Maildir: filepath.Join(dir, "file")})
	defer n.Stop()
	if _, err := n.Add(cfg); err == nil || !strings.Contains(err.Error(), "not a directory") {
		t.Errorf("a file in the way: %v", err)
	}
}

// TestPostponed: a disk that fails for a while is told to a client that can wait, and
// what was accepted waits in the node's own queue; nothing bounces, nothing is lost.
func TestPostponed(t *testing.T) {
	dir := t.TempDir()
	nodes := []NodeConfig{
		{
			Name: "mx", Role: MTA, Host: "mx.example.org", Mailboxes: []string{"bob@example.org", "carol@example.org"},
			Aliases: map[string][]string{"team@example.org": {"bob@example.org", "carol@example.org"}},
			Queue:   QueueConfig{Retry: []time.Duration{time.Hour}},
		},
		{Name: "store", Role: MDA, LMTP: true, Host: "store.example.org", Mailboxes: []string{"dave@example.org", "erin@example.org"}},
	}
	inMaildirs(t, dir, func(b *bench) {
		const failure = "452 4.3.1 insufficient system storage: no such file or directory"
		broken := map[string]bool{}
		disk := func(node, box string, works bool) {
			t.Helper()
			name := filepath.Join(dir, node, box, "tmp")
			err := os.Remove(name)
			if works {
				err = os.Mkdir(name, 0o700)
			}
			if err != nil {
				t.Fatal(err)
			}
			broken[box] = !works
		}
		disk("mx", "bob@example.org", false)
		b.want("one recipient", []string{"354", failure}, b.give("mx", "a@example.org", "bob@example.org", plan))
		b.want("two, one of them well", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.org", "bob@example.org carol@example.org", plan))
		b.want("an alias", []string{"354", "250 2.0.0 queued"}, b.give("mx", "a@example.org", "team@example.org", plan))
		b.want("queue", []string{"a@example.org>bob@example.org", "a@example.org>bob@example.org"}, b.queued("mx"))
		disk("store", "dave@example.org", false)
		b.want("LMTP", []string{"354", "452 4.3.1 <dave@example.org> insufficient system storage: no such file or directory", "250 2.0.0 <erin@example.org> queued"},
			b.give("store", "a@example.org", "dave@example.org erin@example.org", plan))
		time.Sleep(90 * time.Minute)
		b.want("carol", 2, len(b.mailbox("mx", "carol@example.org")))
		b.want("bob", 0, len(b.mailbox("mx", "bob@example.org")))
		b.net.Node("mx").Crash()
		if err := b.net.Node("mx").Start(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		disk("mx", "bob@example.org", true)
		time.Sleep(time.Hour)
		b.want("bob, later", 2, len(b.mailbox("mx", "bob@example.org")))
		b.want("queue, later", []string(nil), b.queued("mx"))
		var got []string
		for _, e := range b.events(trace.MailAttempt, trace.MailDeferred, trace.MailBounced, trace.MailGenerated, trace.MailDelivered) {
			if strings.Contains(e, "bob@") {
				got = append(got, e)
			}
		}
		slices.Sort(got)
		var want []string
		for range 2 {
			want = append(want,
				"mail.attempt plan a@example.org>bob@example.org  own mailboxes",
				"mail.attempt plan a@example.org>bob@example.org  own mailboxes",
				"mail.deferred plan a@example.org>bob@example.org "+failure+" next try in 1h0m0s",
				"mail.deferred plan a@example.org>bob@example.org "+failure+" next try in 1h0m0s",
				"mail.delivered plan a@example.org>bob@example.org",
			)
		}
		slices.Sort(want)
		b.want("events", want, got)
	}, nodes...)
}
