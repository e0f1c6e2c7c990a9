package apitest

import (
	"encoding/json"
	"io"
	"net/http"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
)

// read is the object that a request brings. Clients of client-go send what they know in protobuf, unless told not to.
func read(r *http.Request) (Object, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.Header.Get("Content-Type") == runtime.ContentTypeProtobuf {
		known, _, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, nil)
		if err != nil {
			return nil, err
		}
		if body, err = json.Marshal(known); err != nil {
			return nil, err
		}
	}
	var o Object
	err = json.Unmarshal(body, &o)
	return o, err
}
