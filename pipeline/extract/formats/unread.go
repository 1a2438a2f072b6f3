package formats

import (
	"freshet/connectors"
	"freshet/pipeline/extract"
	"freshet/pipeline/extract/container"
)

// formOfArchive asks a ZIP archive what it is. One that is no document is not opened:
// which of its files belong to the knowledge is for the owner to say.
func formOfArchive(b []byte, l extract.Limits) (form, error) {
	files, err := container.Open(b, l)
	if err != nil {
		return "", err
	}
	if f := files.Form(); f != "" {
		return form(f), nil
	}
	return "", unread("application/zip")
}

// unread is the verdict on a form, or a media type, that is not in the table.
func unread(f form) error {
	return &connectors.Verdict{Reason: connectors.VerdictMediaType, Detail: unreadDetail(f)}
}

func unreadDetail(f form) string {
	switch f {
	case "application/zip":
		return "it is a ZIP archive; add its files one by one"
	case "application/gzip", "application/x-tar", "application/x-rar-compressed", "application/x-7z-compressed", "application/x-bzip2", "application/x-xz", "application/zstd":
		return "it is an archive (" + string(f) + "); add its files one by one"
	case "doc", "xls", "ppt":
		return "it is a file of the older Office (." + string(f) + "); save it as ." + string(f) + "x, or " + needsProgram(f)
	case "xlsb":
		return "it is a binary Excel workbook (.xlsb); save it as .xlsx, or " + needsProgram(f)
	case "application/mbox":
		return "it is a folder of many mails in one file (mbox); add its mails one by one, as .eml"
	case "msg":
		return "it is a message of Outlook (.msg); save it as .eml, or " + needsProgram(f)
	case "ole":
		return "it is a compound file of a program that is not known"
	case "text/rtf":
		return "it is a file in Rich Text Format (.rtf); save it as .docx, or " + needsProgram(f)
	case "odg":
		return "it is a file in ." + string(f) + "; " + needsProgram(f)
	}
	if programFor(f) == "image" {
		return "it is a picture (" + string(f) + "); " + needsProgram(f)
	}
	return "cannot read " + string(f) + "; HTML, Markdown, plain text, PDF and the documents of Office are read"
}
