package main

import (
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
	"github.com/testcontainers/testcontainers-go/wait"
)

// TestContainer: the image of the Dockerfile runs scenarios, and serves DNS to
// who is outside. The daemon needs no registry for it: the image begins FROM
// scratch.
func TestContainer(t *testing.T) {
	if testing.Short() {
		t.Skip("builds an image; not with -short")
	}
	// The reaper is an image of its own, from a registry; the cleanups below do
	// its work.
	t.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
	testcontainers.SkipIfProviderIsNotHealthy(t)
	quiet := testcontainers.WithLogger(log.TestLogger(t))

	server, err := testcontainers.Run(t.Context(), "", quiet,
		testcontainers.WithDockerfile(testcontainers.FromDockerfile{
			Context: imageContext(t), Repo: "mailsim-test", BuildLogWriter: t.Output(),
		}),
		testcontainers.WithCmd("dns", "example:mx-fallback", "--listen", "0.0.0.0:5353", "--allow-remote"),
		testcontainers.WithExposedPorts("5353/udp", "5353/tcp"),
		testcontainers.WithHostConfigModifier(onLoopback("5353/udp", "5353/tcp")),
		testcontainers.WithWaitStrategyAndDeadline(time.Minute, wait.ForLog("serving ")),
	)
	testcontainers.CleanupContainer(t, server) // and its image
	if err != nil {
		t.Fatal(err)
	}

	t.Run("dns", func(t *testing.T) {
		for _, transport := range []string{"udp", "tcp"} {
			port, err := server.MappedPort(t.Context(), "5353/"+transport)
			if err != nil {
				t.Fatal(err)
			}
			addr := net.JoinHostPort("127.0.0.1", port.Port())
			if got := ask(t, transport, addr, "mx1.example.org.", dns.TypeA); !strings.HasSuffix(got, "\t192.0.2.10") {
				t.Errorf("%s: answer %q, want the address of mx1", transport, got)
			}
		}
	})

	t.Run("run", func(t *testing.T) {
		image, err := server.Inspect(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c, err := testcontainers.Run(t.Context(), image.Config.Image, quiet,
			testcontainers.WithCmd("run", "example:mx-fallback"),
			testcontainers.WithWaitStrategyAndDeadline(time.Minute, wait.ForExit()),
		)
		testcontainers.CleanupContainer(t, c)
		if err != nil {
			t.Fatal(err)
		}
		state, err := c.State(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		logs, err := c.Logs(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer logs.Close()
		out, err := io.ReadAll(logs)
		if err != nil {
			t.Fatal(err)
		}
		if state.ExitCode != exitPassed || !strings.Contains(string(out), "\nok mx-fallback: ") {
			t.Errorf("exit code %d, want %d, and the output\n%s", state.ExitCode, exitPassed, out)
		}
	})
}

// imageContext makes a directory with what the Dockerfile copies.
func imageContext(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", filepath.Join(dir, "mailsim"), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build mailsim: %v\n%s", err, out)
	}
	dockerfile, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "Dockerfile"), string(dockerfile))
	return dir
}

// onLoopback publishes ports to this machine only, at free ports.
func onLoopback(ports ...string) func(*container.HostConfig) {
	return func(h *container.HostConfig) {
		h.PortBindings = network.PortMap{}
		for _, p := range ports {
			h.PortBindings[network.MustParsePort(p)] = []network.PortBinding{{HostIP: netip.AddrFrom4([4]byte{127, 0, 0, 1})}}
		}
	}
}
