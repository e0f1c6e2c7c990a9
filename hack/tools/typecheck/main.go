// Command typecheck checks the types of a module's packages and their tests as other platforms see them.
//
//	typecheck FOLDER GOOS...
//
// It finds what the compiler would find there, in seconds where building takes minutes: of packages that the module
// imports it reads the declarations only, and nothing is compiled or linked. Problems go to stdout, one a line, and the
// exit code is then 1; it is 2 if the packages could not be loaded.
package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, out, talk io.Writer) int {
	if len(args) < 2 {
		fmt.Fprintln(talk, "usage: typecheck FOLDER GOOS...")
		return 2
	}
	code := 0
	for _, platform := range args[1:] {
		problems, err := check(args[0], platform)
		if err != nil {
			fmt.Fprintf(talk, "error: loading packages for %s: %v\n", platform, err)
			return 2
		}
		for _, problem := range problems {
			fmt.Fprintf(out, "%s: %s\n", platform, problem)
			code = 1
		}
	}
	return code
}

// check returns what is wrong with the packages of the module in folder on one platform.
func check(folder, platform string) ([]packages.Error, error) {
	root, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	loaded, err := packages.Load(&packages.Config{
		Mode:      packages.LoadAllSyntax,
		Dir:       root,
		Env:       append(os.Environ(), "GOOS="+platform, "CGO_ENABLED=0"),
		Tests:     true,
		ParseFile: declarations(root),
	}, "./...")
	if err != nil {
		return nil, err
	}
	var problems []packages.Error
	for _, p := range loaded {
		if !strings.HasSuffix(p.ID, ".test") { // the main package that go test writes
			problems = append(problems, p.Errors...)
		}
	}
	return problems, nil
}

// declarations returns a parser that leaves out the bodies of functions outside root.
func declarations(root string) func(*token.FileSet, string, []byte) (*ast.File, error) {
	return func(files *token.FileSet, name string, text []byte) (*ast.File, error) {
		file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
		if file == nil || strings.HasPrefix(name, root+string(filepath.Separator)) {
			return file, err
		}
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok {
				function.Body = nil
			}
		}
		return file, err
	}
}
