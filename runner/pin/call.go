package pin

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// api asks an API server for things of any kind.
type api struct{ client rest.Interface }

func connect(config *rest.Config) (api, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return api{}, err
	}
	return api{client.CoreV1().RESTClient()}, nil
}

// as is the API of another user, of whom whoever has the config may say that he is he.
func as(config *rest.Config, user string, groups []string) (api, error) {
	config = rest.CopyConfig(config)
	config.Impersonate = rest.ImpersonationConfig{UserName: user, Groups: groups}
	return connect(config)
}

// create makes something, or, dry, asks what it would be.
func (a api) create(ctx context.Context, path string, o Object, dry bool) (Object, error) {
	body, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	request := a.client.Post().AbsPath(path).SetHeader("Content-Type", "application/json").SetHeader("Accept", "application/json").Body(body)
	if dry {
		request = request.Param("dryRun", "All")
	}
	return answer(request.Do(ctx))
}

// remove removes something; what is not there is no error.
func (a api) remove(ctx context.Context, path, name string) error {
	err := a.client.Delete().AbsPath(path, name).Do(ctx).Error()
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// list lists what has a label in a collection. What the API server does not serve has nothing in it.
func (a api) list(ctx context.Context, path, label string) ([]Object, error) {
	data, err := raw(a.client.Get().AbsPath(path).Param("labelSelector", label).SetHeader("Accept", "application/json").Do(ctx))
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", path, err)
	}
	var list struct {
		Items []Object `json:"items"`
	}
	err = json.Unmarshal(data, &list)
	return list.Items, err
}

// patch changes something by a JSON merge patch.
func (a api) patch(ctx context.Context, path, name string, change Object) error {
	body, err := json.Marshal(change)
	if err != nil {
		return err
	}
	return a.client.Patch(types.MergePatchType).AbsPath(path, name).SetHeader("Accept", "application/json").Body(body).Do(ctx).Error()
}

// raw is what came, or the API server's word why nothing did, which Raw alone does not read.
func raw(result rest.Result) ([]byte, error) {
	if err := result.Error(); err != nil {
		return nil, err
	}
	return result.Raw()
}

func answer(result rest.Result) (Object, error) {
	data, err := raw(result)
	if err != nil {
		return nil, err
	}
	var o Object
	err = json.Unmarshal(data, &o)
	return o, err
}

// text is a string deep in an object, "" if it is not there.
func text(o Object, path ...string) string {
	for _, key := range path[:len(path)-1] {
		o, _ = o[key].(Object)
	}
	value, _ := o[path[len(path)-1]].(string)
	return value
}
