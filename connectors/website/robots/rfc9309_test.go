package robots

import (
	"strings"
	"testing"

	"freshet/connectors/connectortest"
)

// standardCase is one file and one crawler, with addresses that it may fetch and
// others that it may not. Sections are those of RFC 9309.
type standardCase struct {
	section, says string
	robots        string
	agent         string
	may, mayNot   []string
}

// standardCases are ours: written from the words and the examples of RFC 9309, and
// from what is known of the matcher that Google made public, where both agree.
func standardCases() []standardCase {
	const groups = "allow: /free/\n\nuser-agent: OneBot\ndisallow: /\nallow: /one/\nuser-agent: TwoBot\ndisallow: /\nallow: /two/\n\n\nallow: /also/\n" +
		"user-agent: ThreeBot\n\nuser-agent: OneBot\nallow: /three/\ndisallow: /\n"
	return []standardCase{
		{"2.1", "a file without groups forbids nothing", "# nothing here\n\n", "OneBot", []string{"/", "/a?b"}, nil},
		{"2.1", "rules before the first group are nobody's", "disallow: /\n", "OneBot", []string{"/a"}, nil},
		{"2.1", "rules before the first group are nobody's", "disallow: /a\nuser-agent: *\ndisallow: /b\n", "OneBot", []string{"/a"}, []string{"/b"}},
		{"2.1", "a group without rules forbids nothing", "user-agent: OneBot\n", "OneBot", []string{"/a"}, nil},
		{"2.1", "several names, one after the other, share what follows", "user-agent: OneBot\nuser-agent: TwoBot\ndisallow: /a\n", "OneBot", []string{"/b"}, []string{"/a"}},
		{"2.1", "several names, one after the other, share what follows", "user-agent: OneBot\nuser-agent: TwoBot\ndisallow: /a\n", "TwoBot", []string{"/b"}, []string{"/a"}},
		{"2.1", "an empty line does not end a group", groups, "TwoBot", []string{"/two/c", "/also/a"}, []string{"/three/d", "/free/"}},
		{"2.1", "an empty line does not part names from rules", groups, "ThreeBot", []string{"/three/d"}, []string{"/one/a", "/two/a"}},
		{"2.2", "names of lines are read in any case", "USER-AGENT: OneBot\nALLOW: /x/\nDISALLOW: /\n", "OneBot", []string{"/x/y"}, []string{"/a/b"}},
		{"2.2", "names of lines are read in any case", "uSeR-aGeNt: OneBot\naLLoW: /x/\ndiSAlLoW: /\n", "OneBot", []string{"/x/y"}, []string{"/a/b"}},
		{"2.2", "white space around names and values means nothing", "  user-agent :\tOneBot \n\tdisallow  :  /a \n", "OneBot", []string{"/b"}, []string{"/a", "/a/b"}},
		{"2.2", "lines end with CR LF or with CR", "user-agent: OneBot\r\ndisallow: /a\r\ndisallow: /b\r\n", "OneBot", []string{"/c"}, []string{"/a", "/b"}},
		{"2.2", "lines end with CR LF or with CR", "user-agent: OneBot\rdisallow: /a\rdisallow: /b", "OneBot", []string{"/c"}, []string{"/a", "/b"}},

		{"2.2.1", "names of crawlers are compared in any case", "user-agent: ONEBOT\ndisallow: /a\n", "OneBot", []string{"/b"}, []string{"/a"}},
		{"2.2.1", "names of crawlers are compared in any case", "user-agent: onebot\ndisallow: /a\n", "ONEBOT", []string{"/b"}, []string{"/a"}},
		{"2.2.1", "a name is compared whole", "user-agent: One\ndisallow: /a\n", "OneBot", []string{"/a"}, nil},
		{"2.2.1", "a name is compared whole", "user-agent: OneBot-News\ndisallow: /a\n", "OneBot", []string{"/a"}, nil},
		{"2.2.1", "groups of one name are one group", groups, "OneBot", []string{"/one/b", "/three/d"}, []string{"/two/c", "/free/"}},
		{"2.2.1", "groups of one name are one group", "user-agent: ExampleBot\ndisallow: /foo\ndisallow: /bar\n\nuser-agent: ExampleBot\ndisallow: /baz\n", "ExampleBot", []string{"/qux"}, []string{"/foo", "/bar", "/baz"}},
		{"2.2.1", "groups for all are one group", "user-agent: *\ndisallow: /foo\n\nuser-agent: TwoBot\ndisallow: /\n\nuser-agent: *\ndisallow: /baz\n", "OneBot", []string{"/qux"}, []string{"/foo", "/baz"}},
		{"2.2.1", "merged groups are compared by length too", "user-agent: OneBot\ndisallow: /a\n\nuser-agent: onebot\nallow: /a/b\n", "OneBot", []string{"/a/b"}, []string{"/a/c"}},
		{"2.2.1", "* counts for who is not named", "user-agent: *\ndisallow: /x/\nuser-agent: OneBot\ndisallow: /y/\n", "OneBot", []string{"/x/a"}, []string{"/y/a"}},
		{"2.2.1", "* counts for who is not named", "user-agent: *\ndisallow: /x/\nuser-agent: OneBot\ndisallow: /y/\n", "TwoBot", []string{"/y/a"}, []string{"/x/a"}},
		{"2.2.1", "* counts for who is not named, wherever it stands", "user-agent: OneBot\nallow: /\nuser-agent: *\ndisallow: /\n", "OneBot", []string{"/a"}, nil},
		{"2.2.1", "* counts for who is not named, wherever it stands", "user-agent: OneBot\nallow: /\nuser-agent: *\ndisallow: /\n", "TwoBot", nil, []string{"/a"}},
		{"2.2.1", "a group of one's own counts even if it says nothing", "user-agent: *\ndisallow: /\n\nuser-agent: OneBot\ndisallow:\n", "OneBot", []string{"/a"}, nil},
		{"2.2.1", "who is not named, without *, has no rules", "user-agent: OneBot\ndisallow: /\nuser-agent: TwoBot\ndisallow: /\n", "ThreeBot", []string{"/a"}, nil},

		{"2.2.2", "a rule is the beginning of a path", "user-agent: *\ndisallow: /fish\n", "OneBot", []string{"/Fish", "/catfish", "/?id=fish", "/"}, []string{"/fish", "/fish.html", "/fish/salmon", "/fishheads", "/fish?id=1"}},
		{"2.2.2", "a slash at the end is part of a rule", "user-agent: *\ndisallow: /fish/\n", "OneBot", []string{"/fish", "/fish.html", "/a/fish/"}, []string{"/fish/", "/fish/?id=1", "/fish/salmon"}},
		{"2.2.2", "paths are compared by case", "user-agent: *\ndisallow: /X/\n", "OneBot", []string{"/x/y"}, []string{"/X/y"}},
		{"2.2.2", "what no rule matches is allowed", "user-agent: *\nallow: /a\n", "OneBot", []string{"/b"}, nil},
		{"2.2.2", "the longest rule counts, in any order", "user-agent: *\ndisallow: /x/page.html\nallow: /x/\n", "OneBot", []string{"/x/"}, []string{"/x/page.html"}},
		{"2.2.2", "the longest rule counts, in any order", "user-agent: *\nallow: /x/page.html\ndisallow: /x/\n", "OneBot", []string{"/x/page.html"}, []string{"/x/"}},
		{"2.2.2", "the longest rule counts, in any order", "user-agent: *\ndisallow: /x\nallow: /x/\n", "OneBot", []string{"/x/"}, []string{"/x"}},
		{"2.2.2", "of equal rules the one that allows counts", "user-agent: *\ndisallow: /x/page.html\nallow: /x/page.html\n", "OneBot", []string{"/x/page.html"}, nil},
		{"2.2.2", "of equal rules the one that allows counts", "user-agent: *\nallow: /folder\ndisallow: /folder\n", "OneBot", []string{"/folder/page"}, nil},
		{"2.2.2", "an empty rule says nothing", "user-agent: *\ndisallow:\n", "OneBot", []string{"/a"}, nil},
		{"2.2.2", "an empty rule says nothing", "user-agent: *\nallow:\ndisallow: /a\n", "OneBot", nil, []string{"/a"}},
		{"2.2.2", "/robots.txt is always allowed", "user-agent: *\ndisallow: /\n", "OneBot", []string{"/robots.txt"}, []string{"/robots.txt.html", "/a/robots.txt"}},
		{"2.2.2", "a query is part of what is compared", "user-agent: *\ndisallow: /\nallow: /foo/bar?baz=quz\n", "OneBot", []string{"/foo/bar?baz=quz", "/foo/bar?baz=quz&a=b"}, []string{"/foo/bar", "/foo/bar?baz="}},
		{"2.2.2", "an address in a query is compared as it is", "user-agent: *\ndisallow: /\nallow: /foo/bar?baz=https://foo.bar\n", "OneBot", []string{"/foo/bar?baz=https://foo.bar"}, nil},
		{"2.2.2", "what is not ASCII is escaped on both sides", "user-agent: *\ndisallow: /\nallow: /foo/bar/\u30c4\n", "OneBot", []string{"/foo/bar/%E3%83%84", "/foo/bar/%e3%83%84", "/foo/bar/\u30c4"}, []string{"/foo/bar/%E3%83%85"}},
		{"2.2.2", "what is not ASCII is escaped on both sides", "user-agent: *\ndisallow: /\nallow: /foo/bar/%E3%83%84\n", "OneBot", []string{"/foo/bar/%E3%83%84", "/foo/bar/\u30c4"}, []string{"/foo/bar/"}},
		{"2.2.2", "escaped letters are letters", "user-agent: *\ndisallow: /\nallow: /foo/bar/%62%61%7A\n", "OneBot", []string{"/foo/bar/baz", "/foo/bar/%62%61%7A", "/foo/bar/b%61z"}, []string{"/foo/bar/bay"}},
		{"2.2.2", "escaped letters are letters", "user-agent: *\ndisallow: /foo/bar/baz\n", "OneBot", []string{"/foo/bar/%42az"}, []string{"/foo/bar/%62%61%7a"}},
		{"2.2.2", "an escaped reserved character is another", "user-agent: *\ndisallow: /a%2Fb\n", "OneBot", []string{"/a/b"}, []string{"/a%2Fb", "/a%2fb"}},
		{"2.2.2", "an escaped reserved character is another", "user-agent: *\ndisallow: /a/b\n", "OneBot", []string{"/a%2Fb"}, []string{"/a/b"}},

		{"2.2.3", "# begins a comment", "user-agent: * # all\n# disallow: /\ndisallow: /foo/quz#qux\nallow: / # rest\n", "OneBot", []string{"/foo/bar", "/foo/qu"}, []string{"/foo/quz", "/foo/quzzes"}},
		{"2.2.3", "an escaped # is none", "user-agent: *\ndisallow: /a%23b\n", "OneBot", []string{"/a"}, []string{"/a%23b"}},
		{"2.2.3", "$ is the end", "user-agent: *\ndisallow: /foo/bar$\nallow: /foo/bar/qux\n", "OneBot", []string{"/foo/bar/qux", "/foo/bar/", "/foo/bar/baz", "/foo/bar?a"}, []string{"/foo/bar"}},
		{"2.2.3", "$ is the end", "user-agent: *\nallow: /$\ndisallow: /\n", "OneBot", []string{"/"}, []string{"/page.html", "/?a"}},
		{"2.2.3", "$ before the end is a character", "user-agent: *\ndisallow: /a$b\n", "OneBot", []string{"/a", "/ab"}, []string{"/a$b", "/a%24b"}},
		{"2.2.3", "* is any characters, or none", "user-agent: *\ndisallow: /foo/bar/quz\nallow: /foo/*/qux\n", "OneBot", []string{"/foo/quz", "/foo//quz", "/foo/bax/quz"}, []string{"/foo/bar/quz"}},
		{"2.2.3", "* is any characters, or none", "user-agent: *\ndisallow: /this/*/exactly\n", "OneBot", []string{"/this/exactly", "/this/is/exact"}, []string{"/this/is/exactly", "/this//exactly", "/this/a/b/exactly/c"}},
		{"2.2.3", "* is any characters, or none", "user-agent: *\ndisallow: /fish*.php\n", "OneBot", []string{"/Fish.PHP", "/fish.asp"}, []string{"/fish.php", "/fishheads/catfish.php?parameters"}},
		{"2.2.3", "* and $ together", "user-agent: *\ndisallow: *.gif$\nallow: /publications/\n", "OneBot", []string{"/publications/a.gif", "/a.gif?b", "/a.gifs"}, []string{"/a.gif", "/a/b.gif.gif"}},
		{"2.2.3", "* and $ together", "user-agent: *\ndisallow: /*.php$\n", "OneBot", []string{"/filename.php/", "/filename.php5", "/a.PHP"}, []string{"/filename.php", "/folder/filename.php", "/?a.php"}},
		{"2.2.3", "* at the end changes nothing", "user-agent: *\ndisallow: /fish*\n", "OneBot", []string{"/catfish"}, []string{"/fish", "/fish/salmon"}},
		{"2.2.3", "a longer rule counts, with * or without", "user-agent: *\nallow: /x/page.\ndisallow: /*.html\n", "OneBot", []string{"/x/page.html"}, []string{"/x/y.html"}},
		{"2.2.3", "a longer rule counts, with * or without", "user-agent: *\nallow: /page\ndisallow: /*.html\n", "OneBot", []string{"/page"}, []string{"/page.html"}},
		{"2.2.3", "an escaped * is a character (the example of the RFC)", "user-agent: *\ndisallow: /path/file-with-a-%2A.html\n", "OneBot", []string{"/path/file-with-a-b.html"}, []string{"/path/file-with-a-*.html", "/path/file-with-a-%2a.html"}},
		{"2.2.3", "an escaped $ is a character (the example of the RFC)", "user-agent: *\ndisallow: /path/foo-%24\n", "OneBot", []string{"/path/foo-"}, []string{"/path/foo-$", "/path/foo-$/a", "/path/foo-%24"}},

		{"2.2.4", "other lines do not end a group", "user-agent: OneBot\nsitemap: https://www.example.org/a.xml\nuser-agent: *\ndisallow: /\n", "OneBot", nil, []string{"/a"}},
		{"2.2.4", "other lines do not end a group", "user-agent: OneBot\nsitemap: https://www.example.org/a.xml\nuser-agent: *\ndisallow: /\n", "TwoBot", nil, []string{"/a"}},
		{"2.2.4", "unknown lines do not end a group", "user-agent: OneBot\nsomething: else\nuser-agent: *\ndisallow: /\n", "OneBot", nil, []string{"/a"}},
		{"2.2.4", "other lines do not part a group's rules", "user-agent: OneBot\ndisallow: /a\nsitemap: https://www.example.org/a.xml\nhost: a\ndisallow: /b\n", "OneBot", []string{"/c"}, []string{"/a", "/b"}},
		{"2.2.4", "unknown lines alone are no rules", "foo: OneBot\nbar: /\n", "OneBot", []string{"/a"}, nil},

		{"2.3.1.5", "a line that means nothing is passed over", "user-agent: OneBot\n<html><body>\nuser agent of mine\n\x00\xff\xfe\ndisallow: /a\n", "OneBot", []string{"/b"}, []string{"/a"}},
		{"2.3", "a byte order mark is passed over", "\xef\xbb\xbfuser-agent: OneBot\ndisallow: /a\n", "OneBot", []string{"/b"}, []string{"/a"}},
		{"2.5", "a rule within 500 KiB counts", "user-agent: *\n" + strings.Repeat("# "+strings.Repeat("x", 97)+"\n", 5119) + "disallow: /a\n", "OneBot", []string{"/b"}, []string{"/a"}},
	}
}

