package runner

// What a run writes on the things that it makes in a cluster, or that are made for it.
const (
	RunLabel         = "op-readiness.sigs.k8s.io/run"    // of namespaces, policies and taints: the id of the run
	SendLabel        = "op-readiness.sigs.k8s.io/send"   // of namespaces: where pods that choose no operating system go
	PinnedAnnotation = "op-readiness.sigs.k8s.io/pinned" // of pods: the operating system to which the run sent them
)
