package readiness

import (
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// Budget is what one look at a pull request may take, all its builds together. What is over it is told in the comment of that
// pull request, and costs no other. A zero means the default, which is many times what honest jobs need.
type Budget struct {
	Packed, Unpacked int64         // bytes of result files, as stored and decompressed; 0: 512 MiB and 1 GiB
	Files            int           // files and folders that are listed; 0: 40,000
	Requests         int           // files that are read, a request each; 0: 4,000
	Rows             int64         // testcase elements; 0: 1,000,000
	Time             time.Duration // 0: a minute
}

// keptBytes is what is kept of the results of a pull request: with it so many can be looked at at the same time.
const keptBytes = 32 << 20

// share is what each of n builds may take. It does not depend on the others, so that the same build is over it each time.
func (b Budget) share(n int) artifacts.Bounds {
	n = max(n, 1)
	return artifacts.Bounds{
		Packed: or(b.Packed, 512<<20) / int64(n), Unpacked: or(b.Unpacked, 1<<30) / int64(n), Files: or(b.Files, 40_000) / n,
		Read: or(b.Requests, 4_000) / n, Rows: or(b.Rows, 1_000_000) / int64(n), Kept: keptBytes / int64(n), Time: or(b.Time, time.Minute),
	}
}

func or[N int | int64 | time.Duration](value, usual N) N {
	if value > 0 {
		return value
	}
	return usual
}
