package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// finder finds the mutants of a package, and puts their switches around the code. The kinds:
//
//   - a condition is true, is false, or, where it asks for an error, is turned round; < is <= and so on;
//   - arithmetic is another, min is max;
//   - a constant is another: a number the next or twice as large, a text with a "~" at its end or empty;
//   - a returned value is the zero value;
//   - a statement is left out: an assignment, a call, break, continue, an early return; ++ is --;
//   - a list is reversed or lacks an element, neighbours in a table change their values, a case is left out.
//
// Left alone is what no test could or should notice: the words of errors, constants of other packages, permissions of
// files, how much is allocated beforehand, locks, and that something is closed in the end.
type finder struct {
	pkg     *pkg
	file    *source
	stack   []ast.Node // around the node that is visited, itself included
	mutants []mutant
	done    map[ast.Expr]bool    // conditions that were seen as part of others
	consts  map[types.Object]own // constants of the package
	others  map[ast.Expr][]other // what is to be put in place of a constant expression, beside its own changes
}

// other is a constant that may stand in the place of another.
type other struct {
	id   int
	text string
}

// find finds the mutants of a package. What they do to the code is in its files.
func find(p *pkg) []mutant {
	f := &finder{pkg: p, done: map[ast.Expr]bool{}, consts: map[types.Object]own{}, others: map[ast.Expr][]other{}}
	for _, s := range p.files {
		f.file = s
		f.findConstants()
	}
	for _, s := range p.files {
		f.file = s
		ast.Inspect(s.file, f.visit)
	}
	return f.mutants
}

func (f *finder) visit(n ast.Node) bool {
	if n == nil {
		f.stack = f.stack[:len(f.stack)-1]
		return false
	}
	if f.leaveAlone(n) {
		return false
	}
	f.stack = append(f.stack, n)
	if e, ok := n.(ast.Expr); ok && f.expression(e) {
		f.stack = f.stack[:len(f.stack)-1]
		return false
	}
	f.statement(n)
	return true
}

// leaveAlone tells whether there is nothing to change in a node.
func (f *finder) leaveAlone(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.CONST || n.Tok == token.IMPORT || n.Tok == token.TYPE
	case *ast.FuncType, *ast.ArrayType, *ast.Field:
		return true
	case *ast.CallExpr:
		name, ok := n.Fun.(*ast.Ident)
		return ok && name.Name == "make"
	}
	return false
}

// expression changes an expression and tells whether that is all there is to do in it.
func (f *finder) expression(e ast.Expr) bool {
	if f.pkg.info.Types[e].Value != nil {
		f.constant(e)
		return true
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		f.arithmetic(e)
		if isCondition(e) {
			f.condition(e, true, true)
		}
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			f.condition(e, true, true)
		}
	case *ast.CallExpr:
		f.minMax(e)
	case *ast.CompositeLit:
		f.table(e)
	}
	return false
}

// statement changes a statement, or what only its place makes special.
func (f *finder) statement(n ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		f.condition(n.Cond, true, true)
	case *ast.ForStmt:
		if n.Cond != nil {
			f.condition(n.Cond, false, true)
		}
	case *ast.SwitchStmt:
		f.cases(n)
	case *ast.ReturnStmt:
		f.returned(n)
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.CommClause:
		f.statements(n.Body)
	}
}

// add adds a mutant at a place and returns its id.
func (f *finder) add(at ast.Node, what string) int {
	line := f.pkg.fset.Position(at.Pos()).Line
	m := mutant{id: len(f.mutants) + 1, file: f.file.name, line: line, code: strings.TrimSpace(f.file.lines[line-1]), what: what, late: f.late()}
	f.mutants = append(f.mutants, m)
	return m.id
}

// late tells whether the node that is visited is where only an error leads.
func (f *finder) late() bool {
	for i, n := range f.stack {
		check, ok := n.(*ast.IfStmt)
		if !ok || i+1 == len(f.stack) || f.stack[i+1] != ast.Node(check.Body) {
			continue
		}
		if cond, ok := check.Cond.(*ast.BinaryExpr); ok && cond.Op == token.NEQ && f.asksForError(cond) {
			return true
		}
	}
	return false
}

// wrap puts switches around a node.
func (f *finder) wrap(n ast.Node, before, after string, ids ...int) {
	f.file.wraps = append(f.file.wraps, wrap{start: f.offset(n.Pos()), end: f.offset(n.End()), before: before, after: after, ids: ids})
}

func (f *finder) offset(p token.Pos) int { return f.pkg.fset.Position(p).Offset }

// text is the code of a node.
func (f *finder) text(n ast.Node) string { return f.file.text[f.offset(n.Pos()):f.offset(n.End())] }

// short is the code of a node for the reader: one line, not too long.
func (f *finder) short(n ast.Node) string {
	const most = 60
	text := strings.Join(strings.Fields(f.text(n)), " ")
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most-3]) + "..."
	}
	return "`" + text + "`"
}

// typeOf is the type of an expression.
func (f *finder) typeOf(e ast.Expr) types.Type { return f.pkg.info.TypeOf(e) }

// typeText writes a type as the file would, or tells that it cannot.
func (f *finder) typeText(t types.Type) (string, bool) {
	ok := t != nil
	text := types.TypeString(t, func(other *types.Package) string {
		if other == f.pkg.types {
			return ""
		}
		for _, spec := range f.file.file.Imports {
			if strings.Trim(spec.Path.Value, `"`) != other.Path() {
				continue
			}
			if spec.Name == nil {
				return other.Name()
			}
			if spec.Name.Name != "_" && spec.Name.Name != "." {
				return spec.Name.Name
			}
		}
		ok = false
		return other.Name()
	})
	return text, ok
}
