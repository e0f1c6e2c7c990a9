package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// table changes a literal of a list or a map with several elements: its order, its elements, and who has which value.
func (f *finder) table(lit *ast.CompositeLit) {
	if len(lit.Elts) < 2 {
		return
	}
	switch f.typeOf(lit).Underlying().(type) {
	case *types.Slice:
		if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); !keyed {
			f.list(lit)
		} else {
			f.swapNeighbours(lit)
		}
		f.swapColumns(lit)
	case *types.Array, *types.Map:
		f.swapNeighbours(lit)
		f.swapColumns(lit)
	}
}

// list reverses a list. One that has more than constants, which are changed themselves, also loses its elements.
func (f *finder) list(lit *ast.CompositeLit) {
	name, ok := f.typeText(f.typeOf(lit))
	if !ok || f.isAddressed() {
		return
	}
	ids := []int{f.add(lit, f.short(lit)+" is reversed")}
	if f.pkg.info.Types[lit.Elts[0]].Value == nil {
		for _, e := range lit.Elts {
			ids = append(ids, f.add(e, f.short(e)+" is missing in the list"))
		}
	}
	if lit.Type != nil {
		name = ""
	}
	f.wrap(lit, "mutantList("+name, fmt.Sprintf(", %d, %d)", ids[0], len(ids)-1), ids...)
}

// isAddressed tells whether a pointer to the literal is taken.
func (f *finder) isAddressed() bool {
	_, ok := f.parent().(*ast.UnaryExpr)
	return ok
}

// swapNeighbours lets neighbours in a table have each other's constant.
func (f *finder) swapNeighbours(lit *ast.CompositeLit) {
	for i := 1; i < len(lit.Elts); i++ {
		f.swap(valueOf(lit.Elts[i-1]), valueOf(lit.Elts[i]))
	}
}

// swapColumns lets neighbouring rows have each other's constant in one column.
func (f *finder) swapColumns(lit *ast.CompositeLit) {
	for i := 1; i < len(lit.Elts); i++ {
		above, ok1 := valueOf(lit.Elts[i-1]).(*ast.CompositeLit)
		below, ok2 := valueOf(lit.Elts[i]).(*ast.CompositeLit)
		if !ok1 || !ok2 {
			continue
		}
		for column, a := range above.Elts {
			if b := cell(below, a, column); b != nil {
				f.swap(valueOf(a), b)
			}
		}
	}
}

// cell is the value of a row in the column of a cell of another row; nil if it has none.
func cell(row *ast.CompositeLit, like ast.Expr, column int) ast.Expr {
	pair, keyed := like.(*ast.KeyValueExpr)
	if !keyed {
		if column < len(row.Elts) {
			return valueOf(row.Elts[column])
		}
		return nil
	}
	for _, e := range row.Elts {
		other, ok := e.(*ast.KeyValueExpr)
		if ok && types.ExprString(other.Key) == types.ExprString(pair.Key) {
			return other.Value
		}
	}
	return nil
}

func valueOf(e ast.Expr) ast.Expr {
	if pair, ok := e.(*ast.KeyValueExpr); ok {
		return pair.Value
	}
	return e
}

// swap lets two constants of one type be each other. One mutant does both.
func (f *finder) swap(a, b ast.Expr) {
	one, other1 := f.pkg.info.Types[a], f.pkg.info.Types[b]
	if one.Value == nil || other1.Value == nil || !types.Identical(one.Type, other1.Type) || f.inError() {
		return
	}
	if constant.Compare(one.Value, token.EQL, other1.Value) {
		return
	}
	id := f.add(a, f.short(a)+" and "+f.short(b)+" are swapped")
	f.others[a] = append(f.others[a], other{id, f.text(b)})
	f.others[b] = append(f.others[b], other{id, f.text(a)})
}
