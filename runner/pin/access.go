package pin

import (
	"context"
	"errors"
	"fmt"
	"slices"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// needs is all that a pin asks the API server for; docs/run.md lists it.
func needs() []authorizationv1.ResourceAttributes {
	var list []authorizationv1.ResourceAttributes
	for _, resource := range []string{"mutatingadmissionpolicies", "mutatingadmissionpolicybindings"} {
		for _, verb := range []string{"list", "create", "delete"} {
			list = append(list, authorizationv1.ResourceAttributes{Group: "admissionregistration.k8s.io", Resource: resource, Verb: verb})
		}
	}
	for _, verb := range []string{"list", "create", "patch", "delete"} {
		list = append(list, authorizationv1.ResourceAttributes{Resource: "namespaces", Verb: verb})
	}
	return append(list, authorizationv1.ResourceAttributes{Resource: "users", Verb: "impersonate"})
}

// Lacks says why pods cannot be pinned in a cluster, "" if they can: it serves no MutatingAdmissionPolicy, or does not allow
// what the pin needs. It changes nothing.
func Lacks(ctx context.Context, config *rest.Config) (string, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return "", err
	}
	served, err := client.Discovery().ServerResourcesForGroupVersion("admissionregistration.k8s.io/v1")
	if err != nil && !apierrors.IsNotFound(err) {
		return "", fmt.Errorf("asking what admission policies are served: %w", err)
	}
	if served == nil || !slices.ContainsFunc(served.APIResources, func(r metav1.APIResource) bool { return r.Name == "mutatingadmissionpolicies" }) {
		return "the cluster serves no MutatingAdmissionPolicy v1, which is that of Kubernetes 1.36 and later", nil
	}
	for _, need := range needs() {
		ok, err := allowed(ctx, client, need)
		if err != nil {
			return "", err
		}
		if !ok {
			return fmt.Sprintf("to %s %s is not allowed", need.Verb, need.Resource), nil
		}
	}
	if _, err := groupsFor(ctx, config, "op-readiness:probe"); err != nil {
		return err.Error(), nil
	}
	return "", nil
}

func allowed(ctx context.Context, client kubernetes.Interface, what authorizationv1.ResourceAttributes) (bool, error) {
	review := &authorizationv1.SelfSubjectAccessReview{Spec: authorizationv1.SelfSubjectAccessReviewSpec{ResourceAttributes: &what}}
	answer, err := client.AuthorizationV1().SelfSubjectAccessReviews().Create(ctx, review, metav1.CreateOptions{})
	if err != nil {
		return false, fmt.Errorf("asking what is allowed: %w", err)
	}
	return answer.Status.Allowed, nil
}

// masters is the group that may do everything (https://kubernetes.io/docs/reference/access-authn-authz/rbac/).
const masters = "system:masters"

// groupsFor returns the groups that a user needs to be allowed everything, as e2e.test does: those of whoever has the config,
// or, if he is allowed it by his name, that of masters.
func groupsFor(ctx context.Context, config *rest.Config, user string) ([]string, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	self, err := client.AuthenticationV1().SelfSubjectReviews().Create(ctx, &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
	if err != nil {
		return nil, fmt.Errorf("asking who the user is: %w", err)
	}
	everything := authorizationv1.ResourceAttributes{Group: "*", Resource: "*", Verb: "*"}
	for _, groups := range [][]string{self.Status.UserInfo.Groups, {masters}} {
		config := rest.CopyConfig(config)
		config.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: groups}
		client, err := kubernetes.NewForConfig(config)
		if err != nil {
			return nil, err
		}
		if ok, err := allowed(ctx, client, everything); err == nil && ok {
			return groups, nil // an error: it is not allowed to say that one is of them
		}
	}
	return nil, errors.New("to impersonate a user who may do everything, as the tests do, is not allowed")
}