// Of the matcher that Google made public, 46 cases that RFC 9309 asks for are data;
// the others that make up the 110 are standardCases.
func TestRobotsAnswersAtLeast110StandardCasesRight(t *testing.T) {
	type question struct{ robots, agent, url string }
	right := map[question]bool{}
	connectortest.EachLine(t, "robots-google/cases.jsonl", func(c struct {
		Robots, Agent, URL string
		Allowed            bool
		GoogleOnly         bool `json:"google_only"`
	}) {
		if !c.GoogleOnly {
			right[question{c.Robots, c.Agent, c.URL}] = Parse([]byte(c.Robots), c.Agent).Allows(c.URL) == c.Allowed
		}
	})
	known, ours := len(right), 0
	for _, c := range standardCases() {
		rules := Parse([]byte(c.robots), c.agent)
		ask := func(path string, want bool) {
			q := question{c.robots, c.agent, "https://www.example.org" + path}
			if _, ok := right[q]; ok {
				t.Errorf("%s, %s: %s is asked twice", c.section, c.says, path)
			}
			ours++
			if right[q] = rules.Allows(q.url) == want; !right[q] {
				t.Errorf("%s, %s: %s is allowed: %t", c.section, c.says, path, !want)
			}
		}
		for _, path := range c.may {
			ask(path, true)
		}
		for _, path := range c.mayNot {
			ask(path, false)
		}
	}
	n := 0
	for _, ok := range right {
		if ok {
			n++
		}
	}
	if known != 46 || n < 110 {
		t.Errorf("%d of %d standard cases are answered right (%d of them data, %d ours); at least 110 are asked for", n, len(right), known, ours)
	}
	t.Logf("%d standard cases answered right: %d data, %d ours", n, known, ours)
}

