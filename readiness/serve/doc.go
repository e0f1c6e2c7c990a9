// Package serve is an external plugin of Prow (https://docs.prow.k8s.io/docs/components/plugins/#external-plugins): hook sends it the
// events of GitHub, and it keeps the comments of the pull requests true that they are about.
//
// A webhook is answered at once: it only puts its pull request into a queue. There a pull request stands once, whatever comes, and
// one worker at a time looks at it. All that the program knows is in GitHub and in the bucket: what is lost with the process, or with
// an answer, is found by the sweep at its start and then every so often.
package serve
