package download

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTarball(t *testing.T) {
	t.Parallel()
	tarball := Tarball{BaseURL: DefaultBaseURL, Version: "v1.37.0-rc.1", Platform: "windows/amd64"}
	if err := tarball.Check(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff("https://dl.k8s.io/release/v1.37.0-rc.1/kubernetes-test-windows-amd64.tar.gz", tarball.URL()); diff != "" {
		t.Errorf("URL (-want +got):\n%s", diff)
	}
	want := []string{"kubernetes/test/bin/e2e.test.exe e2e.test.exe", "kubernetes/test/bin/ginkgo.exe ginkgo.exe"}
	var got []string
	for _, m := range tarball.members() {
		got = append(got, m.path+" "+m.name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, tarball := range []Tarball{
		{}, {Version: "1.36.3"}, {Version: "v1.36"}, {Version: "v1.36.3+dirty"}, {Version: "v1.36.3/../x"}, {Version: "latest"},
	} {
		tarball.Platform, tarball.BaseURL = "linux/amd64", DefaultBaseURL
		checkRefused(t, tarball, fmt.Sprintf("version %q is no full release", tarball.Version))
	}
	for _, platform := range []string{"", "linux", "linux/amd64/v1", "../amd64", "Linux/amd64"} {
		tarball := Tarball{Version: "v1.36.3", Platform: platform, BaseURL: DefaultBaseURL}
		checkRefused(t, tarball, fmt.Sprintf("platform %q is no", platform))
	}
	for _, base := range []string{"", "dl.k8s.io", "file:///tmp", "https://", "http://a b/", "%"} {
		tarball := Tarball{Version: "v1.36.3", Platform: "linux/amd64", BaseURL: base}
		checkRefused(t, tarball, fmt.Sprintf("base URL %q is no", base))
	}
}

func checkRefused(t *testing.T, tarball Tarball, want string) {
	t.Helper()
	if err := tarball.Check(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
		t.Errorf("%+v: got %v; want %q alone", tarball, err, want)
	}
}

func TestParseContentRange(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"bytes 100-199/200":              "100 200 true",
		"bytes 100-199/*":                "100 -1 true",
		"bytes */200":                    "0 200 true",
		"":                               "0 0 false",
		"bytes 100-199":                  "0 0 false",
		"items 100-199/200":              "0 0 false",
		"bytes x-199/200":                "0 200 false",
		"bytes 1-2/-3":                   "0 0 false",
		"bytes 1-2/99999999999999999999": "0 0 false",
	} {
		start, total, ok := parseContentRange(text)
		if diff := cmp.Diff(want, fmt.Sprint(start, total, ok)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestParseChecksum(t *testing.T) {
	t.Parallel()
	digits := strings.Repeat("0a", 64)
	for _, text := range []string{digits, digits + "\n", digits + "  kubernetes-test-linux-amd64.tar.gz\n", strings.ToUpper(digits)} {
		if sum, err := parseChecksum([]byte(text)); err != nil || hex.EncodeToString(sum[:]) != digits {
			t.Errorf("%q: %x, %v", text, sum, err)
		}
	}
	for _, text := range []string{"", " \n", digits[1:], digits[2:], digits + "0", digits + "00", "x" + digits[1:]} {
		if sum, err := parseChecksum([]byte(text)); err == nil || sum != (digest{}) {
			t.Errorf("%q: %x, %v", text, sum, err)
		}
	}
}

func FuzzParseContentRange(f *testing.F) {
	for _, text := range []string{"bytes 100-199/200", "bytes */200", "bytes 100-199/*"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if start, total, ok := parseContentRange(text); ok && (start < 0 || total < -1) {
			t.Errorf("%q: %d, %d", text, start, total)
		}
	})
}

func FuzzParseChecksum(f *testing.F) {
	f.Add([]byte(strings.Repeat("0a", 64) + "  kubernetes-test-linux-amd64.tar.gz\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		sum, err := parseChecksum(text)
		if err == nil && !strings.EqualFold(hex.EncodeToString(sum[:]), strings.Fields(string(text))[0]) {
			t.Errorf("%q: %x", text, sum)
		}
	})
}
