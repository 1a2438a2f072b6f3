// Package sheets reads tables that stand in files of their own: workbooks (XLSX) and
// separated values (CSV, TSV).
//
// A sheet is a plane on which people put several tables, titles and remarks. It is cut
// where rows and columns are empty, and each part is looked at for itself: where its
// header ends, and whether it goes on with the part above.
package sheets

import (
	"fmt"

	"freshet/connectors"
)

// The versions of the rules by which workbooks and separated values are read.
const (
	XLSXVersion = "xlsx/1"
	CSVVersion  = "csv/1"
)

// The ways in which a Text was found.
const (
	WayXLSX = "xlsx"
	WayCSV  = "csv"
)

func malformed(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictMalformed, Detail: fmt.Sprintf(format, args...)}
}

func tooLarge(format string, args ...any) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf(format, args...)}
}

func tooManyCells(limit int) error {
	return tooLarge("its tables have more than %d cells; split the file or raise the limit (limits: cells)", limit)
}
