package runner

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain lets the test program be e2e.test for the programs that it starts.
func TestMain(m *testing.M) {
	if os.Getenv("RUNNER_STANDIN") != "" {
		standIn(os.Args[1:])
	}
	os.Setenv("RUNNER_STANDIN", "yes")
	os.Exit(m.Run())
}

// standIn is an e2e.test that does what its arguments say, in their order:
//
//	--say=TEXT       to its output; "\n" is a line's end
//	--post=MESSAGE   as progress
//	--junit          writes its file
//	--child=ADDRESS  leaves a process behind that connects there and stays, with the same output
//	--stray=ADDRESS  is as --child, in a session of its own and without the output
//	--stay=ADDRESS   connects there and stays until it is cut off
//	--guard=ADDRESS  is no e2e.test but a guard: it connects there and says its mark and what it reads
//	--hang           until a signal comes
//	--deaf           whatever comes
//	--kill           by a signal of its own
//	--exit=CODE
func standIn(args []string) {
	if first, _, _ := strings.Cut(args[0], "="); first != "--provider" && first != "--stay" && first != "--guard" {
		os.Exit(98)
	}
	time.AfterFunc(2*time.Minute, func() { os.Exit(97) }) // if the runner fails to end it
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	flags := map[string]string{}
	for _, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		flags[name] = value
		switch name {
		case "--say":
			fmt.Print(strings.ReplaceAll(value, `\n`, "\n"))
		case "--post":
			resp, err := http.Post(flags["--progress-report-url"], "application/json", strings.NewReader(`{"msg": "`+value+`"}`))
			must(err)
			resp.Body.Close()
		case "--junit":
			must(os.WriteFile(filepath.Join(flags["--report-dir"], "junit_"+flags["--report-prefix"]+"01.xml"), []byte("<testsuites/>"), 0o644))
		case "--child":
			child := exec.Command(os.Args[0], "--stay="+value)
			child.Stdout = os.Stdout
			must(child.Start())
		case "--stray":
			child := exec.Command(os.Args[0], "--stay="+value)
			child.SysProcAttr = guardAttributes()
			must(child.Start())
		case "--guard":
			conn, err := net.Dial("tcp", value)
			must(err)
			fmt.Fprintln(conn, "mark", args[1])
			_, err = io.Copy(conn, os.Stdin)
			must(err)
			os.Exit(0)
		case "--stay":
			conn, err := net.Dial("tcp", value)
			must(err)
			_, _ = conn.Read(make([]byte, 1)) // until the test has ended, or lets it go
		case "--hang":
			fmt.Println("got", <-signals)
		case "--deaf":
			for range signals {
			}
		case "--kill":
			self, err := os.FindProcess(os.Getpid())
			must(err)
			must(self.Kill())
			select {}
		case "--exit":
			code, err := strconv.Atoi(value)
			must(err)
			os.Exit(code)
		}
	}
	os.Exit(0)
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(99)
	}
}
