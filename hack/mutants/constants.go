package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// own is a constant of the package, which is changed wherever the package uses it.
type own struct {
	file *source
	name *ast.Ident
	id   int // 0: not used yet
}

// findConstants finds the constants of a file that have a value of their own. Those that count with iota are known by
// their names only, and their values are no matter.
func (f *finder) findConstants() {
	ast.Inspect(f.file.file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if _, ok := f.pkg.info.Defs[name].(*types.Const); ok && i < len(spec.Values) && !usesIota(spec.Values[i]) {
				f.consts[f.pkg.info.Defs[name]] = own{file: f.file, name: name}
			}
		}
		return true
	})
}

func usesIota(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		name, ok := n.(*ast.Ident)
		found = found || ok && name.Name == "iota"
		return !found
	})
	return found
}

// constant changes a constant expression as a whole.
func (f *finder) constant(e ast.Expr) {
	t := types.Default(f.typeOf(e))
	name, ok := f.typeText(t)
	if !ok || f.inKeyOfList(e) {
		return
	}
	var others []other
	if f.hasLiteral(e) && !f.done[e] && !f.inError() && !f.besideFailure(e) && !isPermission(f.text(e)) {
		others = f.changed(e, t)
	}
	others = append(others, f.ownChanged(e)...)
	others = append(others, f.others[e]...)
	for _, o := range others {
		f.wrap(e, "mutantPick["+name+"](", fmt.Sprintf(", %d, %s)", o.id, o.text), o.id)
	}
}

// hasLiteral tells whether an expression has a value of its own, beside those that have names.
func (f *finder) hasLiteral(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			found = true
		case *ast.Ident:
			found = found || f.pkg.info.Uses[n] == types.Universe.Lookup("true") || f.pkg.info.Uses[n] == types.Universe.Lookup("false")
		}
		return !found
	})
	return found
}

// changed are the changes of a constant expression.
func (f *finder) changed(e ast.Expr, t types.Type) []other {
	value := f.pkg.info.Types[e].Value
	var list []other
	text, ok := next(value, t)
	if ok && !f.isBoundary(e, value) {
		list = append(list, other{f.add(e, f.short(e)+" is "+text), text})
	}
	if value.Kind() == constant.String && constant.StringVal(value) != "" && f.isLookedFor() {
		list = append(list, other{f.add(e, f.short(e)+` is ""`), `""`})
	}
	return list
}

// isBoundary tells whether the next number in the place of a constant is the same as another operator before it: n < 3+1
// is n <= 3.
func (f *finder) isBoundary(e ast.Expr, value constant.Value) bool {
	parent, ok := f.parent().(*ast.BinaryExpr)
	if !ok || value.Kind() != constant.Int {
		return false
	}
	switch parent.Op {
	case token.LSS, token.GEQ:
		return parent.Y == e
	case token.GTR, token.LEQ:
		return parent.X == e
	}
	return false
}

// isLookedFor tells whether a text at this place is compared with others, so that an empty one may mean much else.
func (f *finder) isLookedFor() bool {
	switch parent := f.parent().(type) {
	case *ast.BinaryExpr:
		return isCondition(parent)
	case *ast.CallExpr:
		called, ok := parent.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		from, ok := called.X.(*ast.Ident)
		return ok && (from.Name == "strings" || from.Name == "bytes")
	}
	return false
}

// parent is the node around the one that is visited.
func (f *finder) parent() ast.Node {
	if len(f.stack) < 2 {
		return nil
	}
	return f.stack[len(f.stack)-2]
}

// ownChanged are the changes of the package's own constants in an expression.
func (f *finder) ownChanged(e ast.Expr) []other {
	var list []other
	ast.Inspect(e, func(n ast.Node) bool {
		name, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		c, ok := f.pkg.info.Uses[name].(*types.Const)
		if !ok {
			return true
		}
		text, ok := f.ownText(c)
		if id := f.ownID(c, text); ok && id != 0 {
			start, end := f.offset(name.Pos())-f.offset(e.Pos()), f.offset(name.End())-f.offset(e.Pos())
			list = append(list, other{id, f.text(e)[:start] + text + f.text(e)[end:]})
		}
		return true
	})
	return list
}

// ownText is the changed value of a constant, of its type.
func (f *finder) ownText(c *types.Const) (string, bool) {
	text, ok := next(c.Val(), c.Type())
	if basic, untyped := c.Type().(*types.Basic); untyped && basic.Info()&types.IsUntyped != 0 {
		return "(" + text + ")", ok
	}
	name, named := f.typeText(c.Type())
	return name + "(" + text + ")", ok && named
}

