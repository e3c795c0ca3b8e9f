mod chain;
mod endpoint;
mod file;
mod ini;
mod keys;
mod loader;
mod outline;
mod plan;
mod process;
mod profiles;
mod provider;
mod role;
mod words;

pub use self::file::ProfileFile;
pub use self::loader::ProfileLoader;
pub use self::outline::{Outline, OutlineBase, OutlineRole};
pub use self::profiles::Profiles;
pub use self::provider::ProfileProvider;
