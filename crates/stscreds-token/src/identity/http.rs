mod fetch;
mod github_actions;
mod url;

pub use self::github_actions::IdentityTokenGitHubActions;
pub use self::url::IdentityTokenUrl;
