package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
)

// isCondition tells whether an expression compares or joins.
func isCondition(e *ast.BinaryExpr) bool {
	switch e.Op {
	case token.LAND, token.LOR, token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

// condition changes a condition: to be true, if yes, and to be false, if no. Of a && b only a and b may be true: that one
// of them is false is the same as that all is.
func (f *finder) condition(e ast.Expr, yes, no bool) {
	if f.done[e] || f.pkg.info.Types[e].Value != nil {
		return
	}
	f.done[e] = true
	switch inner := e.(type) {
	case *ast.ParenExpr:
		f.condition(inner.X, yes, no)
		return
	case *ast.BinaryExpr:
		if inner.Op == token.LAND || inner.Op == token.LOR {
			f.joined(inner, yes, no)
			return
		}
		f.boundary(inner)
		if f.asksForError(inner) {
			id := f.add(e, f.short(e)+" is turned round")
			f.wrap(e, "mutantNot(", fmt.Sprintf(", %d)", id), id)
			return
		}
	}
	f.force(e, yes, no)
}

// force makes a condition true or false.
func (f *finder) force(e ast.Expr, yes, no bool) {
	var on, off int
	if yes {
		on = f.add(e, f.short(e)+" is true")
	}
	if no {
		off = f.add(e, f.short(e)+" is false")
	}
	if yes || no {
		f.wrap(e, "mutantBool(", fmt.Sprintf(", %d, %d)", on, off), on, off)
	}
}

// joined changes a && b or a || b. One in place of the other is no change of its own: what notices that a part is ignored
// notices it as well.
func (f *finder) joined(e *ast.BinaryExpr, yes, no bool) {
	and := e.Op == token.LAND
	f.force(e, yes && !and, no && and)
	f.condition(e.X, and, !and)
	f.condition(e.Y, and, !and)
}

// boundary changes what a comparison says of equal values.
func (f *finder) boundary(e *ast.BinaryExpr) {
	to, ok := map[token.Token]token.Token{token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR}[e.Op]
	if !ok {
		return
	}
	id := f.add(e, fmt.Sprintf("%s has `%s`", f.short(e), to))
	f.wrap(e, fmt.Sprintf("(mutantOn(%d) && (%s) || !mutantOn(%d) && (", id, f.withOperator(e, to), id), "))", id)
}

// withOperator is the code of an expression with another operator.
func (f *finder) withOperator(e *ast.BinaryExpr, to token.Token) string {
	start, end := f.offset(e.OpPos), f.offset(e.OpPos)+len(e.Op.String())
	return f.file.text[f.offset(e.Pos()):start] + to.String() + f.file.text[end:f.offset(e.End())]
}

// asksForError tells whether a condition is whether there was an error. Only turning it round is asked for: what cannot
// fail in a test, such as a full disk, would else be most of all survivors.
func (f *finder) asksForError(e *ast.BinaryExpr) bool {
	return f.pkg.info.Types[e.Y].IsNil() && isError(f.typeOf(e.X))
}

func isError(t types.Type) bool {
	return t != nil && types.Identical(t, types.Universe.Lookup("error").Type())
}

// cases changes a switch. Conditions as cases are conditions; a constant is left out by another in its place.
func (f *finder) cases(s *ast.SwitchStmt) {
	for _, clause := range s.Body.List {
		for _, label := range clause.(*ast.CaseClause).List {
			if s.Tag == nil {
				f.condition(label, true, true)
			} else {
				f.leaveOut(label)
			}
		}
	}
	f.swapReturns(s)
}

// leaveOut leaves a constant out of the cases of a switch.
func (f *finder) leaveOut(label ast.Expr) {
	value := f.pkg.info.Types[label].Value
	if value == nil {
		return
	}
	if text, ok := never(value, f.typeOf(label)); ok {
		id := f.add(label, "case "+f.short(label)+" is left out")
		f.others[label] = append(f.others[label], other{id, text})
		f.done[label] = true
	}
}

// swapReturns lets neighbouring cases that do nothing but return a constant return each other's.
func (f *finder) swapReturns(s *ast.SwitchStmt) {
	var last ast.Expr
	for _, clause := range s.Body.List {
		next := f.returnedConstant(clause.(*ast.CaseClause))
		if last != nil && next != nil {
			f.swap(last, next)
		}
		last = next
	}
}

func (f *finder) returnedConstant(c *ast.CaseClause) ast.Expr {
	if len(c.Body) != 1 {
		return nil
	}
	ret, ok := c.Body[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) == 0 || f.pkg.info.Types[ret.Results[0]].Value == nil {
		return nil
	}
	return ret.Results[0]
}
