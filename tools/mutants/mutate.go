package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// A mutant is one change of one file: the bytes from start to end are replaced.
type mutant struct {
	file       string
	line       int
	start, end int
	with       string
	was        string
	what       string
}

// apply returns the file's text with the change made. A removed statement of several lines keeps them, so that the lines
// below it have their numbers still.
func (m mutant) apply(text []byte) []byte {
	with := m.with + strings.Repeat("\n", strings.Count(m.was, "\n")-strings.Count(m.with, "\n"))
	return []byte(string(text[:m.start]) + with + string(text[m.end:]))
}

// mutator finds the mutants of one file.
type mutator struct {
	fset    *token.FileSet
	name    string
	text    []byte
	pkg     *types.Package
	info    *types.Info
	results []*types.Tuple // of the functions around what is visited, the innermost last
	found   []mutant
}

// operators are what each operator may be mistaken for.
var operators = map[token.Token][]token.Token{
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD}, token.MUL: {token.QUO}, token.QUO: {token.MUL}, token.REM: {token.MUL},
	token.ADD_ASSIGN: {token.SUB_ASSIGN}, token.SUB_ASSIGN: {token.ADD_ASSIGN},
	token.INC: {token.DEC}, token.DEC: {token.INC},
}

func (m *mutator) add(start, end token.Pos, with, what string) {
	at, until := m.fset.Position(start), m.fset.Position(end)
	was := string(m.text[at.Offset:until.Offset])
	if was != with {
		m.found = append(m.found, mutant{m.name, at.Line, at.Offset, until.Offset, with, was, what})
	}
}

func (m *mutator) source(n ast.Node) string {
	return string(m.text[m.fset.Position(n.Pos()).Offset:m.fset.Position(n.End()).Offset])
}

func (m *mutator) operator(at token.Pos, op token.Token) {
	for _, other := range operators[op] {
		m.add(at, at+token.Pos(len(op.String())), other.String(), "operator")
	}
}

// visit adds the mutants of n and of what is in it.
func (m *mutator) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		m.within(n.Body, m.info.Defs[n.Name].Type())
		return
	case *ast.FuncLit:
		m.within(n.Body, m.info.TypeOf(n))
		return
	case *ast.BinaryExpr:
		if !m.isString(n.X) || n.Op != token.ADD {
			m.operator(n.OpPos, n.Op)
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			m.add(n.OpPos, n.X.Pos(), "", "negation")
		}
	case *ast.IncDecStmt:
		m.operator(n.TokPos, n.Tok)
	case *ast.AssignStmt:
		m.operator(n.TokPos, n.Tok)
	case *ast.BasicLit:
		m.number(n)
	case *ast.Ident:
		if value := m.info.Uses[n]; value == types.Universe.Lookup("true") || value == types.Universe.Lookup("false") {
			m.add(n.Pos(), n.End(), strconv.FormatBool(n.Name == "false"), "boolean")
		}
	case *ast.SelectorExpr:
		if text := m.source(n); text == "time.Second" || text == "time.Minute" || text == "time.Hour" {
			m.add(n.Pos(), n.End(), "(2 * "+text+")", "duration")
		}
	case *ast.IfStmt:
		cond := m.source(n.Cond)
		m.add(n.Cond.Pos(), n.Cond.End(), "true || ("+cond+")", "guard always holds")
		m.add(n.Cond.Pos(), n.Cond.End(), "false && ("+cond+")", "guard never holds")
	case *ast.ReturnStmt:
		m.zeroResults(n)
	case *ast.CallExpr:
		if m.builtin(n.Fun, "make") || m.logs(n) {
			return // a test asks neither for a capacity nor for the wording of the log
		}
		if !m.builtin(n.Fun, "min") && !m.builtin(n.Fun, "max") {
			m.swap(n)
		}
	case *ast.BlockStmt:
		m.removals(n.List)
	case *ast.CaseClause:
		m.removals(n.Body)
	case *ast.CommClause:
		m.removals(n.Body)
	case *ast.ImportSpec, *ast.ArrayType:
		return
	}
	ast.PreorderStack(n, nil, func(child ast.Node, above []ast.Node) bool {
		if len(above) == 0 {
			return true
		}
		m.visit(child)
		return false
	})
}

