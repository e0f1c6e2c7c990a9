package prow

import (
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// images is the folder of the pictures in the documentation.
var images = flag.String("images", "", "make the picture of a build's page anew, in this folder; it needs chromium and npm") //nolint:gochecknoglobals // flags of a test are

// deck is Prow's front end. It listens on a port that no flag changes.
const deck = "http://127.0.0.1:8080"

// startDeck starts deck, with the resources of its module; with scripts if there is a browser that runs them.
func (p *prow) startDeck() {
	p.t.Helper()
	for _, address := range []string{"127.0.0.1:8080", "127.0.0.1:1234"} { // its pages, and its own way to its lenses
		listener, err := (&net.ListenConfig{}).Listen(p.t.Context(), "tcp", address)
		if err != nil {
			p.t.Fatalf("deck listens on %s, and nowhere else: %v", address, err)
		}
		listener.Close()
	}
	module := strings.TrimSpace(execute(p.t, "go", "-C", "programs", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/prow"))
	static, lenses := filepath.Join(module, "cmd/deck/static"), filepath.Join(module, "pkg/spyglass/lenses")
	if *images != "" {
		static, lenses = p.bundle(module)
	}
	flags := p.flags("--spyglass", "--static-files-location="+static, "--template-files-location="+filepath.Join(module, "cmd/deck/template"),
		"--spyglass-files-location="+lenses, "--dry-run=false")
	server := start(p.t, p.storeEnv(), p.bin.prow+"deck", flags...)
	await(p.t, "deck", answers(p.t, deck), server)
}

// bundle makes the scripts of deck's pages and lenses, as its image has them, in copies of their folders.
func (p *prow) bundle(module string) (static, lenses string) {
	p.t.Helper()
	execute(p.t, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	packages, err := filepath.Abs("node_modules")
	if err != nil {
		p.t.Fatal(err)
	}
	root := p.t.TempDir()
	for _, folder := range []string{"cmd/deck/static", "pkg/spyglass/lenses"} {
		if err := os.CopyFS(filepath.Join(root, folder), os.DirFS(filepath.Join(module, folder))); err != nil {
			p.t.Fatal(err)
		}
	}
	p.t.Setenv("NODE_PATH", packages)
	static, lenses = filepath.Join(root, "cmd/deck/static"), filepath.Join(root, "pkg/spyglass/lenses")
	for source, target := range map[string]string{ // cmd/deck/.ts-packages
		filepath.Join(static, "spyglass/spyglass.ts"): filepath.Join(static, "spyglass_bundle.min.js"),
		filepath.Join(static, "spyglass/lens.ts"):     filepath.Join(static, "spyglass_lens_bundle.min.js"),
		filepath.Join(lenses, "metadata/metadata.ts"): filepath.Join(lenses, "metadata/script_bundle.min.js"),
		filepath.Join(lenses, "buildlog/buildlog.ts"): filepath.Join(lenses, "buildlog/script_bundle.min.js"),
		filepath.Join(lenses, "junit/lens.ts"):        filepath.Join(lenses, "junit/script_bundle.min.js"),
		filepath.Join(lenses, "links/links.ts"):       filepath.Join(lenses, "links/script_bundle.min.js"),
	} {
		execute(p.t, p.bin.prow+"esbuild", source, "--bundle", "--minify", "--log-level=error", "--outfile="+target)
	}
	return static, lenses
}

var (
	artifactsOf = regexp.MustCompile(`var lensArtifacts = (\{.*\});`)
	lensName    = regexp.MustCompile(`data-lens-index="([0-9]+)" data-lens-name="([a-z]+)"`)
)

// get is a page of deck's.
func (p *prow) get(address string) string {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, deck+address, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s, %v\n%s", address, resp.Status, err, text)
	}
	return string(text)
}

// lenses are what each lens of a build's page shows, as the page's script asks for it.
func (p *prow) lenses(folder string) map[string]string {
	p.t.Helper()
	source := "gs/" + bucket + "/" + folder
	page := p.get("/view/" + source)
	found := artifactsOf.FindStringSubmatch(page)
	if found == nil {
		p.t.Fatalf("the page names no artifacts:\n%s", page)
	}
	var artifacts map[string][]string
	if err := json.Unmarshal([]byte(found[1]), &artifacts); err != nil {
		p.t.Fatal(err)
	}
	shown := map[string]string{}
	for _, lens := range lensName.FindAllStringSubmatch(page, -1) {
		request := fmt.Sprintf(`{"artifacts":%s,"index":%s,"src":%q}`, asJSON(p.t, artifacts[lens[1]]), lens[1], source)
		shown[lens[2]] = p.get("/spyglass/lens/" + lens[2] + "/iframe?req=" + url.QueryEscape(request))
	}
	return shown
}

// checkPage holds that the page of a build shows our rows as they are, and the link to our page.
func (p *prow) checkPage(folder string) {
	p.t.Helper()
	shown := p.lenses(folder)
	failed, passed, both := strings.Cut(shown["junit"], `id="passed-tbody"`)
	if !both {
		p.t.Logf("no test passed, says the page")
	}
	var view struct {
		Suites []struct {
			Cases []struct {
				Name    string    `xml:"name,attr"`
				Class   string    `xml:"classname,attr"`
				Failure *struct{} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal([]byte(p.object(folder+"/artifacts/junit_op-readiness.xml")), &view); err != nil {
		p.t.Fatal(err)
	}
	rows := 0
	for _, suite := range view.Suites {
		for _, c := range suite.Cases {
			rows++
			name := html.EscapeString(c.Class + ": " + c.Name)
			if c.Failure != nil && (!strings.Contains(spaces(failed), name) || strings.Contains(spaces(passed), name)) {
				p.t.Errorf("%q failed, and is not among what failed on the page", name)
			}
			if c.Failure == nil && !strings.Contains(spaces(passed), name) {
				p.t.Errorf("%q passed, and is not among what passed on the page", name)
			}
		}
	}
	if rows < 5 {
		p.t.Errorf("%d rows", rows)
	}
	if !strings.Contains(shown["links"], url.QueryEscape("op-readiness.html")) && !strings.Contains(shown["links"], "op-readiness.html") {
		p.t.Errorf("no link to our page:\n%s", shown["links"])
	}
}

// spaces has ordinary spaces for those that do not break.
func spaces(text string) string {
	return strings.NewReplacer("&nbsp;", " ", "\u00a0", " ").Replace(text)
}

// picture makes a picture of a build's page in Chromium. What deck's pages take from the web, styles and icons, comes from npm.
func (p *prow) picture(folder, name string) {
	p.t.Helper()
	icons := `@font-face { font-family: "Material Icons"; src: url(https://fonts.googleapis.com/material-icons.woff2) format("woff2"); }
.material-icons { font-family: "Material Icons"; font-size: 24px; line-height: 1; display: inline-block; font-feature-settings: "liga"; white-space: nowrap; }`
	web := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		switch {
		case r.URL.Path == "/icon":
			w.Header().Set("Content-Type", "text/css")
			fmt.Fprint(w, icons)
		case strings.HasSuffix(r.URL.Path, ".woff2"):
			http.ServeFile(w, r, "node_modules/material-icons/iconfont/material-icons.woff2")
		case strings.HasSuffix(r.URL.Path, ".css"):
			http.ServeFile(w, r, "node_modules/material-design-lite/dist/material.indigo-pink.min.css")
		case strings.HasSuffix(r.URL.Path, ".js"):
			http.ServeFile(w, r, "node_modules/material-design-lite/material.min.js")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer web.Close()
	address := strings.TrimPrefix(web.URL, "https://")
	out, err := exec.CommandContext(p.t.Context(), "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--ignore-certificate-errors",
		"--user-data-dir="+p.t.TempDir(), "--host-resolver-rules=MAP code.getmdl.io:443 "+address+", MAP fonts.googleapis.com:443 "+address, "--window-size=1280,1600", "--virtual-time-budget=20000",
		"--screenshot="+filepath.Join(*images, name), deck+"/view/gs/"+bucket+"/"+folder).CombinedOutput()
	if err != nil {
		p.t.Fatalf("chromium: %v\n%s", err, tail(string(out), 20))
	}
}