// ownID is the id of the mutant that changes a constant of the package; 0: it is not one to change.
func (f *finder) ownID(c *types.Const, text string) int {
	known, ok := f.consts[c]
	if !ok {
		return 0
	}
	if known.id == 0 {
		file := f.file
		f.file = known.file
		known.id = f.add(known.name, fmt.Sprintf("constant `%s` is %s", known.name.Name, text))
		f.file = file
		f.consts[c] = known
	}
	return known.id
}

// next is another value than that of a constant: of numbers the next, or twice as much if that would be no matter.
func next(value constant.Value, t types.Type) (string, bool) {
	switch value.Kind() {
	case constant.Bool:
		return strconv.FormatBool(!constant.BoolVal(value)), true
	case constant.String:
		return strconv.Quote(constant.StringVal(value) + "~"), true
	case constant.Int:
		return nextInt(value, t)
	case constant.Float:
		v, _ := constant.Float64Val(value)
		return strconv.FormatFloat(2*v+0.5, 'g', -1, 64), true
	}
	return "", false
}

func nextInt(value constant.Value, t types.Type) (string, bool) {
	n, exact := constant.Int64Val(value)
	if !exact {
		return "", false
	}
	most := int64(100)
	if named, ok := t.(*types.Named); ok && named.Obj().Name() == "Duration" {
		most = 0
	}
	if -most <= n && n <= most || isByte(t) {
		return strconv.FormatInt(n+1, 10), n < 127 || !isByte(t)
	}
	return strconv.FormatInt(2*n, 10), n < 1<<30 || !strings.HasSuffix(t.Underlying().String(), "32")
}

func isByte(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && (basic.Kind() == types.Uint8 || basic.Kind() == types.Int8)
}

// never is a value that a switch over a constant's type will not see.
func never(value constant.Value, t types.Type) (string, bool) {
	switch {
	case value.Kind() == constant.String:
		return strconv.Quote("\x00" + constant.StringVal(value)), true
	case value.Kind() == constant.Int && isByte(t):
		return nextInt(value, t)
	case value.Kind() == constant.Int:
		n, exact := constant.Int64Val(value)
		return strconv.FormatInt(n+1_000_003, 10), exact
	}
	return "", false
}

// inKeyOfList tells whether the expression is an index in a list, which must stay constant.
func (f *finder) inKeyOfList(e ast.Expr) bool {
	if len(f.stack) < 3 {
		return false
	}
	pair, ok := f.parent().(*ast.KeyValueExpr)
	if !ok || pair.Key != e {
		return false
	}
	list, ok := f.stack[len(f.stack)-3].(*ast.CompositeLit)
	if !ok {
		return false
	}
	_, isMap := f.typeOf(list).Underlying().(*types.Map)
	return !isMap
}

// inError tells whether the node is part of an error, or of a panic.
func (f *finder) inError() bool {
	for i := len(f.stack) - 1; i >= 0; i-- {
		switch n := f.stack[i].(type) {
		case *ast.CallExpr:
			if called(n) == "panic" || isError(f.typeOf(n)) && saysError(n) {
				return true
			}
		case *ast.CompositeLit:
			if f.makesError(n) {
				return true
			}
		case *ast.FuncLit:
			return false
		}
	}
	return false
}

// saysError tells whether a function that returns an error makes one, by its name.
func saysError(call *ast.CallExpr) bool {
	return strings.Contains(strings.ToLower(types.ExprString(call.Fun)), "err")
}

// makesError tells whether a composite literal, or a pointer to it, is an error.
func (f *finder) makesError(n *ast.CompositeLit) bool {
	t := f.typeOf(n)
	if t == nil {
		return false
	}
	errors, _ := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	return types.Implements(t, errors) || types.Implements(types.NewPointer(t), errors)
}

// besideFailure tells whether a value is returned together with an error or with false, so that nobody may use it.
func (f *finder) besideFailure(e ast.Expr) bool {
	r, ok := f.parent().(*ast.ReturnStmt)
	if !ok || len(r.Results) < 2 {
		return false
	}
	last := r.Results[len(r.Results)-1]
	if last == e {
		return false
	}
	value := f.pkg.info.Types[last]
	return isError(f.typeOf(last)) || value.Value != nil && value.Value.Kind() == constant.Bool && !constant.BoolVal(value.Value)
}

// isPermission tells whether a number is the permissions of a file.
func isPermission(text string) bool { return strings.HasPrefix(text, "0o") }
