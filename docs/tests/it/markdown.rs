//! The pages of the repository and the blocks of code on them.

use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A block of code on a page.
#[derive(Debug)]
pub(crate) struct Block {
    /// Where it stands, from the root of the repository, for a person to find it.
    pub(crate) place: String,
    pub(crate) page: PathBuf,
    /// What follows the opening fence; nothing if the block is only indented.
    pub(crate) info: Option<String>,
    pub(crate) text: String,
}

impl Block {
    pub(crate) fn is_of(&self, language: &str) -> bool {
        self.words().next() == Some(language)
    }

    /// `rust,no_run` has two.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.info.as_deref().unwrap_or_default().split([',', ' ']).filter(|word| !word.is_empty())
    }
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every page that is written by hand.
pub(crate) fn pages() -> Vec<PathBuf> {
    let is_page = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "md");
    files().into_iter().filter(is_page).collect()
}

/// Every file of the repository, in order, without what is built.
pub(crate) fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if !path.is_dir() {
                found.push(path);
            } else if name != "target" && !name.starts_with('.') {
                folders.push(path);
            }
        }
    }
    found.sort();
    found
}

pub(crate) fn all_blocks() -> Vec<Block> {
    pages().iter().flat_map(|page| blocks_of(page)).collect()
}

/// What stands between single backticks, on all pages.
pub(crate) fn all_code_in_texts() -> impl Iterator<Item = String> {
    pages().into_iter().flat_map(|page| {
        let text = fs::read_to_string(page).unwrap();
        let code =
            |event| if let Event::Code(code) = event { Some(code.into_string()) } else { None };
        Parser::new_ext(&text, Options::ENABLE_TABLES).filter_map(code).collect::<Vec<_>>()
    })
}

pub(crate) fn blocks_of(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).unwrap();
    let name = page.strip_prefix(root()).unwrap().display().to_string();
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (event, range) in Parser::new_ext(&text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                inside = true;
                let line = text[..range.start].lines().count() + 1;
                blocks.push(Block {
                    place: format!("{name}:{line}"),
                    page: page.to_owned(),
                    info: match kind {
                        CodeBlockKind::Fenced(info) => Some(info.into_string()),
                        CodeBlockKind::Indented => None,
                    },
                    text: String::new(),
                });
            }
            Event::Text(part) if inside => blocks.last_mut().unwrap().text.push_str(&part),
            Event::End(TagEnd::CodeBlock) => inside = false,
            _ => {}
        }
    }
    blocks
}
