package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// statements leaves the statements of a block out, each for itself.
func (f *finder) statements(list []ast.Stmt) {
	for i, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE && !assignsNothing(s) {
				f.remove(s)
			}
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && !isHarmless(call) {
				f.remove(s)
			}
		case *ast.DeferStmt:
			if !isHarmless(s.Call) && !isEnd(s.Call) {
				f.remove(s)
			}
		case *ast.IncDecStmt:
			f.turn(s)
		case *ast.BranchStmt:
			if s.Tok == token.BREAK || s.Tok == token.CONTINUE {
				f.remove(s)
			}
		case *ast.ReturnStmt:
			if len(s.Results) == 0 && (i < len(list)-1 || !f.atEnd()) {
				f.remove(s)
			}
		}
	}
}

func (f *finder) remove(s ast.Stmt) {
	id := f.add(s, f.short(s)+" is left out")
	f.wrap(s, fmt.Sprintf("if !mutantOn(%d) { ", id), " }", id)
}

// turn makes ++ of -- and the other way.
func (f *finder) turn(s *ast.IncDecStmt) {
	to := token.INC
	if s.Tok == token.INC {
		to = token.DEC
	}
	id := f.add(s, fmt.Sprintf("%s has `%s`", f.short(s), to))
	f.wrap(s, fmt.Sprintf("if mutantOn(%d) { %s%s } else { ", id, f.text(s.X), to), " }", id)
}

// atEnd tells whether the block that is visited is the body of a function, where a return at the end does nothing.
func (f *finder) atEnd() bool {
	switch f.parent().(type) {
	case *ast.FuncDecl, *ast.FuncLit:
		return true
	}
	return false
}

// assignsNothing tells whether only blanks are assigned to, from values that are no calls.
func assignsNothing(s *ast.AssignStmt) bool {
	blank := func(e ast.Expr) bool {
		name, ok := e.(*ast.Ident)
		return ok && name.Name == "_"
	}
	call := func(e ast.Expr) bool {
		_, ok := e.(*ast.CallExpr)
		return ok
	}
	return !slices.ContainsFunc(s.Lhs, func(e ast.Expr) bool { return !blank(e) }) && !slices.ContainsFunc(s.Rhs, call)
}

// isHarmless tells whether nobody would notice that a call is missing, or the compiler needs it: it locks, or panics.
func isHarmless(call *ast.CallExpr) bool {
	return slices.Contains([]string{"panic", "Lock", "Unlock", "RLock", "RUnlock", "Grow"}, called(call))
}

// isEnd tells whether a call only frees what the end of the program frees too.
func isEnd(call *ast.CallExpr) bool {
	return slices.Contains([]string{"Close", "cancel", "stop", "Stop", "UnlockOSThread"}, called(call))
}

// called is the name of a called function or method.
func called(call *ast.CallExpr) string {
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		return fun.Sel.Name
	}
	return ""
}
