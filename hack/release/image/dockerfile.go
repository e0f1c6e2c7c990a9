package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// recipe is what the last stage of a Dockerfile makes: nothing but files of the stage before it, and a config.
type recipe struct {
	from   string // the folder of that stage whose content is copied to /
	config v1.Config
}

// parseRecipe reads the last stage of a Dockerfile, by the parser that container engines use. Args are its build arguments. An
// instruction that it could not carry out as an engine does is an error: what comes out would be another image.
func parseRecipe(dockerfile io.Reader, args map[string]string) (recipe, error) {
	result, err := parser.Parse(dockerfile)
	if err != nil {
		return recipe{}, fmt.Errorf("reading the Dockerfile: %w", err)
	}
	nodes := result.AST.Children
	last := -1
	for i, n := range nodes {
		if n.Value == "FROM" || n.Value == "from" {
			last = i
		}
	}
	if last < 0 {
		return recipe{}, errors.New("the Dockerfile has no stage")
	}
	if base := words(nodes[last]); !slices.Equal(base, []string{"scratch"}) {
		return recipe{}, fmt.Errorf("line %d of the Dockerfile: the last stage is FROM %q and not scratch: an engine would have to fetch it", nodes[last].StartLine, base)
	}
	r := recipe{config: v1.Config{Labels: map[string]string{}}}
	lex, known := shell.NewLex(result.EscapeToken), map[string]string{}
	for _, n := range nodes[last+1:] {
		if err := r.add(n, lex, known, args); err != nil {
			return recipe{}, fmt.Errorf("line %d of the Dockerfile: %w", n.StartLine, err)
		}
	}
	if r.from == "" {
		return recipe{}, errors.New("the last stage of the Dockerfile copies nothing")
	}
	return r, nil
}

// add carries one instruction out.
func (r *recipe) add(n *parser.Node, lex *shell.Lex, known, args map[string]string) error {
	list := words(n)
	instruction := strings.ToUpper(n.Value)
	if instruction != "ENTRYPOINT" {
		for i, word := range list {
			expanded, err := lex.ProcessWordWithMatches(word, shell.EnvsFromSlice(pairs(known)))
			if err != nil {
				return err
			}
			list[i] = expanded.Result
		}
	}
	switch {
	case instruction == "ARG" && len(list) == 1:
		name, value, _ := strings.Cut(list[0], "=")
		if given, ok := args[name]; ok {
			value = given
		}
		known[name] = value
	case instruction == "COPY" && r.from == "" && slices.Equal(n.Flags, []string{"--from=build"}) && len(list) == 2 && list[1] == "/":
		r.from = list[0]
	case instruction == "ENV" && len(list)%3 == 0:
		for i := 0; i < len(list); i += 3 { // name, value, "="
			r.config.Env = append(r.config.Env, list[i]+"="+list[i+1])
		}
	case instruction == "LABEL" && len(list)%3 == 0:
		for i := 0; i < len(list); i += 3 {
			r.config.Labels[list[i]] = list[i+1]
		}
	case instruction == "USER" && len(list) == 1 && !strings.ContainsAny(list[0], " \t"):
		r.config.User = list[0]
	case instruction == "WORKDIR" && len(list) == 1 && strings.HasPrefix(list[0], "/"):
		r.config.WorkingDir = list[0]
	case instruction == "ENTRYPOINT" && n.Attributes["json"]:
		r.config.Entrypoint = list
	default:
		return fmt.Errorf("%q: this cannot be carried out without an engine", n.Original)
	}
	return nil
}

// words are the arguments of an instruction.
func words(n *parser.Node) []string {
	var list []string
	for next := n.Next; next != nil; next = next.Next {
		list = append(list, next.Value)
	}
	return list
}

func pairs(values map[string]string) []string {
	var list []string
	for name, value := range values {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}
