package apitest

import (
	"encoding/json"
	"io"
	"net/http"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
)

// read is the object that a request brings. Clients of client-go send what they know in protobuf, unless told not to.
func read(r *http.Request) (Object, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	if r.Header.Get("Content-Type") == runtime.ContentTypeProtobuf {
		known, err := scheme()
		if err != nil {
			return nil, err
		}
		o, _, err := protobuf.NewSerializer(known, known).Decode(body, nil, nil)
		if err != nil {
			return nil, err
		}
		if body, err = json.Marshal(o); err != nil {
			return nil, err
		}
	}
	var o Object
	err = json.Unmarshal(body, &o)
	return o, err
}

// scheme is what may come in protobuf.
func scheme() (*runtime.Scheme, error) {
	s := runtime.NewScheme()
	all := runtime.NewSchemeBuilder(corev1.AddToScheme, admissionv1.AddToScheme, authenticationv1.AddToScheme, authorizationv1.AddToScheme)
	return s, all.AddToScheme(s)
}
