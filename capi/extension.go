package capi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/cluster-api/api/runtime/catalog"
	hooks "sigs.k8s.io/cluster-api/api/runtime/hooks/v1alpha1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The hooks that are answered, and the names of what answers them.
const (
	initializedHook, initializedName = "AfterControlPlaneInitialized", "note-cluster"
	upgradeHook, upgradeName         = "BeforeClusterUpgrade", "hold-upgrade"
)

const (
	maxRequest = 4 << 20 // bytes of a request, which holds a Cluster
	retrySecs  = 30      // after which Cluster API asks again whether an upgrade may begin
)

// extension answers the hooks of Cluster API's Runtime SDK (https://cluster-api.sigs.k8s.io/tasks/experimental-features/runtime-sdk/).
// It writes nothing but events, and of a request it takes only which Cluster it is about: everything else comes from the
// management cluster.
type extension struct {
	controller *Controller
}

// routes are the paths of the hooks with what answers them.
func (e extension) routes() map[string]http.HandlerFunc {
	path := func(hook, name string) string {
		return catalog.GVHToPath(catalog.GroupVersionHook{Group: hooks.GroupVersion.Group, Version: hooks.GroupVersion.Version, Hook: hook}, name)
	}
	return map[string]http.HandlerFunc{
		path("Discovery", ""):                  answer(e.discovery),
		path(initializedHook, initializedName): answer(e.initialized),
		path(upgradeHook, upgradeName):         answer(e.beforeUpgrade),
	}
}

// answer reads a request, and writes what is answered.
func answer[Request, Response any](with func(context.Context, Request) Response) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			http.Error(w, "a hook is called by POST", http.StatusMethodNotAllowed)
			return
		}
		var request Request
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&request); err != nil {
			http.Error(w, "the request cannot be read", http.StatusBadRequest)
			return
		}
		data, err := json.Marshal(with(r.Context(), request))
		if err != nil {
			http.Error(w, "the response cannot be written", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(data) // whoever asked is gone
	}
}

func kindOf(name string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: hooks.GroupVersion.String(), Kind: name}
}

// discovery tells which hooks are answered. Without an answer before an upgrade none begins.
func (e extension) discovery(context.Context, hooks.DiscoveryRequest) hooks.DiscoveryResponse {
	handler := func(hook, name string, policy hooks.FailurePolicy) hooks.ExtensionHandler {
		return hooks.ExtensionHandler{
			Name: name, RequestHook: hooks.GroupVersionHook{APIVersion: hooks.GroupVersion.String(), Hook: hook}, TimeoutSeconds: ptr.To[int32](10), FailurePolicy: &policy,
		}
	}
	return hooks.DiscoveryResponse{
		TypeMeta: kindOf("DiscoveryResponse"), CommonResponse: hooks.CommonResponse{Status: hooks.ResponseStatusSuccess},
		Handlers: []hooks.ExtensionHandler{
			handler(initializedHook, initializedName, hooks.FailurePolicyIgnore), handler(upgradeHook, upgradeName, hooks.FailurePolicyFail),
		},
	}
}

// initialized notes the Cluster, whose Windows nodes are not there yet.
func (e extension) initialized(ctx context.Context, request hooks.AfterControlPlaneInitializedRequest) hooks.AfterControlPlaneInitializedResponse {
	response := hooks.AfterControlPlaneInitializedResponse{
		TypeMeta: kindOf("AfterControlPlaneInitializedResponse"), CommonResponse: hooks.CommonResponse{Status: hooks.ResponseStatusSuccess},
	}
	var c clusterv1.Cluster
	err := e.controller.Client.Get(ctx, client.ObjectKeyFromObject(&request.Cluster), &c)
	if err == nil && asks(&c) {
		e.controller.tell(&c, corev1.EventTypeNormal, "Noted", "the control plane is initialized; the tests begin once the Windows workers are available")
	}
	return response
}

// beforeUpgrade says whether an upgrade may begin. It decides anew, so that no condition of yesterday lets one go.
func (e extension) beforeUpgrade(ctx context.Context, request hooks.BeforeClusterUpgradeRequest) hooks.BeforeClusterUpgradeResponse {
	response := hooks.BeforeClusterUpgradeResponse{TypeMeta: kindOf("BeforeClusterUpgradeResponse")}
	response.Status = hooks.ResponseStatusSuccess
	k, err := e.controller.gather(ctx, client.ObjectKeyFromObject(&request.Cluster))
	switch {
	case apierrors.IsNotFound(err):
		return response
	case err != nil:
		response.Status, response.Message = hooks.ResponseStatusFailure, "what is known of the cluster could not be read"
		return response
	}
	if p := Decide(k, e.controller.Rules); p.Hook && k.Cluster.DeletionTimestamp == nil {
		response.RetryAfterSeconds = retrySecs
		response.Message = short(fmt.Sprintf("%s is %s (%s): %s", ConditionType, p.Condition.Status, p.Condition.Reason, p.Condition.Message))
	}
	return response
}
