// Package readiness joins running and judging. It is the one package that knows both the runner and the reporter.
//
// A run in one report directory goes from one value to the next, none of which is changed afterwards:
//
//	Options       what the user asked for
//	Look          Options           -> Facts      e2e.test with its tests, the cluster, what the directory holds already
//	NewPlan       Options + Facts   -> Plan       which tests run, in which calls of e2e.test
//	Plan.Execute  e2e.test, files   -> Outcome    the judgement of all that the directory then holds
//	Plan.DryRun   e2e.test          -> Selection  what e2e.test would run
//
// A report goes from sources to summaries: Sources name builds, Report judges each by the specs of its version and
// compares it with the base branch. Poster keeps the comments of pull requests true by such reports.
//
// The package prints nothing but the progress of a run, and ends no process.
package readiness
