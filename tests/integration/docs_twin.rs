//! Does the Chinese README still say what the English one says?
//!
//! Nobody can compare sentences here, but what a twin drifts in first: its headings, its tables, its links, and its
//! code, of which only the comments are translated.

use crate::docs::{anchor_of, read};

const PAGE: &str = "README.md";
const TWIN: &str = "README.zh-CN.md";

/// What of a page has to be the same in both languages.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    /// The level of each heading.
    headings: Vec<usize>,
    /// How many rows the tables have, heads included.
    rows: usize,
    /// The lines of the code blocks, without comments, and what opens and closes the blocks.
    code: Vec<String>,
    /// Where each link leads.
    links: Vec<String>,
}

fn shape(page: &str, text: &str) -> Shape {
    let mut shape = Shape { headings: Vec::new(), rows: 0, code: Vec::new(), links: Vec::new() };
    let (mut inside, mut anchors) = (false, Vec::new());
    for line in text.lines() {
        let fence = line.trim_start().starts_with("```");
        if fence || inside {
            shape.code.push(line.split(" # ").next().unwrap_or_default().trim_end().to_owned());
            inside ^= fence;
        } else if line.starts_with('#') {
            shape.headings.push(line.bytes().take_while(|byte| *byte == b'#').count());
            anchors.push(anchor_of(line));
        } else if line.starts_with('|') {
            shape.rows += 1;
        }
    }
    for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let place = match link.split_once('#') {
            // A heading is called otherwise in each language, and is known by its place.
            Some((file, anchor)) if file == page => {
                format!("heading {:?}", anchors.iter().position(|known| known == anchor))
            }
            _ if [PAGE, TWIN].contains(&link) => "the other page".to_owned(),
            // A page that is there in both languages.
            _ => link.replace(".zh-CN.", "."),
        };
        shape.links.push(place);
    }
    shape
}

#[test]
fn the_chinese_readme_has_the_shape_of_the_english_one() {
    let (page, twin) = (shape(PAGE, &read(PAGE)), shape(TWIN, &read(TWIN)));
    assert_eq!(twin.headings, page.headings);
    assert_eq!(twin.rows, page.rows);
    for (twin, page) in twin.code.iter().zip(&page.code) {
        assert_eq!(twin, page);
    }
    assert_eq!(twin.code.len(), page.code.len());
    assert_eq!(twin.links, page.links);
    assert!(page.headings.len() > 15 && page.code.len() > 100 && page.links.len() > 15, "{page:#?}");
}

#[test]
fn a_twin_that_drifts_has_another_shape() {
    let page = "# A\n[b](README.md#b) [x](x.md)\n## B\n```sh\nrun # why\n```\n| a |\n";
    let twin = "# 一\n[二](README.zh-CN.md#二) [x](x.md)\n## 二\n```sh\nrun # 为何\n```\n| 甲 |\n";
    let expected = shape(PAGE, page);
    assert_eq!(shape(TWIN, twin), expected);
    for (kept, drifted) in
        [("## 二", "### 二"), ("#二)", "#一)"), ("run", "walk"), ("| 甲 |\n", ""), ("x.md", "y.md")]
    {
        assert_ne!(shape(TWIN, &twin.replacen(kept, drifted, 1)), expected, "{kept}");
    }
}
