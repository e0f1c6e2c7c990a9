package capi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// runLabel is that of the pods that run op-readiness.
const runLabel, runLabelValue = "app.kubernetes.io/name", "op-readiness-run"

// messageLimit is what of a termination message a kubelet keeps, in bytes.
const messageLimit = 4096

// outcome is how the container of a pod ended.
type outcome struct {
	code    int
	message string // its termination message
}

// play runs the container of a pod and returns at its end, which that of ctx, the pod's removal, brings about.
type play func(ctx context.Context, pod *corev1.Pod) outcome

// kubelet stands in for scheduler and kubelet of the management cluster: it takes the pods of runs, and plays them.
type kubelet struct {
	m *management
	t *testing.T // of the stand: a pod may outlive the part that asked for it

	mu     sync.Mutex
	plays  map[string]play // by cluster
	played map[string]int  // how many pods of a cluster were begun
}

// startKubelet plays pods until the test ends. A pod of a cluster for which there is no play succeeds, and says nothing.
func (m *management) startKubelet(t *testing.T) *kubelet {
	t.Helper()
	k := &kubelet{m: m, t: t, plays: map[string]play{}, played: map[string]int{}}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { k.take(ctx) })
	t.Cleanup(func() { cancel(); group.Wait() })
	return k
}

// plays says what the pods of a cluster do from now on.
func (k *kubelet) set(cluster string, p play) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.plays[cluster] = p
}

// begun is how many pods of a cluster were begun.
func (k *kubelet) begun(cluster string) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.played[cluster]
}

// next is what a pod does.
func (k *kubelet) next(pod *corev1.Pod) play {
	k.mu.Lock()
	defer k.mu.Unlock()
	cluster := pod.Labels[clusterv1.ClusterNameLabel]
	k.played[cluster]++
	if p := k.plays[cluster]; p != nil {
		return p
	}
	return func(context.Context, *corev1.Pod) outcome { return outcome{} }
}

// take looks at the pods again and again, until ctx ends; then it waits for those that it plays.
func (k *kubelet) take(ctx context.Context) {
	var group sync.WaitGroup
	defer group.Wait()
	running := map[client.ObjectKey]context.CancelFunc{}
	for {
		pods := &corev1.PodList{}
		err := k.m.List(ctx, pods, client.MatchingLabels{runLabel: runLabelValue})
		there := map[client.ObjectKey]bool{}
		for i := range pods.Items {
			pod := &pods.Items[i]
			key := client.ObjectKey{Namespace: pod.Namespace, Name: pod.Name + "/" + string(pod.UID)}
			there[key] = true
			switch {
			case pod.DeletionTimestamp != nil:
				if stop := running[key]; stop != nil {
					stop()
				}
				if gone := k.m.Delete(ctx, pod, client.GracePeriodSeconds(0)); gone != nil && !apierrors.IsNotFound(gone) {
					err = errors.Join(err, gone)
				}
			case running[key] == nil && pod.Status.Phase == corev1.PodPending:
				each, stop := context.WithCancel(ctx)
				running[key] = stop
				group.Go(func() { defer stop(); k.run(each, pod) })
			}
		}
		for key, stop := range running {
			if err == nil && !there[key] {
				stop()
			}
		}
		if err != nil && ctx.Err() == nil {
			k.t.Errorf("the kubelet: %v", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// run binds a pod to a node, starts it, plays it, and tells its end.
func (k *kubelet) run(ctx context.Context, pod *corev1.Pod) {
	binding := &corev1.Binding{Target: corev1.ObjectReference{Kind: "Node", Name: "linux-1"}}
	if err := k.m.SubResource("binding").Create(ctx, pod, binding); err != nil && !apierrors.IsConflict(err) {
		k.failed(ctx, "binding", pod, err)
		return
	}
	now := metav1.Now()
	state := corev1.ContainerStatus{Name: pod.Spec.Containers[0].Name, Image: pod.Spec.Containers[0].Image, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}}
	if err := k.status(ctx, pod, corev1.PodRunning, state); err != nil {
		k.failed(ctx, "starting", pod, err)
		return
	}
	end := k.next(pod)(ctx, pod)
	if ctx.Err() != nil {
		return
	}
	phase, reason := corev1.PodSucceeded, "Completed"
	if end.code != 0 {
		phase, reason = corev1.PodFailed, "Error"
	}
	state.State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: int32(end.code), Reason: reason, StartedAt: now, FinishedAt: metav1.Now(), Message: end.message[:min(len(end.message), messageLimit)],
	}}
	if err := k.status(ctx, pod, phase, state); err != nil {
		k.failed(ctx, "ending", pod, err)
	}
}

func (k *kubelet) status(ctx context.Context, pod *corev1.Pod, phase corev1.PodPhase, state corev1.ContainerStatus) error {
	return k.m.Status().Patch(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name}},
		merge(map[string]any{"status": map[string]any{"phase": phase, "containerStatuses": []any{state}}}))
}

