package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// arithmetic puts another operator into a calculation with numbers.
func (f *finder) arithmetic(e *ast.BinaryExpr) {
	to, ok := map[token.Token]token.Token{
		token.ADD: token.SUB, token.SUB: token.ADD, token.MUL: token.QUO, token.QUO: token.MUL, token.REM: token.MUL,
		token.AND: token.OR, token.OR: token.AND, token.XOR: token.AND, token.SHL: token.SHR, token.SHR: token.SHL, token.AND_NOT: token.AND,
	}[e.Op]
	basic, number := f.typeOf(e).Underlying().(*types.Basic)
	if !ok || !number || basic.Info()&types.IsNumeric == 0 {
		return
	}
	f.choose(e, f.withOperator(e, to), fmt.Sprintf("%s has `%s`", f.short(e), to))
}

// minMax puts min in the place of max, or the other way.
func (f *finder) minMax(e *ast.CallExpr) {
	name, ok := e.Fun.(*ast.Ident)
	if !ok {
		return
	}
	to, ok := map[string]string{"min": "max", "max": "min"}[name.Name]
	if _, builtin := f.pkg.info.Uses[name].(*types.Builtin); ok && builtin {
		f.choose(e, to+f.file.text[f.offset(name.End()):f.offset(e.End())], f.short(e)+" is `"+to+"`")
	}
}

// choose lets an expression be another one, of which only the one that counts is evaluated.
func (f *finder) choose(e ast.Expr, text, what string) {
	name, ok := f.typeText(types.Default(f.typeOf(e)))
	if !ok {
		return
	}
	id := f.add(e, what)
	f.wrap(e, fmt.Sprintf("func() %s { if mutantOn(%d) { return %s }; return ", name, id, text), " }()", id)
}

// returned lets a function return zero values.
func (f *finder) returned(r *ast.ReturnStmt) {
	results := f.results()
	switch {
	case results == nil:
	case len(r.Results) == results.Len():
		for i, e := range r.Results {
			f.returnedValue(e, results.At(i).Type())
		}
	case len(r.Results) == 1:
		f.returnedCall(r, results)
	}
}

// results are those of the function around the node that is visited.
func (f *finder) results() *types.Tuple {
	for i := len(f.stack) - 1; i >= 0; i-- {
		switch n := f.stack[i].(type) {
		case *ast.FuncLit:
			return f.typeOf(n).(*types.Signature).Results()
		case *ast.FuncDecl:
			return f.pkg.info.Defs[n.Name].Type().(*types.Signature).Results()
		}
	}
	return nil
}

// returnedValue lets a returned value be zero, unless it is, or is changed as a condition or a constant.
func (f *finder) returnedValue(e ast.Expr, t types.Type) {
	if basic, ok := f.typeOf(e).Underlying().(*types.Basic); ok && basic.Info()&types.IsBoolean != 0 {
		f.condition(e, true, true)
		return
	}
	name, ok := f.typeText(t)
	if !ok || f.pkg.info.Types[e].Value != nil || f.pkg.info.Types[e].IsNil() || isEmpty(e) {
		return
	}
	id := f.add(e, f.short(e)+" is not returned")
	f.wrap(e, "mutantZero["+name+"](", fmt.Sprintf(", %d)", id), id)
}

// isEmpty tells whether an expression is a literal without elements.
func isEmpty(e ast.Expr) bool {
	lit, ok := e.(*ast.CompositeLit)
	return ok && len(lit.Elts) == 0
}

// returnedCall lets a function return zero values in place of all that another returns.
func (f *finder) returnedCall(r *ast.ReturnStmt, results *types.Tuple) {
	var zeros []string
	for i := range results.Len() {
		name, ok := f.typeText(results.At(i).Type())
		if !ok {
			return
		}
		zeros = append(zeros, "*new("+name+")")
	}
	id := f.add(r, f.short(r.Results[0])+" is not returned")
	f.wrap(r, fmt.Sprintf("if mutantOn(%d) { return %s }; ", id, strings.Join(zeros, ", ")), "", id)
}
