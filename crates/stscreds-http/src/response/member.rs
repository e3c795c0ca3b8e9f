use roxmltree::Node;

/// The child element of this name, in whatever namespace: STS-compatible servers leave
/// theirs out.
pub(crate) fn child<'a, 'input>(parent: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    parent.children().find(|node| node.is_element() && node.tag_name().name() == name)
}

/// The text of a child element without white space around it; `None` if it is empty.
pub(crate) fn text(parent: Node<'_, '_>, name: &str) -> Option<String> {
    let element = child(parent, name)?;
    let texts = element.children().filter(Node::is_text);
    let mut parts = texts.filter_map(|node| node.text());
    let first = parts.next().unwrap_or_default();
    // A comment or CDATA in the middle makes several; no server of secrets is known to do so.
    let text = match parts.next() {
        None => first.trim().to_owned(),
        Some(second) => {
            [first, second].into_iter().chain(parts).collect::<String>().trim().to_owned()
        }
    };
    Some(text).filter(|text| !text.is_empty())
}
