//! What does a browser make of a page? For the tests of those that make one.

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// What a backend, or a contract that somebody was given, would like a browser to do.
pub(in crate::report) const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "</style></script></title><script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "<svg onload=alert(1)><foreignObject><iframe src=javascript:alert(1)>",
    "javascript:alert(1)",
    "]]><!-- --!><a href=javascript:alert(1)>x</a>",
    "</pre></details></textarea></xmp></plaintext><base href=//evil>",
    "\u{1b}[2J\u{1b}]0;owned\u{7}\0\u{202e}gnirts\u{2066}\u{feff}\u{fffe}\u{fffd}\r\n",
    "&lt;script&gt;&#x3c;script&#x3e;",
];

/// An element: its name and its attributes.
pub(in crate::report) type Element = (String, Vec<(String, String)>);

/// Returns every element of a page as a browser would build it, and its text.
pub(in crate::report) fn parsed(page: &str) -> (Vec<Element>, String) {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    assert!(dom.errors.borrow().is_empty(), "{:?}", dom.errors.borrow());
    let (mut elements, mut text) = (Vec::new(), String::new());
    walk(&dom.document, &mut elements, &mut text);
    (elements, text)
}

fn walk(node: &Handle, elements: &mut Vec<Element>, text: &mut String) {
    match &node.data {
        NodeData::Element { name, attrs, .. } => {
            let attributes = attrs.borrow();
            let attributes = attributes.iter().map(|one| (one.name.local.to_string(), one.value.to_string()));
            elements.push((name.local.to_string(), attributes.collect()));
        }
        NodeData::Text { contents } => text.push_str(&contents.borrow()),
        NodeData::Comment { contents } => panic!("a comment: {contents}"),
        NodeData::Document | NodeData::Doctype { .. } | NodeData::ProcessingInstruction { .. } => {}
    }
    for child in node.children.borrow().iter() {
        walk(child, elements, text);
    }
}

/// Returns how many elements have a name.
pub(in crate::report) fn count(elements: &[Element], name: &str) -> usize {
    elements.iter().filter(|(one, _)| one == name).count()
}
