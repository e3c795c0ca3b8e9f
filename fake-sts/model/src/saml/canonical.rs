use std::collections::BTreeSet;

use roxmltree::{Node, NodeId, NodeType};

/// How to canonicalize.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Canonicalization<'a> {
    /// An element to leave out, with all that is in it: the signature that is enveloped by what it signs.
    pub(super) without: Option<NodeId>,
    /// Prefixes whose namespaces are written wherever they are in scope: `InclusiveNamespaces`.
    pub(super) inclusive_prefixes: &'a [&'a str],
    /// Whether comments are kept.
    pub(super) with_comments: bool,
}

impl Canonicalization<'_> {
    /// The canonical form of an element, as [exclusive XML canonicalization](https://www.w3.org/TR/xml-exc-c14n/) defines it.
    ///
    /// The document must be bounded in depth.
    pub(super) fn apply(&self, element: Node<'_, '_>) -> String {
        let mut out = String::new();
        self.write(element, &mut Vec::new(), &mut out);
        out
    }

    fn write<'a>(
        &'a self,
        node: Node<'a, '_>,
        rendered: &mut Vec<(&'a str, &'a str)>,
        out: &mut String,
    ) {
        if Some(node.id()) == self.without {
            return;
        }
        match node.node_type() {
            NodeType::Element => self.write_element(node, rendered, out),
            NodeType::Text => write_text(node.text().unwrap_or_default(), out),
            NodeType::Comment if self.with_comments => {
                out.push_str("<!--");
                out.push_str(node.text().unwrap_or_default());
                out.push_str("-->");
            }
            NodeType::PI => write_instruction(node, out),
            NodeType::Comment | NodeType::Root => {}
        }
    }

    fn write_element<'a>(
        &'a self,
        node: Node<'a, '_>,
        rendered: &mut Vec<(&'a str, &'a str)>,
        out: &mut String,
    ) {
        let name = element_name(node);
        let outer = rendered.len();
        out.push('<');
        out.push_str(name);
        for prefix in self.prefixes(node) {
            let uri = if prefix.is_empty() {
                node.default_namespace()
            } else {
                node.lookup_namespace_uri(Some(prefix))
            }
            .unwrap_or_default();
            let above = rendered
                .iter()
                .rev()
                .find(|(other, _)| *other == prefix)
                .map_or("", |(_, uri)| uri);
            if uri != above {
                rendered.push((prefix, uri));
                let colon = if prefix.is_empty() { "" } else { ":" };
                out.push_str(" xmlns");
                out.push_str(colon);
                out.push_str(prefix);
                write_value(uri, out);
            }
        }
        let mut attributes = node.attributes().collect::<Vec<_>>();
        attributes
            .sort_by_key(|attribute| (attribute.namespace().unwrap_or_default(), attribute.name()));
        for attribute in attributes {
            out.push(' ');
            out.push_str(
                node.document().input_text().get(attribute.range_qname()).unwrap_or_default(),
            );
            write_value(attribute.value(), out);
        }
        out.push('>');
        for child in node.children() {
            self.write(child, rendered, out);
        }
        out.push_str("</");
        out.push_str(name);
        out.push('>');
        rendered.truncate(outer);
    }

    /// The prefixes whose namespaces the element needs, in the order they are written; the empty one stands for the default namespace.
    fn prefixes<'a>(&'a self, node: Node<'a, '_>) -> BTreeSet<&'a str> {
        let source = node.document().input_text();
        let attributes = node.attributes().filter_map(move |attribute| {
            source.get(attribute.range_qname())?.split_once(':').map(|(prefix, _)| prefix)
        });
        let own = element_name(node).split_once(':').map_or("", |(prefix, _)| prefix);
        let inclusive = self
            .inclusive_prefixes
            .iter()
            .map(|prefix| if *prefix == "#default" { "" } else { prefix });
        let in_scope =
            |prefix: &&str| prefix.is_empty() || node.lookup_namespace_uri(Some(prefix)).is_some();
        attributes
            .chain([own])
            .chain(inclusive.filter(in_scope))
            .filter(|prefix| *prefix != "xml")
            .collect()
    }
}

/// The name with its prefix, which the parser itself does not keep.
fn element_name<'a>(node: Node<'a, '_>) -> &'a str {
    let tag = node.document().input_text().get(node.range()).unwrap_or_default();
    let name = tag.get(1..).unwrap_or_default();
    name.split(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'))
        .next()
        .unwrap_or_default()
}

fn write_value(value: &str, out: &mut String) {
    out.push_str("=\"");
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn write_text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            other => out.push(other),
        }
    }
}

fn write_instruction(node: Node<'_, '_>, out: &mut String) {
    let Some(instruction) = node.pi() else { return };
    out.push_str("<?");
    out.push_str(instruction.target);
    if let Some(value) = instruction.value {
        out.push(' ');
        out.push_str(value);
    }
    out.push_str("?>");
}

