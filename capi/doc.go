// Package capi runs op-readiness for the Clusters of Cluster API (https://cluster-api.sigs.k8s.io), from their management
// cluster.
//
//	Cluster, MachineDeployments, MachinePools, Jobs, Pods --gather--> Known --Decide--> Plan --do--> the management cluster
//
// Known is all that is known of one Cluster, Decide a pure function of it, and a Plan what is to be: the condition, the
// annotations that hold upgrades, which Jobs begin and which go. So whatever was done before, by whichever process, the next one
// comes to the same.
//
// A Job is named by the generation of what it tests (Generation), so that there is one for each. What its pod says at its end is
// kept in the Job's annotation and judged anew each time; it is a claim, and whose it is follows from owners alone. The package
// reads no secret: the kubelet hands the kubeconfig to the Job's pod.
//
// Extension answers the lifecycle hooks of the Runtime SDK by the same decision.
package capi
