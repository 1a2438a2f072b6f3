package repair

import (
	"context"
	"errors"
	"slices"

	"freshet/pipeline/extract/pdf/filter"
	"freshet/pipeline/extract/pdf/syntax"
)

// ErrNothing: no catalog and no page was found.
var ErrNothing = errors.New("no pages were found in it")

// Rewrite returns data as a clean file. The passwords are tried in turn, behind the
// empty one. Errors: ErrPassword, ErrScheme, ErrNothing, filter.ErrBudget, the cause
// of ctx.
func Rewrite(ctx context.Context, data []byte, passwords []string, budget *filter.Budget) ([]byte, error) {
	f, err := scan(ctx, data)
	if err != nil {
		return nil, err
	}
	if err := f.decrypt(append([]string{""}, passwords...)); err != nil {
		return nil, err
	}
	if err := f.unpack(ctx, budget); err != nil {
		return nil, err
	}
	root := f.root()
	if root == nil {
		return nil, ErrNothing
	}
	w := writer{file: f, budget: budget}
	return w.write(ctx, root)
}

// resolve follows references.
func (f *file) resolve(v any) any {
	for range 16 {
		r, ok := v.(syntax.Ref)
		if !ok {
			return v
		}
		e := f.entries[r.Num]
		if e == nil {
			return nil
		}
		v = e.value
	}
	return nil
}

func (f *file) dict(v any) syntax.Dict {
	d, _ := f.resolve(v).(syntax.Dict)
	return d
}

// decrypt decrypts everything that lies open in the file.
func (f *file) decrypt(passwords []string) error {
	var d syntax.Dict
	var id []byte
	holder := 0
	for _, t := range f.trailers {
		if e := f.dict(t["Encrypt"]); e != nil {
			d = e
			if r, ok := t["Encrypt"].(syntax.Ref); ok {
				holder = r.Num
			}
		}
		if ids, ok := f.resolve(t["ID"]).(syntax.Array); ok && len(ids) > 0 {
			id = text(f.resolve(ids[0]))
		}
	}
	if d == nil {
		return nil
	}
	flat := syntax.Dict{}
	for k, v := range d {
		flat[k] = f.resolve(v)
	}
	c, err := newCryptor(flat, id, passwords)
	if err != nil {
		return err
	}
	for num, e := range f.entries {
		if num != holder {
			e.value = c.object(e.value, num, e.gen)
		}
	}
	return nil
}

// object decrypts the strings and data of an object.
func (c *cryptor) object(v any, num, gen int) any {
	switch v := v.(type) {
	case syntax.Text:
		return syntax.Text(c.decrypt([]byte(v), c.strings, num, gen))
	case syntax.Array:
		for i := range v {
			v[i] = c.object(v[i], num, gen)
		}
	case syntax.Dict:
		for k := range v {
			v[k] = c.object(v[k], num, gen)
		}
	case *syntax.Stream:
		c.object(v.Dict, num, gen)
		if v.Dict["Type"] != syntax.Symbol("Metadata") || c.metadata {
			v.Raw = c.decrypt(v.Raw, c.streams, num, gen)
		}
	}
	return v
}

// unpack takes the objects out of the object streams; of two with one number, that
// which stands later in the file is valid.
func (f *file) unpack(ctx context.Context, budget *filter.Budget) error {
	var packed []*entry
	for num, e := range f.entries {
		if s, ok := e.value.(*syntax.Stream); ok && s.Dict["Type"] == syntax.Symbol("ObjStm") {
			packed = append(packed, e)
			delete(f.entries, num)
		}
	}
	slices.SortFunc(packed, func(a, b *entry) int { return a.at - b.at })
	for _, e := range packed {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		s := e.value.(*syntax.Stream)
		data, err := f.decode(s, budget)
		if errors.Is(err, filter.ErrBudget) {
			return err
		}
		f.unpackOne(s.Dict, data, e.at)
	}
	return nil
}

func (f *file) unpackOne(d syntax.Dict, data []byte, at int) {
	head := syntax.Lexer{Data: data}
	first := whole(f.resolve(d["First"]))
	for range whole(f.resolve(d["N"])) {
		num, off := head.Next(), head.Next()
		if num.Kind != syntax.Number || off.Kind != syntax.Number {
			return
		}
		n, pos := int(num.Num), first+int(off.Num)
		if n <= 0 || n > maxNumber || pos < 0 || pos >= len(data) {
			continue
		}
		if old := f.entries[n]; old != nil && old.at > at {
			continue
		}
		body := syntax.Lexer{Data: data, Pos: pos}
		f.entries[n] = &entry{at: at, value: body.Object()}
	}
}

// decode undoes the filters of a stream.
func (f *file) decode(s *syntax.Stream, budget *filter.Budget) ([]byte, error) {
	names, params := f.filters(s.Dict)
	return filter.Decode(s.Raw, names, params, budget)
}

func (f *file) filters(d syntax.Dict) (names []syntax.Symbol, params []syntax.Dict) {
	either := func(long, short syntax.Symbol) any {
		if v := f.resolve(d[long]); v != nil {
			return v
		}
		return f.resolve(d[short])
	}
	p := either("DecodeParms", "DP")
	switch v := either("Filter", "F").(type) {
	case syntax.Symbol:
		if list, ok := p.(syntax.Array); ok && len(list) > 0 {
			p = list[0]
		}
		return []syntax.Symbol{v}, []syntax.Dict{f.flat(p)}
	case syntax.Array:
		list, isList := p.(syntax.Array)
		for i := range v {
			n, _ := f.resolve(v[i]).(syntax.Symbol)
			names = append(names, n)
			switch {
			case isList && i < len(list):
				params = append(params, f.flat(list[i]))
			case !isList && i == 0:
				params = append(params, f.flat(p))
			default:
				params = append(params, nil)
			}
		}
	}
	return names, params
}

// flat returns a dictionary with its references followed.
func (f *file) flat(v any) syntax.Dict {
	d := f.dict(v)
	if d == nil {
		return nil
	}
	out := syntax.Dict{}
	for k, v := range d {
		out[k] = f.resolve(v)
	}
	return out
}

// root is the reference to the catalog: the last trailer's whose catalog has pages,
// else any catalog; nil: there is none, and no page either.
func (f *file) root() any {
	for _, t := range slices.Backward(f.trailers) {
		if f.dict(f.dict(t["Root"])["Pages"]) != nil {
			return t["Root"]
		}
	}
	var last any
	at := -1
	var pages []int
	for num, e := range f.entries {
		d, _ := e.value.(syntax.Dict)
		if d["Type"] == syntax.Symbol("Catalog") && f.dict(d["Pages"]) != nil && e.at > at {
			last, at = syntax.Ref{Num: num}, e.at
		}
		if d["Type"] == syntax.Symbol("Page") {
			pages = append(pages, num)
		}
	}
	if last != nil || len(pages) == 0 {
		return last
	}
	// Without a catalog, the pages in the order of their numbers.
	slices.Sort(pages)
	var kids syntax.Array
	for _, num := range pages {
		kids = append(kids, syntax.Ref{Num: num})
	}
	return syntax.Dict{"Type": syntax.Symbol("Catalog"), "Pages": syntax.Dict{
		"Type": syntax.Symbol("Pages"), "Count": int64(len(kids)), "Kids": kids}}
}