func (m *mutator) within(body *ast.BlockStmt, signature types.Type) {
	if body == nil {
		return
	}
	m.results = append(m.results, signature.(*types.Signature).Results())
	m.visit(body)
	m.results = m.results[:len(m.results)-1]
}

func (m *mutator) isString(e ast.Expr) bool {
	basic, is := m.info.TypeOf(e).Underlying().(*types.Basic)
	return is && basic.Info()&types.IsString != 0
}

func (m *mutator) builtin(fun ast.Expr, name string) bool {
	ident, is := fun.(*ast.Ident)
	return is && m.info.Uses[ident] == types.Universe.Lookup(name)
}

// logs tells whether n is a call of a method of slog.Logger.
func (m *mutator) logs(n *ast.CallExpr) bool {
	fun, is := n.Fun.(*ast.SelectorExpr)
	return is && m.info.TypeOf(fun.X) != nil && m.info.TypeOf(fun.X).String() == "*log/slog.Logger"
}

func (m *mutator) number(n *ast.BasicLit) {
	if n.Kind != token.INT && n.Kind != token.FLOAT {
		return
	}
	if strings.Trim(n.Value, "0._") == "" {
		m.add(n.Pos(), n.End(), "1", "constant")
		return
	}
	m.add(n.Pos(), n.End(), "0", "constant")
	m.add(n.Pos(), n.End(), "(2 * "+n.Value+")", "constant")
}

// zeroResults lets the function return a zero value in place of each result.
func (m *mutator) zeroResults(n *ast.ReturnStmt) {
	results := m.results[len(m.results)-1]
	if results.Len() != len(n.Results) {
		return
	}
	for i, result := range n.Results {
		switch m.source(result) {
		case "nil", "true", "false", "0", `""`: // true and false are mutated as booleans
			continue
		}
		if literal, ok := result.(*ast.CompositeLit); ok && len(literal.Elts) == 0 {
			continue // its zero value already, except for a map or a slice that is empty instead of nil
		}
		m.add(result.Pos(), result.End(), m.zero(results.At(i).Type()), "result")
	}
}

func (m *mutator) zero(t types.Type) string {
	switch under := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case under.Info()&types.IsBoolean != 0:
			return "false"
		case under.Info()&types.IsNumeric != 0:
			return "0"
		case under.Info()&types.IsString != 0:
			return `""`
		}
	case *types.Pointer, *types.Slice, *types.Map, *types.Signature, *types.Chan:
		return "nil"
	case *types.Interface:
		if _, parameter := t.(*types.TypeParam); !parameter {
			return "nil"
		}
	}
	return "*new(" + types.TypeString(t, func(p *types.Package) string {
		if p == m.pkg {
			return ""
		}
		return p.Name()
	}) + ")"
}

// swap exchanges neighbouring arguments of one type.
func (m *mutator) swap(n *ast.CallExpr) {
	for i := 1; i < len(n.Args); i++ {
		left, right := n.Args[i-1], n.Args[i]
		if t, other := m.info.TypeOf(left), m.info.TypeOf(right); t == nil || other == nil || !types.Identical(t, other) {
			continue
		}
		between := string(m.text[m.fset.Position(left.End()).Offset:m.fset.Position(right.Pos()).Offset])
		if m.source(left) != m.source(right) {
			m.add(left.Pos(), right.End(), m.source(right)+between+m.source(left), "swapped arguments")
		}
	}
}

// removals takes single statements away. Declarations and the last return stay: nothing compiles without them.
func (m *mutator) removals(list []ast.Stmt) {
	for _, statement := range list {
		switch s := statement.(type) {
		case *ast.ExprStmt:
			if call, is := s.X.(*ast.CallExpr); is && (m.logs(call) || m.builtin(call.Fun, "panic")) {
				continue
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || m.source(s.Lhs[0]) == "_" {
				continue
			}
		case *ast.ReturnStmt:
			if len(s.Results) > 0 {
				continue
			}
		case *ast.DeferStmt, *ast.GoStmt, *ast.BranchStmt, *ast.SendStmt, *ast.IncDecStmt:
		default:
			continue
		}
		m.add(statement.Pos(), statement.End(), "", "removed")
	}
}
