package junit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type oddityTest struct {
	name, text string
	want       string // rows, then what is wrong with the file
}

// oddityTests show what is tolerated, with the place that the warning tells, and what is not.
func oddityTests() []oddityTest {
	const ok = `<testsuite name="s"><testcase name="n"/></testsuite>`
	failure := func(text string) string {
		return `<testsuite name="s"><testcase name="n"><failure>` + text + `</failure></testcase></testsuite>`
	}
	return []oddityTest{
		{"clean", ok, `s/n passed`},
		{"declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + ok, `s/n passed`},
		{"declaration, other spelling", "<?xml version = '1.0' encoding = 'utf8' standalone='yes' ?>" + ok, `s/n passed`},
		{"byte order mark", "\ufeff<?xml version=\"1.0\"?>" + ok, `s/n passed`},
		{"white space around", "\r\n\t " + ok + " \n\n", `s/n passed`},
		{"stylesheet, comment", `<?xml-stylesheet href="x"?><!-- > -- -->` + ok + `<!---->`, `s/n passed`},
		{"declaration behind a comment", "<!-- c -->\n<?xml version=\"1.0\"?>" + ok,
			`s/n passed; line 2, byte 11: the XML declaration is not at the beginning`},
		{"XML 1.1", `<?xml version="1.1"?>` + ok, `s/n passed; line 1, byte 0: XML version "1.1"`},
		{"text before", "make: *** [test]\n" + ok, `s/n passed; line 1, byte 0: text outside of the root element: "make: *** [test]\n"`},
		{"text behind", ok + "\n\x00\x00", `s/n passed; line 2, byte 53: text outside of the root element: "\x00\x00"`},
		{"two roots", ok + "\n" + ok, `s/n passed, s/n passed; line 2, byte 53: another root element, as if files had been joined`},
		{"long instruction", "<?b" + strings.Repeat(" <", 5000) + "?>" + ok, `s/n passed`},
		{"long instruction in a suite", "<testsuite><?b" + strings.Repeat(" ", 5000) + "?></testsuite>",
			`; incomplete, line 1: malformed: no tag: "<?b` + strings.Repeat(" ", 77) + `"`},
		{"document type", "<!DOCTYPE testsuites SYSTEM \"a>b\" [ <!-- ' --> <!ELEMENT a (b)> ]>" + ok,
			`s/n passed; line 1, byte 0: a document type; entities that it declares are not expanded`},
		{"quote in a document type", `<!"0>` + ok, `; line 1, byte 0: a document type; entities that it declares are not expanded; incomplete, line 1: the file ends in a document type`},
		{"entity bomb", `<!DOCTYPE b [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>` + failure("&b;"),
			`s/n failed "&b;"; line 1, byte 0: a document type; entities that it declares are not expanded; line 1, byte 101: no reference that XML knows: "&b;", kept as written`},
		{"external entity", `<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + failure("&x;"),
			`s/n failed "&x;"; line 1, byte 0: a document type; entities that it declares are not expanded; line 1, byte 102: no reference that XML knows: "&x;", kept as written`},

		{"references", failure("&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;&#xa;b"), `s/n failed "<>&\"'A😀\nb"`},
		{"unknown references", failure("a&nbsp;b && c &#xZZ; &; &#1114112;"),
			`s/n failed "a&nbsp;b && c &#xZZ; &; &#1114112;"; line 1, byte 49: no reference that XML knows: "&nbsp;", kept as written`},
		{"unknown reference in an attribute", `<testsuite name="a&nbsp;b"><testcase name="a & b"/></testsuite>`,
			`a&nbsp;b/a & b passed; line 1, byte 0: no reference that XML knows: "&nbsp;", kept as written; line 1, byte 27: no reference that XML knows: "&", kept as written`},
		{"control characters", failure("a\n\x1b[31mb\x00&#27;"), `s/n failed "a\n\x1b[31mb\x00\x1b"; line 2, byte 50: a character that XML does not allow`},
		{"control character as a reference", failure("&#27;&#0;&#xD800;"), `s/n failed "\x1b��"; line 1, byte 48: a character that XML does not allow`},
		{"both, in their order", failure("&;&#0;"), `s/n failed "&;�"; line 1, byte 48: no reference that XML knows: "&;", kept as written; line 1, byte 50: a character that XML does not allow`},
		{"control characters in CDATA", failure("<![CDATA[a\x01&#1;]]>"), `s/n failed "a\x01&#1;"; line 1, byte 58: a character that XML does not allow`},
		{"bad UTF-8", failure("a\xff\xfeb"), `s/n failed "a�b"; line 1, byte 20: not UTF-8: bytes replaced by U+FFFD`},
		{"bad UTF-8 in a name", "<testsuite name=\"\xe4\"/>" + "<testsuite><testcase name=\"\xe4\"/></testsuite>",
			`/� passed; line 1, byte 0: not UTF-8: bytes replaced by U+FFFD; line 1, byte 21: another root element, as if files had been joined; line 1, byte 32: not UTF-8: bytes replaced by U+FFFD`},
		{"line ends", failure("a\r\nb\rc&#13;\n<![CDATA[d\r\ne\r]]>f"), "s/n failed \"a\\nb\\nc\\r\\nd\\ne\\nf\""},

		{"bracket in a text", failure("a < b <= c <- d"), `s/n failed "a < b <= c <- d"; line 1, byte 50: a "<" that begins no tag, taken as text; line 1, byte 54: a "<" that begins no tag, taken as text; line 1, byte 59: a "<" that begins no tag, taken as text`},
		{"tag in a text", failure("got <nil>, want <b c>"), `s/n failed "got , want <b c>"; line 1, byte 64: a "<" that begins no tag, taken as text; line 1, byte 69: <nil> inside of <failure> is never closed`},
		{"tags in a tag in a text", failure(`a <b c="<d>"> <e></f></e>`), `s/n failed "a <b c=\"\">"; line 1, byte 50: a "<" that begins no tag, taken as text; line 1, byte 65: the end of <f>, which was not open, ignored; line 1, byte 73: <d> inside of <failure> is never closed`},
		{"end in a text", failure("a</b>c"), `s/n failed "ac"; line 1, byte 49: the end of <b>, which was not open, ignored`},
		{"instruction in a text", failure("a <?php <b?> c"), `s/n failed "a <?php <b?> c"; line 1, byte 50: a "<" that begins no tag, taken as text; line 1, byte 56: a "<" that begins no tag, taken as text`},
		{"long instruction in a text", failure("a <?b" + strings.Repeat(" ", 5000) + "?> c")[:100], `; incomplete, line 1: the file ends in an instruction inside of <failure>`},
		{"declaration in a text", failure("a <!b> c"), `s/n failed "a <!b> c"; line 1, byte 50: a "<" that begins no tag, taken as text`},
		{"bracket in an attribute", `<testsuite><testcase name="a<b"/></testsuite>`, `/a<b passed; line 1, byte 11: an attribute of <testcase> has a "<" in it`},
		{"attribute twice", `<testsuite><testcase name="a" name="b"/></testsuite>`, `/b passed; line 1, byte 11: <testcase> has an attribute twice, the last one counts`},
		{"control character in an attribute", `<testsuite><testcase name="a&#27;b"/></testsuite>`, "/a\x1bb passed; line 1, byte 11: an attribute with a character that XML does not allow"},
		{"long status", `<testsuite><testcase name="n" status="` + strings.Repeat("x", 100) + `"/></testsuite>`,
			`/n failed ""; line 1, byte 11: unknown status "` + strings.Repeat("x", 80) + `"..., taken as failed`},
		{"no name", `<testsuite><testcase/></testsuite>`, `/ passed; line 1, byte 11: a <testcase> without a name`},

		{"nested suites", `<testsuites name="r"><testsuite name="a"><testsuite><testsuite name="b"><testcase name="n"/></testsuite><testcase name="m"/></testsuite></testsuite></testsuites>`,
			`a.b/n passed, a/m passed`},
		{"no suite", `<testsuites><testcase name="n"/></testsuites>`, `/n passed`},
		{"another element between", `<testsuite name="s"><group><testcase name="n"/></group></testsuite>`, `s/n passed`},
		{"prefixes", `<j:testsuite xmlns:j="u" xmlns:name="x" j:name="s"><j:testcase j:name="n"><j:failure/></j:testcase></j:testsuite>`, `s/n failed ""`},
		{"single quotes, spaces", "<testsuite\n name = 's' ><testcase\tname='a\"b' /></testsuite\n>", `s/a"b passed`},
		{"space in the end", `<testsuite><testcase name="n"/ ></testsuite>`, `; incomplete, line 1: malformed: no tag: "<testcase name=\"n\"/ ></testsuite>"`},
		{"failure of a suite", `<testsuite><error message="setup"/><testcase name="n"/></testsuite>`, `/n passed; line 1, byte 11: a <error> that belongs to no test case: "setup"`},
		{"test case in an output", `<testsuite><system-out><testcase name="n"/></system-out></testsuite>`, `; line 1, byte 23: a <testcase> inside of <system-out> is no test case`},

		{"empty", "", `; incomplete, line 1: the file is empty`},
		{"white space", " \n", `; incomplete, line 2: no JUnit file: there is no element in it`},
		{"no XML", "{}", `; line 1, byte 0: text outside of the root element: "{}"; incomplete, line 1: no JUnit file: there is no element in it`},
		{"HTML", "\n<!DocType HTML><html>", `; incomplete, line 2: no JUnit file, but an HTML page`},
		{"HTML without document type", "<HTML>", `; incomplete, line 1: no JUnit file, but an HTML page`},
		{"an answer of an object store", "<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>",
			`; incomplete, line 1: no JUnit file: its root element is <Error>, not <testsuites> or <testsuite>`},
		{"other root behind", ok + `<x/>`, `s/n passed; incomplete, line 1: no JUnit file: its root element is <x>, not <testsuites> or <testsuite>`},
		{"end of nothing", ok + "</testsuite>", `s/n passed; incomplete, line 1: malformed: the end of <testsuite>, which was not open`},
		{"wrong end", `<testsuite><testcase name="n"></testsuite>`, `; incomplete, line 1: malformed: the end of <testsuite>, but <testcase> is open`},
		{"wrong end in a text", "<testsuite><testcase name=\"n\"><system-out>\n</testcase>", `; incomplete, line 2: malformed: the end of <testcase>, but <system-out> is open`},
		{"test case in a test case", "<testsuite><testcase name=\"a\"><failure/>\n<testcase name=\"b\"/>", `/a failed ""; incomplete, line 2: a <testcase> inside of the <testcase> that begins in line 1`},
		{"suite in a test case", `<testsuite><testcase name="a"><testsuite/>`, `; incomplete, line 1: a <testsuite> inside of a <testcase>`},
		{"no quote at the end", `<testsuite><testcase name="a><failure/></testcase><testcase name="b"/></testsuite>`,
			`; incomplete, line 1: malformed: no tag: "<testcase name=\"a><failure/></testcase><testcase name=\"b\"/></testsuite>"`},
		{"no quote, but it seems to fit", `<testsuite><testcase name="a><failure/></testcase><testcase name=" name="b"/></testsuite>`,
			`; incomplete, line 1: malformed: a quote is missing in <testcase>`},
		{"unclosed outside of a text", `<testsuite><testcase name="n"><b></testcase></testsuite>`, `; incomplete, line 1: malformed: the end of <testcase>, but <b> is open`},
		{"long end", `<testsuite><testcase name="n"></testcase` + strings.Repeat(" ", 3000) + `></testsuite>`, `/n passed`},
		{"endless end", `<testsuite><testcase name="n"></testcase` + strings.Repeat(" ", 2<<20) + `></testsuite>`,
			`; incomplete, line 1: malformed: no tag: "</testcase` + strings.Repeat(" ", 70) + `"`},
		{"no name in the end", `<testsuite></></testsuite>`, `; incomplete, line 1: malformed: no tag: "</></testsuite>"`},
		{"no quote, no end tags", `<testsuite><testcase name="a /><testcase name=" name="b"/></testsuite>`,
			`; incomplete, line 1: malformed: a quote is missing in <testcase>`},
		{"no quotes", `<testsuite><testcase name=a/></testsuite>`, `; incomplete, line 1: malformed: no tag: "<testcase name=a/></testsuite>"`},
		{"bracket outside of a text", `<testsuite> < </testsuite>`, `; incomplete, line 1: malformed: no tag: "< </testsuite>"`},
		{"too deep", strings.Repeat("<testsuite>", 257), `; incomplete, line 1: elements are nested deeper than 256`},
		{"too deep, short form", strings.Repeat("<testsuite>", 255) + "<testcase><skipped></skipped>", `; incomplete, line 1: elements are nested deeper than 256`},
		{"large attribute", `<testsuite name="` + strings.Repeat("x", 1<<20+1) + `"/>`,
			`; incomplete, line 1: an attribute of <testsuite> is longer than 1048576 bytes`},
		{"large tag", `<testsuite ` + strings.Repeat(`a="`+strings.Repeat("x", 1<<20-1)+`" `, 3) + `/>`,
			`; incomplete, line 1: the tag <testsuite> is longer than 2097152 bytes`},
		{"large prefixes", `<testsuite><` + strings.Repeat("x:", 1<<19) + `y ` + strings.Repeat("x:", 1<<18) + `="z"/></testsuite>`,
			`; incomplete, line 1: the name of an element is longer than 1024 bytes`},
		{"large name", `<testsuite><` + strings.Repeat("x", 2000) + `/></testsuite>`, `; incomplete, line 1: the name of an element is longer than 1024 bytes`},
		{"large names together", strings.Repeat(`<testsuite name="`+strings.Repeat("x", 1<<18)+`">`, 5), `; incomplete, line 1: the names of nested suites are longer than 1048576 bytes`},
	}
}

func TestOddities(t *testing.T) {
	t.Parallel()
	for _, tt := range oddityTests() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file, rows := readString(t, tt.text, Options{})
			if diff := cmp.Diff(tt.want, describe(file, rows)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// describe says in a line what was read.
func describe(file File, rows []Row) string {
	var b strings.Builder
	for i, row := range rows {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s/%s %v", row.Suite, row.Name, row.Outcome)
		if row.Outcome != Passed {
			fmt.Fprintf(&b, " %q", row.Message)
		}
	}
	for _, w := range file.Warnings {
		fmt.Fprintf(&b, "; line %d, byte %d: %s", w.Line, w.Offset, w.Message)
	}
	if file.Incomplete != "" {
		fmt.Fprintf(&b, "; incomplete, line %d: %s", file.IncompleteLine, file.Incomplete)
	}
	return b.String()
}

func TestWarningsAreBounded(t *testing.T) {
	t.Parallel()
	file, rows := readString(t, suiteOf(strings.Repeat("<testcase name=\"n\" time=\"x\"/>\n", 50)), Options{})
	if len(rows) != 50 || len(file.Warnings) != 21 {
		t.Fatalf("%d rows, %d warnings, want 50 and 21", len(rows), len(file.Warnings))
	}
	if got, want := file.Warnings[20].String(), "line 21: 30 more oddities from here on"; got != want {
		t.Errorf("last warning %q, want %q", got, want)
	}
}
