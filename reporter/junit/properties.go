package junit

// Some producers write every environment variable of every suite into their files.
const (
	maxProperties    = 1000    // of all suites together
	maxPropertyBytes = 1 << 20 // likewise
)

// properties is what is known of the property elements beside Suite.Properties.
type properties struct {
	name  string  // of the one at hand
	text  message // of the one at hand, for producers that do not use the attribute value
	kept  int     // of all suites
	bytes int     // of all that were kept
	full  bool    // one was left out
}

// startProperty keeps a property of a suite. Those of a test case are nothing to us.
func (r *reader) startProperty(f *frame) {
	if r.test.open {
		return
	}
	name := string(r.attr(&r.tag, attrName))
	if r.tag.has(attrValue) {
		r.setProperty(name, string(r.attr(&r.tag, attrValue)))
		return
	}
	r.props.name, f.into, r.noted = name, intoProperty, noted{}
	r.props.text.reset()
}

func (r *reader) endProperty(f frame) {
	if f.into != intoProperty {
		return
	}
	text, valid := r.props.text.text()
	if !valid {
		r.warn(r.win.offset(0), notUTF8)
	}
	r.setProperty(r.props.name, text)
}

func (r *reader) setProperty(name, value string) {
	suite := &r.file.Suites[r.suite]
	if _, there := suite.Properties[name]; there {
		return
	}
	r.props.bytes += len(name) + len(value)
	if r.props.kept == maxProperties || r.props.bytes > maxPropertyBytes {
		if !r.props.full {
			r.warn(r.win.offset(0), "too many properties, this one and those behind it are left out")
		}
		r.props.full = true
		return
	}
	if suite.Properties == nil {
		suite.Properties = map[string]string{}
	}
	suite.Properties[name] = value
	r.props.kept++
}