// failed tells of what went wrong, unless the pod is gone.
func (k *kubelet) failed(ctx context.Context, doing string, pod *corev1.Pod, err error) {
	if ctx.Err() == nil && !apierrors.IsNotFound(err) {
		k.t.Errorf("the kubelet: %s %s: %v", doing, pod.Name, err)
	}
}

// forever is a container that runs until its pod is removed.
func forever(ctx context.Context, _ *corev1.Pod) outcome {
	<-ctx.Done()
	return outcome{code: 137}
}

// says is a container that ends with a code and a message.
func says(code int, message string) play {
	return func(context.Context, *corev1.Pod) outcome { return outcome{code, message} }
}

// image is what the container's image holds: of each path in it the file of this machine.
type image map[string]string

// process runs the container's own command as a process of this machine, its files and volumes below a folder of its own.
func (k *kubelet) process(files image) play {
	return func(ctx context.Context, pod *corev1.Pod) outcome {
		dir, err := os.MkdirTemp(os.Getenv(marker), "pod-")
		if err != nil {
			k.t.Error(err)
			return outcome{code: 128}
		}
		container := pod.Spec.Containers[0]
		termination := filepath.Join(dir, "termination")
		paths := map[string]string{container.TerminationMessagePath: termination}
		for at, file := range files {
			paths[at] = file
		}
		for _, mount := range container.VolumeMounts {
			paths[mount.MountPath], err = k.volume(ctx, pod, mount, dir)
			if err != nil {
				k.t.Errorf("mounting %s: %v", mount.Name, err)
				return outcome{code: 128}
			}
		}
		words := slices.Concat(container.Command, container.Args)
		for i := range words {
			words[i] = local(words[i], paths)
		}
		cmd := exec.CommandContext(ctx, words[0], words[1:]...)
		cmd.Dir, cmd.WaitDelay = local(cmp.Or(container.WorkingDir, dir), paths), 10*time.Second
		cmd.Env = []string{marker + "=" + os.Getenv(marker), "PATH=" + k.m.bin, "HOME=" + dir, "TMPDIR=" + paths["/tmp"]}
		for _, e := range container.Env {
			cmd.Env = append(cmd.Env, e.Name+"="+local(e.Value, paths))
		}
		said, err := cmd.CombinedOutput()
		if writeErr := os.WriteFile(inFolder(k.t, "logs", pod.Name+".log"), said, 0o600); writeErr != nil {
			k.t.Error(writeErr)
		}
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) && ctx.Err() == nil {
			k.t.Errorf("running %q: %v", words, err)
		}
		message, err := os.ReadFile(termination)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			k.t.Error(err)
		}
		return outcome{cmd.ProcessState.ExitCode(), string(message)}
	}
}

// volume makes the folder of a mount, with what the volume's secret holds.
func (k *kubelet) volume(ctx context.Context, pod *corev1.Pod, mount corev1.VolumeMount, dir string) (string, error) {
	folder := filepath.Join(dir, "volumes", mount.Name, mount.SubPath)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	i := slices.IndexFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == mount.Name })
	if i < 0 {
		return "", fmt.Errorf("the pod has no volume %q", mount.Name)
	}
	source := pod.Spec.Volumes[i].Secret
	if source == nil {
		return folder, nil
	}
	secret := &corev1.Secret{}
	if err := k.m.Get(ctx, client.ObjectKey{Namespace: pod.Namespace, Name: source.SecretName}, secret); err != nil {
		return "", err
	}
	items := source.Items
	if items == nil {
		for key := range secret.Data {
			items = append(items, corev1.KeyToPath{Key: key, Path: key})
		}
	}
	for _, item := range items {
		if err := os.WriteFile(filepath.Join(folder, item.Path), secret.Data[item.Key], 0o600); err != nil {
			return "", err
		}
	}
	return folder, nil
}

// local is a word of a command with the path in it, which a "=" may precede, as it is on this machine.
func local(word string, paths map[string]string) string {
	flag, path := "", word
	if before, after, ok := strings.Cut(word, "="); ok && strings.HasPrefix(word, "-") {
		flag, path = before+"=", after
	}
	found := "" // the longest path that it lies in
	for at := range paths {
		if (path == at || strings.HasPrefix(path, at+"/")) && len(at) > len(found) {
			found = at
		}
	}
	if found == "" {
		return word
	}
	return flag + filepath.Join(paths[found], strings.TrimPrefix(path, found))
}