#[cfg(test)]
mod tests {
    use roxmltree::Document;

    use super::*;

    #[track_caller]
    fn check(xml: &str, element: &str, inclusive_prefixes: &[&str], canonical: &str) {
        let document = Document::parse(xml).unwrap();
        let element = document
            .descendants()
            .find(|node| node.is_element() && node.tag_name().name() == element)
            .unwrap();
        let canonicalization =
            Canonicalization { inclusive_prefixes, ..Canonicalization::default() };
        assert_eq!(canonicalization.apply(element), canonical);
    }

    /// Both examples of section 2.2 of the recommendation: the enveloping element changes nothing.
    #[test]
    fn what_stands_around_an_element_does_not_matter() {
        let canonical = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\n       <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff>\n   </n1:elem2>";
        check(
            "<n0:local xmlns:n0=\"foo:bar\" xmlns:n3=\"ftp://example.org\">\n   <n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\n       <n3:stuff xmlns:n3=\"ftp://example.org\"/>\n   </n1:elem2>\n</n0:local>",
            "elem2",
            &[],
            canonical,
        );
        check(
            "<n2:pdu xmlns:n1=\"http://example.com\" xmlns:n2=\"http://foo.example\" xmlns:n3=\"ftp://example.org\" xml:lang=\"fr\" xml:space=\"retain\">\n   <n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\n       <n3:stuff xmlns:n3=\"ftp://example.org\"/>\n   </n1:elem2>\n</n2:pdu>",
            "elem2",
            &[],
            canonical,
        );
    }

    #[test]
    fn attributes_are_sorted_by_namespace_and_name() {
        check(
            "<e xmlns:b=\"http://a\" xmlns:a=\"http://b\" a:z=\"1\" b:y=\"2\" c=\"3\" a=\"4\"/>",
            "e",
            &[],
            "<e xmlns:a=\"http://b\" xmlns:b=\"http://a\" a=\"4\" c=\"3\" b:y=\"2\" a:z=\"1\"></e>",
        );
    }

    #[test]
    fn namespaces_are_written_where_they_are_used_and_only_once() {
        check(
            "<a xmlns=\"u\" xmlns:x=\"v\"><b><x:c/></b><x:d/></a>",
            "a",
            &[],
            "<a xmlns=\"u\"><b><x:c xmlns:x=\"v\"></x:c></b><x:d xmlns:x=\"v\"></x:d></a>",
        );
        check(
            "<a xmlns=\"u\"><b xmlns=\"\"><c/></b></a>",
            "a",
            &[],
            "<a xmlns=\"u\"><b xmlns=\"\"><c></c></b></a>",
        );
        check("<a xmlns=\"u\"><b xmlns=\"\"><c/></b></a>", "b", &[], "<b><c></c></b>");
        check(
            "<x:a xmlns:x=\"u\"><x:b xmlns:x=\"v\"/><x:c/></x:a>",
            "a",
            &[],
            "<x:a xmlns:x=\"u\"><x:b xmlns:x=\"v\"></x:b><x:c></x:c></x:a>",
        );
    }

    #[test]
    fn inclusive_prefixes_are_written_where_they_are_in_scope() {
        check(
            "<r xmlns:xs=\"s\" xmlns:q=\"t\"><a t=\"xs:string\"/></r>",
            "a",
            &["xs", "none"],
            "<a xmlns:xs=\"s\" t=\"xs:string\"></a>",
        );
        check(
            "<r xmlns=\"d\" xmlns:p=\"t\"><p:a/></r>",
            "a",
            &["#default"],
            "<p:a xmlns=\"d\" xmlns:p=\"t\"></p:a>",
        );
    }

    #[test]
    fn characters_are_escaped_as_the_canonical_form_wants() {
        check(
            "<a b=\"&quot;&lt;&gt;&#9;&#10;&#13;'\">&lt;&gt;&#13;\"<![CDATA[<x>&]]>\r\n</a>",
            "a",
            &[],
            "<a b=\"&quot;&lt;>&#x9;&#xA;&#xD;'\">&lt;&gt;&#xD;\"&lt;x&gt;&amp;\n</a>",
        );
    }

    #[test]
    fn comments_go_and_instructions_stay() {
        check("<a>1<!-- x -->2<?p  q?><?r?></a>", "a", &[], "<a>12<?p q?><?r?></a>");
        let document = Document::parse("<a>1<!-- x -->2</a>").unwrap();
        let with_comments = Canonicalization { with_comments: true, ..Canonicalization::default() };
        assert_eq!(with_comments.apply(document.root_element()), "<a>1<!-- x -->2</a>");
    }
}
