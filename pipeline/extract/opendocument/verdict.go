package opendocument

import (
	"fmt"

	"freshet/connectors"
)

func tooManyCells(limit int) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("its tables have more than %d cells (limits: cells)", limit)}
}

func tooManyPages(limit int) error {
	return &connectors.Verdict{Reason: connectors.VerdictTooLarge, Detail: fmt.Sprintf("it has more than %d slides (limits: pages)", limit)}
}
