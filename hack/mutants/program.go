package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// memory is how many KiB a test program may take: a changed loop may never end.
const memory = 6 << 20

// program is a test program with the switches, and where it is run.
type program struct {
	pkg  string
	path string
	dir  string // of the package, in the copy
	env  []string
	mark string
	at   int64 // where its record is
	near bool  // it is not kept apart from other processes
}

// build builds the tests of a package.
func (m module) build(ctx context.Context, pattern, mark string) (*program, error) {
	out, err := m.goCommand(ctx, "list", "-f", "{{.Dir}}", pattern)
	if err != nil {
		return nil, err
	}
	p := &program{pkg: pattern, dir: strings.TrimSpace(string(out)), env: m.env, mark: mark, near: m.near}
	p.path = filepath.Join(m.temp, fmt.Sprintf("%x.test", pattern))
	if _, err := m.goCommand(ctx, "test", "-trimpath", "-vet=off", "-c", "-o", p.path, pattern); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(p.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s has no tests", pattern)
	}
	if err != nil {
		return nil, err
	}
	if bytes.Count(data, []byte(mark+"|")) != 1 {
		return nil, fmt.Errorf("the tests of %s do not use the package whose code is changed", pattern)
	}
	p.at = int64(bytes.Index(data, []byte(mark+"|")))
	return p, nil
}

// clone copies the program, so that another record can be written into it.
func (p *program) clone(name string) (*program, error) {
	q := *p
	q.path = p.path + "." + name
	return &q, copyFile(p.path, q.path)
}

// set writes the record. A program that still runs, as one that a test left behind may, is replaced.
func (p *program) set(r record) error {
	r.mark = p.mark
	text := r.String()
	if len(text) > recordSize {
		return fmt.Errorf("the record %q is too long", text)
	}
	file, err := os.OpenFile(p.path, os.O_WRONLY, 0)
	if isBusy(err) {
		fresh := p.path + ".new"
		if err := errors.Join(copyFile(p.path, fresh), os.Rename(fresh, p.path)); err != nil {
			return err
		}
		file, err = os.OpenFile(p.path, os.O_WRONLY, 0)
	}
	if err != nil {
		return err
	}
	_, err = file.WriteAt([]byte(text), p.at)
	return errors.Join(err, file.Close())
}

// outcome is how a run of tests ended.
type outcome struct {
	passed bool
	code   int // above 128, or -1: ended by a signal
	output string
	took   time.Duration
}

// notExecuted is a shell's exit code for a program that it could not execute.
const notExecuted = 126

// run runs tests. A program that could not be executed says nothing of them: that one cannot while any process has it open
// for writing, and a process that another worker starts just while its record is written has, until it is a program itself.
func (p *program) run(ctx context.Context, timeout time.Duration, args ...string) (outcome, error) {
	const attempts = 50
	for range attempts {
		o, err := p.once(ctx, timeout, args)
		if err != nil || o.code != notExecuted {
			return o, err
		}
	}
	return outcome{}, fmt.Errorf("%s could not be executed", p.path)
}

// once runs tests with a folder of their own for what they write, and ends with them what they started; if they are not kept
// apart, unless that has a process group of its own.
func (p *program) once(ctx context.Context, timeout time.Duration, args []string) (outcome, error) {
	temp, err := os.MkdirTemp(filepath.Dir(p.path), "run-")
	if err != nil {
		return outcome{}, err
	}
	defer os.RemoveAll(temp)
	args = append([]string{p.path, "-test.timeout", timeout.String()}, args...)
	cmd := shell(p.near, `ulimit -v `+strconv.Itoa(memory)+`; "$0" "$@"; exit $?`, args...)
	cmd.Dir, cmd.Env = p.dir, append(p.env, "TMPDIR="+temp)
	cmd.WaitDelay = time.Second
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return outcome{}, err
	}
	kill := func() { killGroup(cmd.Process) }
	defer kill()
	timer := time.AfterFunc(timeout+5*time.Second, kill) // if the program's own timeout does not work
	defer timer.Stop()
	stop := context.AfterFunc(ctx, kill)
	defer stop()
	_ = cmd.Wait() // what the exit code does not say is only that output came late, or that something holds it open
	return outcome{passed: cmd.ProcessState.Success(), code: cmd.ProcessState.ExitCode(), output: output.String(), took: time.Since(start)}, ctx.Err()
}

// shell is a call of a script that is kept apart from other processes, or, if near, in a process group of its own only. The
// shell stays, as the first process of the namespace: it reaps what others leave.
func shell(near bool, script string, args ...string) *exec.Cmd {
	if near {
		cmd := exec.Command("sh", append([]string{"-c", script}, args...)...)
		ownGroup(cmd)
		return cmd
	}
	cmd := exec.Command("sh", append([]string{"-c", prelude + "{ " + script + "\n}"}, args...)...)
	apart(cmd)
	return cmd
}

// failed is the test that an output calls failed, or that ran when the time was over.
func (o outcome) failed() string {
	var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)
	all := failed.FindAllStringSubmatch(o.output, -1)
	name := ""
	for _, m := range all {
		if len(m[1]) > len(name) { // a subtest rather than its parent
			name = m[1]
		}
	}
	if m := regexp.MustCompile(`(?m)^running tests:\n\s+(\S+)`).FindStringSubmatch(o.output); m != nil {
		return m[1] + ", which did not end"
	}
	return name
}
