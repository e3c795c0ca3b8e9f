use roxmltree::{Document, Node, NodeType, ParsingOptions};

/// Reads an XML document without a document type, of bounded size and depth.
///
/// Without a document type there are no entities to expand; the bounds keep what walks the tree from running out of stack.
pub(super) fn parse(text: &str) -> Result<Document<'_>, &'static str> {
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options)
        .map_err(|_| "it is no well-formed XML, or has a document type")?;
    let mut depths = vec![(document.root(), 0)];
    while let Some((node, depth)) = depths.pop() {
        if depth > MAX_DEPTH {
            return Err("its elements are nested too deeply");
        }
        depths.extend(node.children().map(|child| (child, depth + 1)));
    }
    Ok(document)
}

/// The child elements of a name.
pub(super) fn children<'a, 'i>(
    parent: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    parent.children().filter(move |child| child.has_tag_name((namespace, name)))
}

/// The one child element of a name; `None` when there are none or several.
pub(super) fn only_child<'a, 'i>(
    parent: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> Option<Node<'a, 'i>> {
    let mut found = children(parent, namespace, name);
    found.next().filter(|_| found.next().is_none())
}

/// All the text of an element, spaces around it aside; `None` when it has child elements.
///
/// A comment does not end the text: whoever reads only the part before one takes `admin<!-- -->.example` for `admin`.
pub(super) fn text(element: Node<'_, '_>) -> Option<String> {
    let mut text = String::new();
    for child in element.children() {
        match child.node_type() {
            NodeType::Text => text.push_str(child.text().unwrap_or_default()),
            NodeType::Comment => {}
            NodeType::Root | NodeType::Element | NodeType::PI => return None,
        }
    }
    Some(text.trim().to_owned())
}

/// Escapes a text for the content of an element or a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' => escaped.push_str("&#9;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            // No XML document can hold other control characters or these two, however they are written.
            control if control.is_control() => {}
            '\u{fffe}' | '\u{ffff}' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

pub(super) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
pub(super) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
pub(super) const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
pub(super) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Responses of identity providers are some 15 elements deep.
const MAX_DEPTH: usize = 64;

/// The longest assertion STS takes has 75,000 bytes.
const MAX_NODES: u32 = 20_000;