// Google goes beyond the standard in 10 of the cases that are data. For each: what is
// chosen here, why, and questions whose answers are this choice's and no other's.
func TestTheChoiceAboutEachOfGooglesLeniencies(t *testing.T) {
	const named = "it can only mean the crawler whose name it begins with; passing the line over would do the opposite of what was wanted"
	long := strings.Repeat("a", 2*maxLine)
	type asked struct {
		robots, agent, url string
		allowed            bool
	}
	choices := map[string]struct {
		followed bool
		why      string
		asked    []asked
	}{
		"GoogleOnly_SystemTest-1": {true, "an empty file forbids nothing, and an address without a path is that of the start page", []asked{
			{"", "FooBot", "", true}, {"user-agent: FooBot\ndisallow: /\n", "FooBot", "", false}}},
		"ID_UserAgentValueCaseInsensitive-25": {true, named, []asked{{"User-Agent: FOO BAR\nDisallow: /a\n", "Foo", "/a", false}}},
		"ID_UserAgentValueCaseInsensitive-27": {true, named, []asked{{"User-Agent: FOO BAR\nDisallow: /a\n", "foo", "/a", false}}},
		"ID_UserAgentValueCaseInsensitive-29": {true, named, []asked{{"User-Agent: foo bar\nDisallow: /a\n", "Foo", "/a", false}}},
		"ID_UserAgentValueCaseInsensitive-30": {true, named, []asked{{"User-Agent: *\nDisallow: /\nUser-Agent: foo bar\nAllow: /a\n", "foo", "/a", true}}},
		"ID_UserAgentValueCaseInsensitive-35": {true, named, []asked{{"User-Agent: FoO bAr\nDisallow: /a\n", "foo", "/a", false}}},
		"GoogleOnly_AcceptUserAgentUpToFirstSpace-36": {true, named, []asked{
			{"User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\n", "Foo", "/x/y", true},
			{"User-Agent: Bar Foo\nDisallow: /\n", "Foo", "/x/y", true}}},
		"ID_Encoding-63": {false, "RFC 9309, 2.2.2, says that an escaped letter is the letter; Google compares rules as they are written", []asked{
			{"User-agent: FooBot\nDisallow: /\nAllow: /foo/bar/%62%61%7A\n", "FooBot", "/foo/bar/baz", true}}},
		"GoogleOnly_IndexHTMLisDirectory-78": {false, "that the file is what the folder shows is a guess about the server, and where it is wrong a page is read that nobody allowed", []asked{
			{"User-Agent: *\nAllow: /allowed-slash/index.html\nDisallow: /\n", "foobot", "/allowed-slash/", false},
			{"User-Agent: *\nAllow: /allowed-slash/index.html\nDisallow: /\n", "foobot", "/allowed-slash/index.html", true}}},
		"GoogleOnly_LineTooLong-81": {true, "a line of more than 8 KiB (Google: 16 KiB) counts with its beginning; no path of a site is that long, and a hostile file is not held in memory", []asked{
			{"user-agent: FooBot\ndisallow: /x/" + long, "FooBot", "/x/" + long[:maxLine], false},
			{"user-agent: FooBot\ndisallow: /x/" + long, "FooBot", "/x/" + long[:maxLine/2], true}}},
	}
	tried := 0
	connectortest.EachLine(t, "robots-google/cases.jsonl", func(c struct {
		ID, Robots, Agent, URL string
		Allowed                bool
		GoogleOnly             bool `json:"google_only"`
	}) {
		if !c.GoogleOnly {
			return
		}
		choice, ok := choices[c.ID]
		if !ok || choice.why == "" {
			t.Errorf("nothing is chosen about %s", c.ID)
			return
		}
		tried++
		// The folder of an index.html is not what its case asks about.
		agrees := choice.followed || c.ID == "GoogleOnly_IndexHTMLisDirectory-78"
		if got := Parse([]byte(c.Robots), c.Agent).Allows(c.URL); (got == c.Allowed) != agrees {
			t.Errorf("%s: the answer is %t, Google's %t; followed: %t, because %s", c.ID, got, c.Allowed, choice.followed, choice.why)
		}
		for _, q := range choice.asked {
			if Parse([]byte(q.robots), q.agent).Allows(q.url) != q.allowed {
				t.Errorf("%s: %.60q for %s, %.60q is allowed: %t; chosen is otherwise, because %s", c.ID, q.robots, q.agent, q.url, !q.allowed, choice.why)
			}
		}
	})
	if tried != len(choices) || tried != 10 {
		t.Errorf("%d of %d choices were tried; 10 are known", tried, len(choices))
	}
}
