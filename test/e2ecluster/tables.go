package e2ecluster

// An outcome is what an ability's tests come to on a real cluster whose Windows nodes pretend.
type outcome struct {
	ability string
	// cannot says why they cannot pass there; empty: they pass.
	cannot string
	// untried says why no fault is tried with an ability that passes; empty: one is.
	untried string
}

const (
	needsWindows     = "its pods run Windows' own programs or paths, which a Linux node has not"
	needsHostProcess = "a HostProcess container is one of Windows; on a Linux node it is an ordinary container without the host's rights"
	needsDirectory   = "it needs Active Directory and a node with the label agentpool=windowsgmsa; the test skips itself"
	needsPolicy      = "nothing in the cluster enforces network policies"
)

// outcomes has every ability that a test proves on one of the versions, in the specs' order.
func outcomes() []outcome {
	return []outcome{
		{ability: "linux-service-ip-from-windows"},
		{ability: "windows-service-ip-from-linux"},
		{ability: "linux-nodeport-from-windows"},
		{ability: "windows-nodeport-from-linux"},
		{ability: "linux-pod-ip-from-windows"},
		{ability: "windows-pod-ip-from-linux"},
		{ability: "distinct-pod-ips-on-one-node", cannot: needsWindows},
		{ability: "recreated-service-load-balancing"},
		{ability: "statefulset-pods-recreated"},
		{ability: "internal-dns"},
		{ability: "external-dns", cannot: "the cluster's network ends at its own switch"},
		{ability: "custom-dns"},
		{ability: "endpointslice-routing"},
		{ability: "recreated-service-load-balancing-storage"},
		{ability: "hostpath-write", cannot: needsWindows},
		{ability: "hostpath-read", cannot: needsWindows},
		{ability: "host-volumes", cannot: needsHostProcess},
		{ability: "service-account-rotation", untried: "its test takes ten minutes to pass and twenty to fail"},
		{ability: "shared-files-three-containers"},
		{ability: "resource-limits-honored", cannot: needsWindows},
		{ability: "excess-requests-stay-pending"},
		{ability: "reschedule-deployment-50-times"},
		{ability: "cluster-ip-ten-pods"},
		{ability: "nodeport-ten-pods"},
		{ability: "hostprocess-api-server-access", cannot: needsHostProcess},
		{ability: "hostprocess-node-ip", cannot: needsHostProcess},
		{ability: "hostprocess-privileged-api", cannot: needsHostProcess},
		{ability: "gmsa-user", cannot: needsDirectory},
		{ability: "active-directory-storage", cannot: needsDirectory},
		{ability: "run-as-user-name", cannot: "Linux ignores runAsUserName"},
		{ability: "network-policy-pods", cannot: needsPolicy},
		{ability: "network-policy-namespaces", cannot: needsPolicy},
		{ability: "dual-stack-networking"},
	}
}

// An injury is a fault in a cluster that is sound otherwise, and what must be seen of it.
type injury struct {
	// fault is its name in fault.sh. It is injected on every node, or in the whole cluster.
	fault string
	// red are abilities a test of which must fail. A proof that passes in spite of its fault shows nothing.
	red []string
	// survivors are parts of the names of all tests of these abilities that pass in spite of the fault: another test of the
	// same ability shows it.
	survivors []string
	// green are abilities whose tests must pass all the same. If they fail, more is broken than the fault.
	green []string
}

// injuries has each ability that passes on the cluster in the red of at least one.
func injuries() []injury {
	return []injury{
		{
			fault: "kube-proxy",
			red: []string{"linux-service-ip-from-windows", "windows-service-ip-from-linux", "linux-nodeport-from-windows",
				"windows-nodeport-from-linux", "cluster-ip-ten-pods", "nodeport-ten-pods", "recreated-service-load-balancing",
				"recreated-service-load-balancing-storage", "internal-dns", "endpointslice-routing"},
			green: []string{"linux-pod-ip-from-windows", "windows-pod-ip-from-linux", "shared-files-three-containers"},
		},
		{
			fault: "pod-routes",
			red:   []string{"linux-pod-ip-from-windows", "windows-pod-ip-from-linux"},
			green: []string{"shared-files-three-containers"},
		},
		{
			fault: "dns",
			red:   []string{"internal-dns"},
			green: []string{"linux-pod-ip-from-windows", "windows-pod-ip-from-linux", "shared-files-three-containers"},
		},
		{
			fault:     "hosts-empty",
			red:       []string{"custom-dns"},
			survivors: []string{"DNS should support configurable pod DNS servers"},
			green:     []string{"linux-pod-ip-from-windows", "windows-pod-ip-from-linux", "shared-files-three-containers"},
		},
		{
			fault: "volumes-read-only",
			red:   []string{"shared-files-three-containers"},
			green: []string{"linux-pod-ip-from-windows", "windows-pod-ip-from-linux"},
		},
		{
			fault: "requests-ignored",
			red:   []string{"excess-requests-stay-pending"},
			green: []string{"shared-files-three-containers"},
		},
		{
			fault: "controller-replicaset",
			red:   []string{"reschedule-deployment-50-times"},
			green: []string{"shared-files-three-containers"},
		},
		{
			fault: "controller-statefulset",
			red:   []string{"statefulset-pods-recreated"},
			green: []string{"shared-files-three-containers"},
		},
		{
			fault: "ipv6",
			red:   []string{"dual-stack-networking"},
			survivors: []string{"should create pod, add ipv6 and ipv4 ip to pod ips", "should create service with ipv4,v6 cluster ip",
				"should create service with ipv6,v4 cluster ip"},
			green: []string{"shared-files-three-containers"},
		},
	}
}

// passing are the abilities whose tests pass on the cluster.
func passing() []string { return abilities(func(o outcome) bool { return o.cannot == "" }) }

// impossible are the abilities whose tests cannot pass on the cluster.
func impossible() []string { return abilities(func(o outcome) bool { return o.cannot != "" }) }

func abilities(is func(outcome) bool) []string {
	var ids []string
	for _, o := range outcomes() {
		if is(o) {
			ids = append(ids, o.ability)
		}
	}
	return ids
}
