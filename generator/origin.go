package generator

import (
	"bytes"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"gopkg.in/yaml.v3"
)

// Locate returns the line of a template, "capz/body.yaml.tmpl:21", that gave a job the value at path, such as
// "spec.containers[0].command"; of a value that is not there, its nearest parent. It is "" for a job that is not in the plan or
// has no such line. It renders the job once more, so it is for what is wrong and not for every job.
func Locate(plan Plan, fsys fs.FS, job, path string) string {
	t, err := parseTemplates(plan, fsys)
	if err != nil {
		return ""
	}
	for _, known := range plan.rendered() {
		if known.job.Name == job {
			text, lines := traced(t, plan, known.template, known.job)
			return lines.at(lineOf(text, path))
		}
	}
	return ""
}

// renderedJob is a job and the template that it is rendered by.
type renderedJob struct {
	job      Job
	template string
}

// rendered are all jobs with their templates; presubmits as they stand under the first repository.
func (p Plan) rendered() []renderedJob {
	var all []renderedJob
	for _, j := range p.Periodics {
		all = append(all, renderedJob{j, periodicTemplate})
	}
	for _, j := range p.Presubmits {
		if len(p.Repositories) > 0 {
			j = j.forRepository(p.Repositories[0])
		}
		all = append(all, renderedJob{j, presubmitTemplate})
	}
	if p.Summaries != nil {
		all = append(all, renderedJob{*p.Summaries, summariesTemplate})
	}
	if p.Publish != nil {
		all = append(all, renderedJob{*p.Publish, publishTemplate})
	}
	return all
}

// origins are the places in templates that the lines of a text come from, the first at 0.
type origins []string

// at returns the place of a line, from 1; "" if it is not known.
func (o origins) at(line int) string {
	if line < 1 || line > len(o) {
		return ""
	}
	return o[line-1]
}

var mark = regexp.MustCompile("\x00([^\x01]*)\x01")

// traced renders a job by marked templates and returns the text and where its lines come from.
func traced(t *template.Template, plan Plan, name string, j Job) (string, origins) {
	for _, each := range t.Templates() {
		if each.Tree != nil && each.Tree.Root != nil {
			markText(each.Tree, each.Tree.Root, plan.Templates+"/")
		}
	}
	var text bytes.Buffer
	if err := t.ExecuteTemplate(&text, name, j); err != nil {
		return "", nil
	}
	var lines origins
	for line := range strings.SplitSeq(text.String(), "\n") {
		place := ""
		for _, m := range mark.FindAllStringSubmatchIndex(line, -1) {
			if rest := mark.ReplaceAllString(line[m[1]:], ""); place == "" || strings.TrimSpace(mark.ReplaceAllString(line[:m[0]], "")) == "" && rest != "" {
				place = line[m[2]:m[3]]
			}
		}
		lines = append(lines, place)
	}
	return mark.ReplaceAllString(text.String(), ""), lines
}

// markText puts a mark before each line of each text of a tree.
func markText(tree *parse.Tree, node parse.Node, folder string) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			markText(tree, child, folder)
		}
	case *parse.IfNode:
		markText(tree, n.List, folder)
		markText(tree, n.ElseList, folder)
	case *parse.RangeNode:
		markText(tree, n.List, folder)
		markText(tree, n.ElseList, folder)
	case *parse.WithNode:
		markText(tree, n.List, folder)
		markText(tree, n.ElseList, folder)
	case *parse.TextNode:
		location, _ := tree.ErrorContext(n)
		parts := strings.Split(location, ":")
		first, err := strconv.Atoi(parts[max(0, len(parts)-2)])
		if err != nil {
			return
		}
		var marked strings.Builder
		for i, line := range strings.Split(string(n.Text), "\n") {
			if i > 0 {
				marked.WriteByte('\n')
			}
			marked.WriteString("\x00" + folder + parts[0] + ":" + strconv.Itoa(first+i) + "\x01" + line)
		}
		n.Text = []byte(marked.String())
	}
}

// lineOf returns the line of the value at a path of a YAML text, or of its nearest parent that is there; 0 if it is no YAML.
func lineOf(text, path string) int {
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) == 0 {
		return 0
	}
	node, line := doc.Content[0], doc.Content[0].Line
	for _, step := range strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		child, at := childOf(node, step)
		if child == nil {
			return line
		}
		node, line = child, at
	}
	return line
}

func childOf(node *yaml.Node, step string) (child *yaml.Node, line int) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i+1], node.Content[i].Line
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(node.Content) {
			return node.Content[i], node.Content[i].Line
		}
	}
	return nil, 0
}
