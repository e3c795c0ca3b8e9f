mod chain;
mod loader;
mod outline;
mod provider;

pub use self::loader::ProfileLoader;
pub use self::outline::{Outline, OutlineBase, OutlineRole};
pub use self::provider::ProfileProvider;
