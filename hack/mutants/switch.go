package main

import "fmt"

// recordSize is how many bytes of a test program say which mutant is on. They are overwritten in the built program: an
// environment variable would not reach a program that a test starts with an environment of its own.
const recordSize = 512

// record is what those bytes say.
type record struct {
	mark  string // by which they are found
	id    int    // of the mutant that is on; 0: none
	trace string // file to which the ids of all switches that are reached are written; "": none
}

func (r record) String() string {
	return fmt.Sprintf("%-*s", recordSize, fmt.Sprintf("%s|%d|%s|", r.mark, r.id, r.trace))
}

// switchFile is the Go file that is added to a package with switches up to the id last.
func switchFile(name, mark string, last int) string {
	return fmt.Sprintf(switchText, name, record{mark: mark}.String(), last+1)
}

const switchText = `package %s

import (
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

var mutantRecord = %q

var mutantActive, mutantTrace = mutantSetup(mutantRecord)

var mutantReached [%d]atomic.Bool

//go:noinline
func mutantSetup(record string) (int, *os.File) {
	fields := strings.Split(record, "|")
	id, err := strconv.Atoi(fields[1])
	if err != nil {
		panic(err)
	}
	if id == 0 {
		id = -1 // the id of no switch
	}
	if fields[2] == "" {
		return id, nil
	}
	trace, err := os.OpenFile(fields[2], os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		panic(err)
	}
	return id, trace
}

func mutantOn(id int) bool { return id == mutantActive || mutantTrace != nil && mutantReach(id) }

func mutantReach(id int) bool {
	if !mutantReached[id].Swap(true) {
		_, _ = mutantTrace.WriteString(strconv.Itoa(id) + "\n")
	}
	return false
}

// A switch with the id 0 is never on. One that would change nothing is not reached.
func mutantBool[B ~bool](value B, yes, no int) B {
	if !value {
		return B(mutantOn(yes))
	}
	return !B(mutantOn(no))
}

func mutantNot[B ~bool](value B, id int) B { return value != B(mutantOn(id)) }

func mutantPick[T any](value T, id int, other T) T {
	if mutantOn(id) {
		return other
	}
	return value
}

func mutantZero[T any](value T, id int) T {
	if mutantOn(id) {
		var zero T
		return zero
	}
	return value
}

// The id reverses a list, those behind it remove one of its first elements each.
func mutantList[S ~[]E, E any](list S, id, first int) S {
	if mutantOn(id) {
		reversed := make(S, 0, len(list))
		for i := range list {
			reversed = append(reversed, list[len(list)-1-i])
		}
		return reversed
	}
	for i := range first {
		if mutantOn(id + 1 + i) {
			return append(append(S{}, list[:i]...), list[i+1:]...)
		}
	}
	return list
}
`
