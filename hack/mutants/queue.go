package main

import "sync"

// queue tells results in their order, whichever is known first.
type queue struct {
	tell    func(*result)
	results []result

	mu    sync.Mutex
	known []bool
	next  int
}

func (q *queue) put(i int, r result) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.results[i], q.known[i] = r, true
	for ; q.next < len(q.known) && q.known[q.next]; q.next++ {
		q.tell(&q.results[q.next])
	}
}
