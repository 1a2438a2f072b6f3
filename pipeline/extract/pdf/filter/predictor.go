package filter

import "freshet/pipeline/extract/pdf/syntax"

// predict undoes the predictor that p names.
func predict(data []byte, p syntax.Dict) []byte {
	predictor := number(p, "Predictor", 1)
	if predictor < 2 {
		return data
	}
	colors, bits, columns := number(p, "Colors", 1), number(p, "BitsPerComponent", 8), number(p, "Columns", 1)
	if colors < 1 || colors > 64 || bits < 1 || bits > 32 || columns < 1 || columns > 1<<20 {
		return data
	}
	pixel := max((colors*bits+7)/8, 1)
	row := (colors*bits*columns + 7) / 8
	if predictor == 2 {
		if bits == 8 {
			for i := range data {
				if i%row >= pixel {
					data[i] += data[i-pixel]
				}
			}
		}
		return data
	}
	out := make([]byte, 0, len(data))
	before := make([]byte, row)
	for len(data) > 1 {
		kind := data[0]
		line := data[1:min(row+1, len(data))]
		data = data[1+len(line):]
		png(kind, line, before, pixel)
		out = append(out, line...)
		before = line
		if len(line) < row {
			break
		}
	}
	return out
}

// png undoes a row filter of PNG.
func png(kind byte, line, above []byte, pixel int) {
	for i := range line {
		var left, up, corner byte
		up = above[i]
		if i >= pixel {
			left, corner = line[i-pixel], above[i-pixel]
		}
		switch kind {
		case 1:
			line[i] += left
		case 2:
			line[i] += up
		case 3:
			line[i] += byte((int(left) + int(up)) / 2)
		case 4:
			line[i] += paeth(left, up, corner)
		}
	}
}

func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}

func abs(x int) int {
	if x < 0 {
		return -x
	}
	return x
}

func number(p syntax.Dict, key syntax.Symbol, otherwise int) int {
	if n, ok := p[key].(int64); ok && n == int64(int32(n)) {
		return int(n)
	}
	return otherwise
}
