// Package github keeps one comment of ours on a pull request true.
//
// It takes three steps: a Render says what the comment should be, from results alone; Plan holds that against the
// comments that are there and says what to do, create, update or nothing; Client.Post does it, reads again what it wrote,
// and goes on until the comment is the one that a fresh look at the results gives. That is how two writers at once come
// to one comment: who wrote last has looked at the results after the write, so either the comment has all of them, or it
// is written again. Client.Sweep does so for every open pull request of a repository.
//
// Our comments are those that begin with the marker of the body and whose author we are. The oldest is kept, in its
// place; younger ones, which a race can leave behind, are deleted. Nobody else's comment is ever touched, nothing but
// comments is written, and no state is kept in them.
package github
